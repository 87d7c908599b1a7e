"""Step 7: ideas meet institutions, and those with a partner choose their next step."""

import math
from collections import defaultdict

from klyngesim.streams import Decision
from tests.reference.draws import smallest

EARLY = ("dissemination", "internationalisation")


MEET = (
    Decision.MEET_UNIVERSITY,
    Decision.MEET_GTS,
    Decision.MEET_UNIVERSITY_COLLEGE,
    Decision.MEET_BUSINESS_ACADEMY,
    Decision.MEET_ART_SCHOOL,
    Decision.MEET_FOREIGN_INSTITUTION,
)


class Meeting:
    """An idea that looks for a partner this quarter; ``rooms``: what each unit can still take."""

    def __init__(self, model, idea, rooms):
        self.model, self.idea, self.rooms = model, idea, rooms
        self.drop = model.draw(Decision.DROP_OUT, idea.number)
        self.rank = model.draw(Decision.UNIT_RANK, idea.number)
        self.refused = False
        self.unit = self.old_partner() or self.somebody_who_comes()
        self.tied = self.unit is not None

    def old_partner(self):
        """One of the firm's ties that it turns to, if that one agrees."""
        model, idea = self.model, self.idea
        old = sorted(idea.firm.ties)
        luck, chance = model.draw(Decision.OLD_PARTNER, idea.number), model.num("match.old_partner")
        if not old or luck >= chance:
            return None
        unit = model.units[old[min(math.floor(luck / max(chance, 1e-12) * len(old)), len(old) - 1)]]
        return unit if model.draw(Decision.MATCH, idea.number) < self.chance(unit.kind) else None

    def somebody_who_comes(self):
        """A unit of a type that comes and agrees, one of them evenly, those with room first."""
        model, idea, found = self.model, self.idea, []
        for kind, decision, presence in zip(model.kinds, MEET, idea.organisation.presence, strict=True):
            luck, chance = model.draw(decision, idea.number), presence * self.chance(kind)
            if luck < chance:
                unit = kind.units[math.floor(model.draw(Decision.TIE_GROUP, idea.number) * len(kind.units))]
                found.append((luck / chance + (0.0 if self.rooms[unit] > 0 else 1.0), kind.code, unit))
        return min(found)[2] if found else None

    def chance(self, kind):
        """Chance that the firm and a unit of a type agree when they meet."""
        model, organisation = self.model, self.idea.organisation
        firm = model.num("match.base") * min(1.0, self.idea.firm.readiness)
        firm = firm * (1.0 + model.num("match.trust_weight") * self.idea.relation.trust)
        known = 1.0 + model.num("match.relation_weight") * organisation.partnership[kind.code]
        skill = organisation.quality * (1.0 + organisation.own("segmentation.level") * model.num("segmentation.effect"))
        return min(1.0, firm * (kind.ease() * (1.0 - kind.gap()) * known * skill))

    def reason(self):
        """Why the idea is given up."""
        if self.refused:
            return "no_capacity"
        model, readiness, trust = self.model, self.idea.firm.readiness, self.idea.relation.trust
        low = self.drop / max(1e-9, model.num("idea.loss_quarter"))
        if low > trust and trust < readiness and trust < model.num("idea.lost_trust_below"):
            return "lost_trust"
        if low > readiness and readiness <= trust:
            return "not_ready"
        return "no_partner" if low * 2.0 > readiness + trust else "other_fora"


def match(model):
    """All unmatched ideas meet somebody; units take as many as they have room for."""
    ideas = [idea for idea in model.ideas if idea.stage in EARLY]
    rooms = {unit: unit.room() for unit in model.units}
    if model.word("scarcity.seats") == "off":
        rooms = dict.fromkeys(model.units, len(ideas))
    model.foresee((Decision.DROP_OUT, Decision.UNIT_RANK, Decision.OLD_PARTNER, *MEET), [idea.number for idea in ideas])
    meetings = [Meeting(model, idea, rooms) for idea in ideas]
    wanting = defaultdict(list)
    for meeting in meetings:
        if meeting.tied:
            wanting[meeting.unit].append(meeting)
    for unit, queue in wanting.items():
        taken = smallest(queue, [meeting.rank for meeting in queue], rooms[unit])
        unit.engagements += float(len(taken))
        for place, meeting in enumerate(queue):
            meeting.refused = place not in taken
            meeting.tied = place in taken
    for meeting in meetings:
        if meeting.tied:
            meeting.idea.unit = meeting.unit.number
            meeting.idea.go("matchmaking")
        elif meeting.drop < model.num("idea.loss_quarter"):
            meeting.idea.leave(meeting.reason())
    work_together(meeting.idea for meeting in meetings if meeting.tied)


def work_together(ideas):
    """Firms and units work together; a pair counts once, for the organisation of its first idea."""
    seen = set()
    for idea in ideas:
        if (idea.firm, idea.unit) not in seen:
            seen.add((idea.firm, idea.unit))
            idea.firm.work_with(idea.unit, idea.organisation)


def choose(model):
    """Ideas with a partner want a pilot or an application, wait, or are given up."""
    pilots, applications = [], []
    latest = model.period - round(model.num("matched.least_quarters"))
    for idea in [idea for idea in model.ideas if idea.stage == "matchmaking" and idea.since <= latest]:
        luck = model.draw(Decision.NEXT_STEP, idea.number)
        possible = idea.organisation.mix[3] > 0.0 and not idea.grounded
        pilot = model.num("matched.to_pilot") if possible else 0.0
        application = model.num("matched.to_application") * (
            model.num("matched.grounded_ratio") if idea.grounded else 1.0
        )
        # Odds against waiting become chances: every one over the sum of all, waiting among them.
        whole = 1.0 + pilot + application + model.num("matched.loss_quarter")
        edge, end = (pilot + application) / whole, (pilot + application + model.num("matched.loss_quarter")) / whole
        if luck < pilot / whole:
            pilots.append(idea)
        elif luck < edge:
            applications.append(idea)
        elif luck < end:
            if (luck - edge) / (end - edge) < model.num("matched.loss_price_share"):
                idea.leave("price")
            else:
                distrust = idea.relation.trust < model.num("matched.lost_trust_below")
                idea.leave("lost_trust" if distrust else "other_fora")
    return pilots, applications
