"""Cluster organisations (klyngeorganisationer) as ordinary agents."""

import math
from collections import defaultdict

from klyngesim.ecosystem.compat import Actor
from klyngesim.ecosystem.processes.evaluation import score_rule
from klyngesim.scenario.periods import FIRST_YEAR
from tests.reference.activities import Host
from tests.reference.applications import Applicant
from tests.reference.institutions import Visited
from tests.reference.planning import Planner
from tests.reference.private import Treasurer
from tests.reference.projects import Earner
from tests.reference.recruitment import Recruiter
from tests.reference.staff import Employer


class ClusterOrganisation(Employer, Planner, Recruiter, Host, Visited, Applicant, Earner, Treasurer, Actor):
    """A cluster organisation: its state, and what it does step by step in its base classes.

    Args:
        model: the plain model.
        index: place in the order of Table 2.
        start: state at 2021Q1 by name of attribute.
    """

    def __init__(self, model, index, start):
        Actor.__init__(self, model)
        self.index = index
        self.relations, self.posts = [], []
        self.flows = defaultdict(float)
        self.activities, self.expected = [0, 0, 0, 0], [0.0] * 4
        self.grant_year, self.late_award, self.grant_cut = [0.0, 0.0], [0.0, 0.0], [1.0, 1.0]
        self.funded, self.open, self.vacant_until = [True, True], True, 0
        self.short_quarters, self.liquidity = 0, 1.0
        self.private_ratio = self.offered = 1.0
        self.sponsored = 0.0
        self.otherwise, self.otherwise_done = [[0, 0], [0, 0]], [[0.0, 0.0], [0.0, 0.0]]
        self.year_private = self.year_ufs = 0.0
        self.history, self.score_start, self.score = [], [0.0] * 4, 1.0
        self.activities_done, self.applications_done = [0.0] * 4, 0.0
        self.seen = self.seen_once = 0
        self.year = defaultdict(float)
        self.last_year_pairs = 0.0
        for name, value in start.items():
            setattr(self, name, value)

    def own(self, key):
        """Its own value of a parameter."""
        return float(self.model.policy.vec(key)[self.index])

    def count(self, name, amount=1.0):
        """Adds to a flow of the quarter."""
        self.flows[name] += amount

    def moved(self, firm, before, after, reason, since=None):
        """Notes that an idea of a firm, or a firm on its way to one, went from a stage to another.

        ``since``: quarter in which it entered the stage, the present one if not given.
        """
        model = self.model
        model.moves[model.period, self.index, firm.size, before, after, reason] += 1
        entered = FIRST_YEAR + (model.period if since is None else since) // 4
        if before != "outside":
            model.cohorts[entered, self.index, firm.size, before, reason if after == "left" else after] += 1

    def role_of(self, firm):
        """Role of a firm's industry for it."""
        return self.roles[firm.cell]

    def close(self, vacancy):
        """Closes: members and ideas leave, money is returned, projects stop; without a vacancy nobody follows."""
        model = self.model
        self.open, self.funded = False, [False, False]
        self.vacant_until = math.inf if vacancy is None else model.period + vacancy
        self.purse.give_back()
        for relation in self.relations:
            if relation.member:
                relation.end_membership()
        for idea in model.ideas:
            if idea.organisation is self and idea.stage != "left":
                idea.leave("support_ended")
        for project in model.projects:
            if project.organisation is self:
                project.running = False
                project.rejected = project.rejected or project.end is None
        self.short_quarters = 0
        self.own_free = self.sponsored = 0.0

    def begin_anew(self, horizons):
        """A new organisation takes the place of the one that closed."""
        model, after = self.model, self.model.period + 1
        self.open, self.funded, self.liquidity = True, [True, True], 1.0
        self.quality = model.num("open_call.entrant_quality")
        self.history, self.score_start = [], [0.0] * 4
        for relation in self.relations:
            if relation.trust > 0.0:
                relation.set_trust(relation.trust * model.num("authority.handover_trust"))
        self.settle_equity()
        for post in self.posts:
            post.filled = post.number < round(model.num("staff.least_posts"))
            post.vacant_until = after + round(model.num("staff.hiring_quarters"))
        self.mandate_start, self.period_start = after, [after, after]
        self.period_end = [
            end if end > after else after + horizon for end, horizon in zip(self.period_end, horizons, strict=True)
        ]

    def be_scored(self):
        """Keeps what an evaluation looks at, and scores the last years against the own start."""
        model = self.model
        grant = 0.0
        for yearly, funded in zip(self.grant_year, self.funded, strict=True):
            grant += yearly / 4.0 if funded and self.open and model.num("grant.suspended") <= 0.0 else 0.0
        private, grant = (money / model.surroundings.price for money in (self.private, grant))
        self.history.append([self.flows["fresh_pairs"], self.flows["applications_registered"], private, grant])
        start_years = round(model.num("evaluation.start_years"))
        if model.period + 1 - self.mandate_start == 4 * (1 + start_years):
            self.score_start = self.year_of(start_years)
        years = self.years_judged()
        self.score = score_rule(self.year_of(years), self.score_start) if years > 0 else 1.0

    def years_judged(self):
        """Years that an evaluation now would look at: full ones after the own start."""
        model = self.model
        after_start = (model.period + 1 - self.mandate_start) // 4 - 1 - round(model.num("evaluation.start_years"))
        return min(round(model.num("evaluation.score_years")), max(0, after_start))

    def year_of(self, years):
        """Mean of the last years."""
        return [self.total(values) / years for values in zip(*self.history[-4 * years :], strict=True)]
