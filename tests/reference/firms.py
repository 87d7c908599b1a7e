"""Firms (virksomheder) as ordinary agents, and what they hold: relations, ties, ideas, projects."""

import math
from dataclasses import dataclass, field

from klyngesim.ecosystem.compat import Actor
from klyngesim.ecosystem.processes.dissemination import return_rule
from klyngesim.ecosystem.processes.membership import fee_rule, join_rule, renew_rule
from klyngesim.ecosystem.processes.participation import gain_rule
from klyngesim.ecosystem.processes.recruitment import answer_rule
from klyngesim.streams import Decision

CLASSES = ("micro", "small", "medium", "large", "foreign")


class Firm(Actor):
    """A firm. What it is never changes; what it has gained, given and promised does."""

    def __init__(self, model, row, cell, index, size, life, traits):
        super().__init__(model)
        self.row, self.cell, self.size = row, cell, size
        self.ident = (cell << 20) | index
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
                model.num("recruitment.exporter_ratio"),
                model.num("recruitment.regional_penalty") * (1.0 - model.num("local.partners")),
            )
        )
        luck = model.draw(Decision.CONTACT_ANSWER, self.pair(organisation))
        if luck < chance:
            return "yes"
        foreign = isinstance(self, ForeignFirm)
        return "not_ready" if luck * max(self.readiness, 1e-9) < chance and not foreign else "not_interested"

    def pair(self, organisation):
        """Number of the pair that it forms with an organisation."""
        return self.ident * 16 + organisation.index

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
        """What it pays over today's fee."""
        rebate = self.model.num("guard.fee_rebate") if self.size < 2 else 0.0
        return organisation.own("fees.level") * (1.0 - rebate)

    def renews(self, relation):
        """Whether it stays a member for another year."""
        model, organisation = self.model, relation.organisation
        first_year = model.period - relation.since <= 4
        chance = renew_rule(
            model.num("membership.renewal_first_year" if first_year else "membership.renewal"),
            relation.trust,
            organisation.support_ratio,
            fee_rule(self.fee_level(organisation), model.num("membership.renewal_elasticity")),
            model.num("membership.renewal_trust"),
            model.num("membership.usual_trust"),
            model.num("membership.support_response"),
        )
        return model.draw(Decision.RENEW, relation.pair) < (float(chance) if organisation.open else 0.0)

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
            chance = chance * model.num("membership.without_attending")
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


@dataclass(slots=True, eq=False)
class Tie:
    """Work of a firm with a unit; without an organisation it came about in the background."""

    strength: float
    organisation: object = None


@dataclass(slots=True, eq=False)
class Relation:
    """A firm and an organisation that have met."""

    firm: Firm
    organisation: object
    pair: int
    role: int
    post: object
    trust: float = 0.0
    member: bool = False
    since: int | None = None
    left: int | None = None
    last: int | None = None
    years: int = 0
    last_year: int | None = None
    ideas: int = 0

    def set_trust(self, trust):
        """Writes the trust; below the floor the relation is dormant."""
        self.trust = trust if trust >= self.firm.model.num("trust.floor") else 0.0

    def join(self):
        """Begins a membership."""
        self.member, self.since = True, self.firm.model.period
        self.firm.joined += 1
        self.organisation.count("members_joined")

    def end_membership(self):
        """Ends a membership."""
        self.member, self.left = False, self.firm.model.period
        self.firm.joined -= 1
        self.organisation.count("members_left")


@dataclass(slots=True, eq=False)
class Project:
    """An application, a grant-funded pilot or an external project."""

    organisation: object
    external: bool
    start: int
    end: int | None
    number: int | None = None
    eu: bool = False
    running: bool = False
    rejected: bool = False
    rate: float = 0.0
    firms: int = 0


@dataclass(slots=True, eq=False)
class Idea:
    """An innovation idea of a firm inside a relation."""

    relation: Relation
    stage: str
    since: int
    number: int
    unit: int | None = None
    project: Project | None = None
    grounded: bool = False

    @property
    def firm(self):
        """Whose idea it is."""
        return self.relation.firm

    @property
    def organisation(self):
        """With whose help it goes on."""
        return self.relation.organisation

    def go(self, stage, reason="progress"):
        """Moves to another stage."""
        self.organisation.moved(self.firm, self.stage, stage, reason)
        self.stage = stage
        self.since = self.firm.model.period

    def leave_project(self):
        """Goes on without the project."""
        self.project.firms -= 1
        self.project = None

    def leave(self, reason):
        """Is given up or done."""
        self.organisation.moved(self.firm, self.stage, "left", reason)
        self.stage = "left"
        self.relation.ideas -= 1
        if self.project is not None:
            self.project.firms -= 1
            if self.project.firms <= 0:
                self.project.running = False


@dataclass(slots=True, eq=False)
class Post:
    """A post in a secretariat."""

    number: int
    filled: bool
    vacant_until: int
    relations: list = field(default_factory=list)
