"""The plain engine: the same world as ordinary Mesa agents, stepped one agent at a time."""

from collections import Counter, defaultdict

import numpy as np

from klyngesim.ecosystem.compat import Shell
from klyngesim.ecosystem.processes.calls import Terms
from klyngesim.ecosystem.settings import Settings
from klyngesim.streams import Decision
from tests.reference import applications, decay, matchmaking, opening, private, projects
from tests.reference.activities import ASKED_OF_CANDIDATES, Candidate, accept_invitations, take_part
from tests.reference.authority import Funder, ProgrammeAuthority, SupportSystem
from tests.reference.people import People
from tests.reference.planning import added
from tests.reference.recording import Recorder
from tests.reference.recruitment import refer
from tests.streams.reference import uniform

DECISIONS = 256  # a decision has eight bits


class PlainEcosystem(Shell):
    """The cluster ecosystem once more.

    The state at 2021Q1, the register and the parameters in force come from the engine's `build`; everything that
    happens from then on happens here.

    Args:
        scenario: resolved scenario.
        seed: run seed.
        world: what `build` gives, before its first quarter; it is read and not kept.
    """

    def __init__(self, scenario, seed, world):
        super().__init__(rng=0)
        self.period, self.periods, self.scale = 0, world.periods, scenario.scale
        self.seed_of_run, self.foreseen = seed, [{} for _ in range(DECISIONS)]
        self.settings = Settings(scenario, world.organisations.ids)
        self.policy = self.expected = self.budget_ends = self.evaluated_from = self.num = self.word = None
        self.take_up_rules()
        self.firms, self.organisations, self.relations, self.ideas, self.projects = [], [], [], [], []
        self.moves, self.cohorts, self.firm_flows = Counter(), Counter(), Counter()
        self.indicators, self.books = {}, []
        self.firm_year = Counter()
        self.award_sizes = world.policy.terms(Terms).sizes
        cells = opening.firms(self, world)
        self.firms = [firm for cell in cells for firm in cell]
        tables = world.proposals.bounds.tolist(), world.background.bounds.tolist()
        self.people = People(cells, world.register.plan.firms.tolist(), *tables)
        usual = world.reference.business_quarter.tolist()
        self.usual_business = added(usual) / len(usual)
        self.organisations = opening.organisations(self, world)
        self.kinds, self.units, self.institutions = opening.institutions(self, world)
        opening.relations(self, world)
        opening.ties_and_ideas(self, world)
        self.authority = ProgrammeAuthority(self)
        self.funders = [Funder(self, index) for index in (0, 1)]
        initiatives = list(zip(world.environment.start.tolist(), world.environment.size.tolist(), strict=True))
        self.surroundings = SupportSystem(self, initiatives, world.environment.reference_actors)

    @property
    def year(self):
        """Calendar years since 2021."""
        return self.period // 4

    def take_up_rules(self):
        """Reads the parameters in force."""
        self.policy, self.expected = self.settings.at(self.period), self.settings.expected(self.period)
        self.num, self.word = self.policy.num, self.policy.word
        self.budget_ends = self.settings.budget_ends(self.period)
        self.evaluated_from = self.settings.evaluated_from(self.period)

    def draw(self, decision, ident, period=None):
        """A uniform of this quarter, or of another."""
        if period is None and ident in self.foreseen[decision]:
            return self.foreseen[decision][ident]
        return uniform(self.seed_of_run, int(decision), self.period if period is None else period, ident)

    def draws(self, decision, idents):
        """Uniforms of this quarter at many ids, which takes hardly longer than at a few of them."""
        return uniform(self.seed_of_run, int(decision), self.period, np.array(idents, dtype=np.uint64)).tolist()

    def foresee(self, decisions, idents):
        """Draws at once what agents will ask for one by one in this quarter."""
        for decision in decisions:
            self.foreseen[decision].update(zip(idents, self.draws(decision, idents), strict=True))

    def count_firm(self, firm):
        """Counts the first appearance of a firm in the year."""
        self.firm_flows["first"] += firm.years == 1
        self.firm_year["firms"] += 1
        self.firm_year["startups"] += firm.startup_year == self.year

    def firm_counts_of_year(self):
        """Firms and start-ups of the year that ends."""
        counts, self.firm_year = self.firm_year, Counter()
        return {name: float(counts[name]) for name in ("everybody", "firms", "startups")}

    def step(self):
        """One quarter; leaves the indicators by name and the accounts of every organisation."""
        self.begin()
        self.money_and_people()
        newcomers = self.recruit()
        attended, enrolled = self.disseminate(newcomers)
        matchmaking.match(self)
        to_pilot, to_application = matchmaking.choose(self)
        applications.decide(self)
        applications.write_applications(self, to_application)
        self.run_projects(to_pilot)
        private.renew(self)
        private.join(self, attended, enrolled)
        for organisation in self.organisations:
            organisation.cofinance()
            organisation.run_costs()
        self.evaluate()
        decay.close_firms(self)
        decay.fade(self)
        decay.meet_in_background(self)
        decay.tidy(self)
        for organisation in self.organisations:
            organisation.keep_up_relations()
        self.books = [organisation.purse.close() for organisation in self.organisations]
        for organisation in self.organisations:
            organisation.count_cash()
        self.indicators = Recorder(self).record()
        self.period += 1

    def begin(self):
        """Opens the books and counts who is there; rules, surroundings and grant periods of the quarter."""
        self.firm_flows, self.foreseen = Counter(), [{} for _ in range(DECISIONS)]
        self.people.count(self.period)
        for organisation in self.organisations:
            organisation.flows = defaultdict(float)
            organisation.purse.open()
        self.take_up_rules()
        self.surroundings.step()
        self.authority.renew()

    def money_and_people(self):
        """Grants are awarded and paid; people leave and come; plans are made."""
        self.surroundings.set_prices()
        for funder in self.funders:
            for organisation in self.organisations:
                funder.step(organisation)
        for organisation in self.organisations:
            organisation.believe()
            organisation.change_staff()
            organisation.plan()

    def recruit(self):
        """All organisations look for strangers before any of them asks; returns the yeses in order."""
        wanted = [organisation.find_strangers() for organisation in self.organisations]
        yes, unready = [], []
        for organisation, firms in zip(self.organisations, wanted, strict=True):
            said_yes, not_ready = organisation.contact(firms)
            yes += [(organisation, firm) for firm in said_yes]
            unready += not_ready
        refer(self, unready)
        return yes

    def disseminate(self, newcomers):
        """Known firms and newcomers take seats; returns relations that took part and those newly enrolled."""
        self.foresee((Decision.RETURN,), [relation.pair for relation in self.relations if relation.trust > 0.0])
        care = {organisation: organisation.care() for organisation in self.organisations}
        candidates = [
            Candidate(relation, new=False)
            for relation in self.relations
            if relation.trust > 0.0
            and relation.organisation.open
            and relation.firm.wants_to_return(relation, care[relation.organisation])
        ]
        enrolled = [organisation.enrol(firm) for organisation, firm in newcomers]
        candidates += [Candidate(relation, new=True) for relation in enrolled]
        self.foresee(ASKED_OF_CANDIDATES, [candidate.relation.pair for candidate in candidates])
        accept_invitations(candidates)
        come = set()
        for organisation in self.organisations:
            mine = [candidate for candidate in candidates if candidate.relation.organisation is organisation]
            come.update(organisation.give_seats(mine, len(candidates)))
        come = [candidate for candidate in candidates if candidate in come]
        take_part(self, come)
        for organisation in self.organisations:
            organisation.receive_institutions()
        return [candidate.relation for candidate in come], enrolled

    def run_projects(self, to_pilot):
        """Pilots start, firms withdraw, projects end, money is earned."""
        projects.start_pilots(self, to_pilot)
        projects.withdraw(self)
        projects.complete(self)
        for organisation in self.organisations:
            organisation.earn()

    def evaluate(self):
        """The authority's calendar at the end of the quarter."""
        for organisation in self.organisations:
            organisation.be_scored()
        for act in (
            self.authority.evaluate,
            self.authority.end_periods,
            self.authority.watch,
            self.authority.fill_area,
        ):
            for organisation in self.organisations:
                act(organisation)
