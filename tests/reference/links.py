"""What is between agents: ties, relations, posts, projects, and ideas on their way."""

from dataclasses import dataclass, field


@dataclass(slots=True, eq=False)
class Tie:
    """Work of a firm with a unit; without an organisation it came about in the background."""

    strength: float
    organisation: object = None


@dataclass(slots=True, eq=False)
class Relation:
    """A firm and an organisation that have met."""

    firm: object
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
        self.organisation.moved(self.firm, self.stage, stage, reason, self.since)
        self.stage = stage
        self.since = self.firm.model.period

    def leave_project(self):
        """Goes on without the project."""
        self.project.firms -= 1
        self.project = None

    def leave(self, reason):
        """Is given up or done."""
        self.organisation.moved(self.firm, self.stage, "left", reason, self.since)
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
