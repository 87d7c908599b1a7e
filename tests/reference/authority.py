"""Steps 1, 2 and 12: the authority, the funders and the surroundings, one at a time."""

import math

from klyngesim.ecosystem.compat import Actor
from klyngesim.ecosystem.processes.money_in import horizon_quarters, price_level
from klyngesim.ecosystem.processes.policy import attention_rule
from klyngesim.streams import Decision
from tests.reference.draws import smallest
from tests.reference.planning import added
from tests.reference.purse import FUNDERS, oere

UFS, DEB = 0, 1


class SupportSystem(Actor):
    """Other actors and initiatives around the organisations, and the price level."""

    def __init__(self, model, initiatives, reference_actors):
        super().__init__(model)
        self.initiatives = initiatives  # (quarter of arrival, mkr)
        self.reference_actors = reference_actors
        self.actors = self.attention = self.running = self.separate_money = self.price = None

    def step(self):
        """Counts who wants the firms' attention and what initiatives bring."""
        model = self.model
        life = math.ceil(4.0 * model.num("initiative.life_years"))
        alive = [size for start, size in self.initiatives if start <= model.period < start + life]
        self.running = float(len(alive))
        routed = model.num("initiative.routed_share")
        still = float(sum(organisation.open for organisation in model.organisations))
        merged = model.num("environment.consolidated")
        self.actors = still + model.num("environment.support_actors") * (1.0 - merged) + self.running * (1.0 - routed)
        self.attention = attention_rule(
            self.actors / self.reference_actors,
            model.word("attention.response"),
            model.num("attention.strength"),
            model.num("attention.optimum"),
            model.num("attention.least"),
        )
        money = 0.0
        for size in alive:
            money += size
        for organisation in model.organisations:
            organisation.initiative_money = organisation.grant_share * money / life * routed
        self.separate_money = money / life * (1.0 - routed)

    def own_activities(self):
        """Activities of separate initiatives, and firms at them; both are expected numbers."""
        model, starts = self.model, [organisation.reference for organisation in self.model.organisations]
        held = added(added(start["activities_quarter"]) for start in starts)
        price = added(start["grant_quarter"] for start in starts) / held if held > 0.0 else 0.0
        cost = price * model.num("initiative.cost_ratio") * self.price
        activities = self.separate_money / cost if cost > 0.0 else 0.0
        seats = added(start["seats_quarter"] for start in starts) / held if held > 0.0 else 0.0
        return activities, activities * seats * model.num("initiative.fill")

    def set_prices(self):
        """Prices of the quarter."""
        self.price = price_level(self.model.num("prices.wage_growth"), self.model.period)


class Funder(Actor):
    """A funder with its calendar."""

    def __init__(self, model, index):
        super().__init__(model)
        self.index, self.id = index, FUNDERS[index]

    @property
    def share(self):
        """Its share of the programme's money."""
        ufs = self.model.num("grant.ufs_share")
        return ufs if self.index == UFS else 1.0 - ufs

    def step(self, organisation):
        """Awards and pays."""
        model = self.model
        surroundings = model.surroundings
        level = 1.0 + model.num("grant.indexation") * (surroundings.price - 1.0)
        budget = model.num("grant.budget_mkr_year") * model.num("grant.budget_factor") * level
        share = organisation.grant_share * organisation.own("grant.organisation_factor")
        yearly = budget * share * self.share * organisation.grant_cut[self.index]
        organisation.grant_year[self.index] = yearly
        self.award(organisation, yearly)
        self.pay(organisation)

    def award(self, organisation, yearly):
        """UFS awards a year, DEB a whole period; a suspension postpones it."""
        period, funder = self.model.period, self.index
        into = period - organisation.period_start[funder]
        left = organisation.period_end[funder] - period
        active = organisation.funded[funder] and organisation.open
        falls_due = into % 4 == 0 if funder == UFS else into == 0
        amount = yearly * (min(4, left) if funder == UFS else left) / 4.0 if falls_due and active else 0.0
        if self.model.num("grant.suspended") > 0.0:
            organisation.late_award[funder] += amount
            return
        if active:
            amount += organisation.late_award[funder]
        organisation.late_award[funder] = 0.0
        for line, part in zip(organisation.purse.lines[funder], organisation.accounts(funder), strict=True):
            line.award(oere(amount * part))

    def pay(self, organisation):
        """Pays in arrears in its own quarters, withholds (UFS only) and releases."""
        model, period = self.model, self.model.period
        instalments = model.num(f"{self.id}.instalments_per_year")
        lag = max(0.0, model.num(f"{self.id}.credit_months") - 1.5 * (4.0 / instalments))
        # Four quarters have as many payments as there are instalments, the first one in the quarter of the start.
        pays = (period + organisation.index) * instalments % 4 < instalments
        approval = round(model.num("holdback.approval_quarters")) + organisation.index % 4
        by_year = model.word("holdback.release") == "year"
        end = period - period % 4 + 4 if by_year else organisation.period_end[UFS]
        withheld = model.num("holdback.share") if self.index == UFS else 0.0
        for line in organisation.purse.lines[self.index]:
            if pays:
                line.pay(period, lag, withheld, max(end + approval, period + 1))
            line.release(period)


