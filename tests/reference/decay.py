"""Step 13: firms close, what is not used fades, and ties come about in the background."""

import math

from klyngesim.ecosystem.processes.decay_and_demography import turnover
from klyngesim.streams import Decision
from tests.reference.draws import PROPOSALS
from tests.reference.links import Tie


def close_firms(model):
    """Firms whose last quarter this is leave everything."""
    following = model.period + 1
    for relation in model.relations:
        if relation.firm.death == following:
            if relation.member:
                relation.end_membership()
            relation.trust = 0.0
    for idea in model.ideas:
        if idea.firm.death == following and idea.stage != "left":
            idea.leave("firm_died")


def fade(model):
    """Trust, ties and gained readiness fade."""
    for organisation in model.organisations:
        keep = 1.0 - min(1.0, model.num("trust.decay_quarter") / max(0.5, organisation.care()))
        for relation in organisation.relations:
            if relation.trust > 0.0:
                relation.set_trust(relation.trust * keep)
    keep, floor = 1.0 - model.num("tie.decay_quarter"), model.num("tie.floor")
    for firm in model.firms:
        firm.excess *= 1.0 - model.num("readiness.decay_quarter")
        for unit, tie in list(firm.ties.items()):
            tie.strength *= keep
            if tie.strength < floor or firm.death <= model.period + 1:
                del firm.ties[unit]


def meet_in_background(model):
    """Firms and units find each other without the programme."""
    lost = turnover(model.num("tie.decay_quarter"), model.num("tie.initial"), model.num("tie.floor"))
    expected = model.num("tie.background_stock") * model.scale * lost * (1.0 / model.people.valid_share)
    expected = expected * model.num("tie.background_birth")
    number = int(expected + model.draw(Decision.BACKGROUND_NODE, PROPOSALS))
    decisions = (Decision.BACKGROUND_CELL, Decision.BACKGROUND_FIRM, Decision.BACKGROUND_NODE)
    luck = [model.draws(decision, range(number if model.units else 0)) for decision in decisions]
    for cell_luck, firm_luck, unit_luck in zip(*luck, strict=True):
        firm = model.people.propose(model.people.background, 0, cell_luck, firm_luck)
        unit = math.floor(unit_luck * len(model.units))
        if firm is not None and unit not in firm.ties:
            firm.ties[unit] = Tie(model.num("tie.initial"))


def tidy(model):
    """Takes out ideas that left, counts live relations, and gives units their room back in January."""
    model.ideas = [idea for idea in model.ideas if idea.stage != "left"]
    for organisation in model.organisations:
        live = sum(relation.trust > 0.0 for relation in organisation.relations)
        organisation.live = float(live) if organisation.open else 0.0
    if model.period % 4 == 3:
        for unit in model.units:
            unit.engagements = 0.0
