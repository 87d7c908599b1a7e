"""Step 7: ideas meet institutions, and those with a partner choose their next step."""

import math
from collections import defaultdict

from klyngesim.ecosystem.processes.matchmaking import match_rule
from klyngesim.streams import Decision
from tests.reference.draws import smallest

EARLY = ("dissemination", "internationalisation")


class Meeting:
    """An idea that looks for a partner this quarter."""

    def __init__(self, model, idea):
        self.model, self.idea = model, idea
        self.drop = model.draw(Decision.DROP_OUT, idea.number)
        self.rank = model.draw(Decision.UNIT_RANK, idea.number)
        self.unit = self.someone()
        self.tied = self.refused = False
        if self.unit is not None and self.anybody:
            self.tied = model.draw(Decision.MATCH, idea.number) < self.chance()

    def someone(self):
        """The unit met: one of the firm's old partners, or one of those that come."""
        model, idea = self.model, self.idea
        kind = self.kind_met(model.draw(Decision.MEET_INSTITUTION, idea.number), idea.organisation.presence)
        self.anybody = kind is not None
        old = sorted(idea.firm.ties)
        luck, chance = model.draw(Decision.OLD_PARTNER, idea.number), model.num("match.old_partner")
        if old and luck < chance:
            return model.units[old[min(math.floor(luck / max(chance, 1e-12) * len(old)), len(old) - 1)]]
        if kind is None:
            return None
        inside = model.draw(Decision.TIE_GROUP, idea.number)
        return kind.units[math.floor(inside * len(kind.units))]

    def kind_met(self, luck, presence):
        """Type of institution met, with chances in proportion to presence; none if nobody comes."""
        running, edges = 0.0, []
        for share in presence:
            running += share
            edges.append(running)
        if running <= 0.0:
            return None
        passed = sum(luck * running >= edge for edge in edges)
        return self.model.kinds[min(passed, len(edges) - 1)]

    def chance(self):
        """Chance that firm and unit form a tie."""
        model, idea, kind = self.model, self.idea, self.unit.kind
        return float(
            match_rule(
                min(1.0, idea.firm.readiness),
                idea.relation.trust,
                kind.ease(),
                kind.gap(),
                idea.organisation.brokerage,
                model.num("match.base"),
                model.num("match.trust_weight"),
            )
        )

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


class Broker:
    """An organisation as one that brokers."""

    def prepare_brokerage(self, ideas):
        """Ratio by which brokerage raises the chance of a tie, given the ideas there are."""
        model = self.model
        hours = self.hours[2] + self.own("contact_staff.fte") * model.num("staff.hours_year") / 4.0
        share = min(1.0, hours / (model.num("broker.hours_per_match") * max(1.0, float(ideas))))
        if model.word("scarcity.hours") == "off":
            share = 1.0
        quality = self.quality * (1.0 + self.own("segmentation.level") * model.num("segmentation.effect"))
        self.brokerage = (1.0 + share * (model.num("broker.ratio") - 1.0)) * quality


def match(model):
    """All unmatched ideas meet somebody; units take as many as they have room for."""
    ideas = [idea for idea in model.ideas if idea.stage in EARLY]
    for organisation in model.organisations:
        organisation.prepare_brokerage(sum(idea.organisation is organisation for idea in ideas))
    meetings = [Meeting(model, idea) for idea in ideas]
    wanting = defaultdict(list)
    for meeting in meetings:
        if meeting.tied:
            wanting[meeting.unit].append(meeting)
    for unit, queue in wanting.items():
        room = len(queue) if model.word("scarcity.seats") == "off" else unit.room()
        taken = smallest(queue, [meeting.rank for meeting in queue], room)
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