class ProgrammeAuthority(Actor):
    """Renews grant periods, evaluates, and lets new organisations follow."""

    def renew(self):
        """Begins the periods that follow those that have ended; some organisations may be left out."""
        model, period = self.model, self.model.period
        ended = [[end == period for end in organisation.period_end] for organisation in model.organisations]
        if not any(any(each) for each in ended):
            return
        horizons = horizon_quarters(model.policy)
        for organisation, which in zip(model.organisations, ended, strict=True):
            for funder in (UFS, DEB):
                if which[funder]:
                    organisation.period_start[funder] = period
                    organisation.period_end[funder] = period + horizons[funder]
        still = sum(organisation.open for organisation in model.organisations)
        losses = min(round(model.num("renewal.organisations_lost")), still - 1)
        if losses <= 0:
            return
        gone = [o for o in model.organisations if o.vacant_until == math.inf]
        candidates = [o for o, which in zip(model.organisations, ended, strict=True) if which[UFS] and o.open]
        luck = [model.draw(Decision.RENEWAL_LOSS, organisation.index) for organisation in candidates]
        lost = smallest(candidates, luck, losses)
        for place, organisation in enumerate(candidates):
            if place in lost:
                organisation.close(None)
                organisation.grant_share = 0.0
        # What was withdrawn for good stays with the state: only the others share what the lost ones had.
        left = [0.0 if organisation in gone else organisation.grant_share for organisation in model.organisations]
        kept = 1.0 - added(organisation.grant_share for organisation in gone)
        whole = added(left)
        for organisation, share in zip(model.organisations, left, strict=True):
            if organisation not in gone:
                organisation.grant_share = share / whole * kept if whole > 0.0 else 0.0

    def evaluate(self, organisation):
        """Takes the grant from an organisation that scores too low on its day."""
        model, following = self.model, self.model.period + 1
        every = round(4 * model.num("evaluation.every_years"))
        stagger = round(model.num("evaluation.stagger_quarters")) * (organisation.index % 4)
        into = following - max(organisation.mandate_start, model.evaluated_from) + stagger
        due = every > 0 and into > 0 and into % every == 0 and organisation.open and any(organisation.funded)
        if due and organisation.years_judged() > 0 and following != organisation.period_end[UFS]:
            organisation.count("evaluated")
            if organisation.score >= model.num("evaluation.threshold"):
                return
            organisation.count("grant_lost")
            follows = model.word("evaluation.money") == "open_call"
            organisation.close(round(model.num("open_call.wait_quarters")) if follows else None)

    def end_periods(self, organisation):
        """Takes back what is left of a grant whose period ends with the quarter."""
        for funder in (UFS, DEB):
            if organisation.period_end[funder] == self.model.period + 1:
                organisation.purse.give_back(funder)

    def watch(self, organisation):
        """Closes an organisation that had no money for too long."""
        patience = round(self.model.num("finance.patience_quarters"))
        fails = self.model.word("finance.failures") == "on" and organisation.short_quarters >= patience
        if organisation.open and fails:
            organisation.count("failed")
            organisation.close(round(self.model.num("authority.vacancy_quarters")))

    def fill_area(self, organisation):
        """Lets a new organisation take over an area whose vacancy is over."""
        if not organisation.open and organisation.vacant_until <= self.model.period:
            organisation.begin_anew(horizon_quarters(self.model.policy))
