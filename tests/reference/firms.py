"""Firms (virksomheder) as ordinary agents: what they are, and how they decide."""

import math

from klyngesim.ecosystem.compat import Actor
from klyngesim.ecosystem.processes.dissemination import return_rule
from klyngesim.ecosystem.processes.membership import fee_rule, join_rule, offer_rule, renew_rule, stay_rule
from klyngesim.ecosystem.processes.participation import gain_rule
from klyngesim.ecosystem.processes.recruitment import answer_rule, exporter_ratio
from klyngesim.population.strongholds import ID_BITS
from klyngesim.streams import Decision
from tests.reference.draws import ORGANISATIONS
from tests.reference.links import Tie

CLASSES = ("micro", "small", "medium", "large", "foreign")


class Firm(Actor):
    """A firm. What it is never changes; what it has gained, given and promised does."""

    def __init__(self, model, row, cell, index, size, life, traits):
        super().__init__(model)
        self.row, self.cell, self.size = row, cell, size
        self.ident = (cell << ID_BITS) | index
        self.birth, self.death = life
        self.exporter, self.regional, self.mean, self.startup_until = traits
        self.excess = 0.0
        self.hours, self.hours_year = 0.0, None
        self.joined = 0
        self.years, self.last_year, self.startup_year = 0, None, None
        self.relations = {}
        self.ties = {}

    @property
    def name(self):
        """Name of the size class."""
        return CLASSES[self.size]

    @property
    def readiness(self):
        """Innovation readiness now."""
        return self.mean + self.excess

    def alive(self, period):
        """Whether it exists in a quarter."""
        return self.birth <= period < self.death

    def answer(self, organisation):
        """Says yes to a contact, or why not."""
        model = self.model
        chance = float(
            answer_rule(
                self.readiness,
                float(self.exporter),
                float(self.regional),
                model.surroundings.attention,
                model.num("recruitment.answer_base"),
                exporter_ratio(model.num("recruitment.exporter_ratio"), organisation.reference["export_pull"]),
                model.num("recruitment.regional_penalty") * (1.0 - model.num("local.partners")),
            )
        )
        if model.draw(Decision.CONTACT_REFERRED, self.pair(organisation)) < model.num("referral.from_actors"):
            chance = min(1.0, chance * (1.0 + model.num("referral.warmth")))
        luck = model.draw(Decision.CONTACT_ANSWER, self.pair(organisation))
        if luck < chance:
            return "yes"
        foreign = isinstance(self, ForeignFirm)
        return "not_ready" if luck * max(self.readiness, 1e-9) < chance and not foreign else "not_interested"

    def pair(self, organisation):
        """Number of the pair that it forms with an organisation."""
        return self.ident * ORGANISATIONS + organisation.index

    def wants_to_return(self, relation, care):
        """Whether it wants to come to an organisation that it knows."""
        model = self.model
        need = model.word("attendance.return_rule") == "need"
        chance = return_rule(
            self.mean if need else relation.trust,
            relation.organisation.loyalty * care,
            model.surroundings.attention,
            model.num("attendance.return_base"),
            model.num("attendance.return_trust"),
        )
        return model.draw(Decision.RETURN, relation.pair) < float(chance)

    def seats_that_fit(self):
        """Seats for which it has hours left this year; may be negative when the hours of a class were cut."""
        model = self.model
        used = self.hours if self.hours_year == model.year else 0.0
        return math.floor((model.num(f"firms.hours_{self.name}") - used) / model.num("attendance.hours_per_seat"))

    def use_hours(self, hours):
        """Gives hours of its year."""
        if self.hours_year != self.model.year:
            self.hours, self.hours_year = 0.0, self.model.year
            self.model.firm_year["everybody"] += 1
        self.hours += hours

    def appear(self):
        """Notes a year in which it takes part; true on the first time in the year."""
        year = self.model.year
        if self.last_year == year:
            return False
        self.years += 1
        self.last_year = year
        if self.model.period < self.startup_until:
            self.startup_year = year
        return True

    def learn(self, rate):
        """Gains a share of the readiness that it lacks."""
        self.excess = float(gain_rule(self.readiness, rate)) - self.mean

    def fee_level(self, organisation):
        """What it pays over the fee of the start."""
        rebate = self.model.num("guard.fee_rebate") if self.size < 2 else 0.0
        usual = organisation.reference["list_fees"][self.size]
        listed = self.model.num(f"fees.{self.name}") / usual if usual > 0.0 else 1.0
        return organisation.own("fees.level") * (1.0 - rebate) * listed

    def renews(self, relation):
        """Whether it stays a member for another year."""
        model, organisation = self.model, relation.organisation
        first_year = model.period - relation.since <= 4
        usual = model.num("membership.renewal_first_year" if first_year else "membership.renewal")
        chance = renew_rule(
            stay_rule(usual, organisation.leaving),
            relation.trust,
            organisation.support_ratio,
            fee_rule(self.fee_level(organisation), model.num("membership.renewal_elasticity"))
            * self.offer(organisation),
            model.num("membership.renewal_trust"),
            model.num("membership.usual_trust"),
            model.num("membership.support_response"),
        )
        return model.draw(Decision.RENEW, relation.pair) < (float(chance) if organisation.open else 0.0)

    def offer(self, organisation):
        """What an organisation offers, as a factor on staying."""
        return float(offer_rule(organisation.offered, self.model.num("membership.activity_noticed")))

    def joins(self, relation):
        """Whether it becomes a member."""
        model, organisation = self.model, relation.organisation
        more = 1.0 + (model.num("membership.again_ratio") - 1.0) * (self.joined > 0)
        chance = float(
            join_rule(
                relation.trust,
                model.num(f"membership.weight_{self.name}") * more,
                organisation.joining,
                fee_rule(self.fee_level(organisation), model.num("membership.joining_elasticity")),
                model.num("membership.join_base"),
                model.num("membership.join_trust"),
            )
        )
        if relation.last != model.period:
            chance = chance * (model.num("membership.without_attending") * self.offer(organisation))
        return model.draw(Decision.JOIN, relation.pair) < chance

    def work_with(self, unit, organisation):
        """Makes a tie with a unit of an institution or strengthens the one there is."""
        model, tie = self.model, self.ties.get(unit)
        if tie is None:
            self.ties[unit] = Tie(model.num("tie.initial"), organisation)
        else:
            tie.strength = tie.strength + model.num("tie.gain") * (1.0 - tie.strength)


class SME(Firm):
    """A firm below 250 employees."""


class LargeFirm(Firm):
    """A firm of 250 employees or more."""


class ForeignFirm(Firm):
    """A firm abroad."""


KINDS = (SME, SME, SME, LargeFirm, ForeignFirm)
