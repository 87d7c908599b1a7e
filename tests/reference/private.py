"""Steps 10 and 11: memberships, private money, running costs, and whether the money lasts."""

from klyngesim.ecosystem.processes.cofinancing import CONSEQUENCES, shortfall_rule
from klyngesim.ecosystem.processes.solvency import shock_rule
from klyngesim.streams import Decision
from tests.reference.purse import OERE_PER_MKR


def renew(model):
    """Members whose year is over stay or leave."""
    due = [
        relation
        for relation in model.relations
        if relation.member and relation.since < model.period and (model.period - relation.since) % 4 == 0
    ]
    leaving = [relation for relation in due if not relation.firm.renews(relation)]
    for relation in leaving:
        relation.end_membership()


def join(model, attended, newcomers):
    """Those who took part, and those who said yes without coming, may join; nobody who has just left."""
    asked = attended + [relation for relation in newcomers if relation.last != model.period]
    free = [
        relation
        for relation in asked
        if not relation.member and relation.organisation.open and relation.left != model.period
    ]
    joining = [relation for relation in free if relation.firm.joins(relation)]
    for relation in joining:
        relation.join()


class Treasurer:
    """An organisation as one that pays its way."""

    def cofinance(self):
        """Books private money, works out hours in kind, and tests the rule."""
        model, purse, reference = self.model, self.purse, self.reference
        price, is_open = model.surroundings.price, 1.0 if self.open else 0.0
        fees, large = 0.0, 0.0
        for relation in self.relations:
            if relation.member:
                firm = relation.firm
                rebate = model.num("guard.fee_rebate") if firm.size < 2 else 0.0
                fees += model.num(f"fees.{firm.name}") * (1.0 - rebate) * price / 1e6 / 4.0
                large += firm.size == 3
        paid = fees * reference["fee_scale"] * self.own("fees.level")
        large = large / max(1.0, reference["large_members"])
        sponsors = reference["sponsorship_quarter"] * price * large * self.own("sponsorship.level") * is_open
        funds = reference["foundations_quarter"] * price * is_open
        more = max(0.0, sponsors - reference["sponsorship_quarter"] * price)
        self.sponsored = self.own("sponsorship.seat_share") * more
        purse.book("own_fees", paid)
        purse.book("own_sponsorship", sponsors)
        purse.book("own_foundations", funds)
        self.private = paid + sponsors + funds + purse.booked["external_project_cash"] / OERE_PER_MKR
        hours = self.flows["participations"] * model.num("inkind.hours_per_seat")
        pilots = purse.grant("spent", "passed_on") / OERE_PER_MKR
        pilots = pilots * (reference["pilot_cost_share"] if self.mix[3] > 0.0 else 0.0)
        self.inkind = hours * model.num("inkind.kr_per_hour") / 1e6 + pilots * model.num("inkind.pilot_share")
        usual = reference["private_quarter"]
        ratio = self.private / price / (usual if usual > 0.0 else 1.0)
        memory = model.num("cofinancing.memory_quarters")
        self.private_ratio = self.private_ratio + (ratio - self.private_ratio) * (1.0 / memory)
        self.test_rule()

    def ufs_used(self):
        """UFS money used this quarter, mkr."""
        return self.purse.grant("spent", "passed_on", funder=0) / OERE_PER_MKR

    def test_rule(self):
        """Once a year: private money and hours against the UFS part."""
        model = self.model
        self.year_private = self.year_private + self.private + self.inkind
        self.year_ufs = self.year_ufs + self.ufs_used()
        if model.period % 4 != 3:
            return
        private, ufs = self.year_private, self.year_ufs
        self.year_private = self.year_ufs = 0.0
        if model.word("scarcity.money") == "off":
            return
        required = model.num("cofinancing.required")
        ratio = private / ufs if ufs > 0.0 else required
        keep = shortfall_rule(ratio, required, CONSEQUENCES.index(model.word("cofinancing.consequence")))
        cut = [1.0 - keep, 0.0]
        if model.word("cofinancing.budget_rule") == "replaces":
            uncut = 0.0
            for yearly, kept in zip(self.grant_year, self.grant_cut, strict=True):
                uncut += yearly / max(1e-9, kept)
            usual = self.reference["private_quarter"] * model.surroundings.price
            extra = 4.0 * max(0.0, self.private_ratio - 1.0) * usual
            cut = [each + extra / max(1e-9, uncut) for each in cut]
        self.grant_cut = [max(0.0, 1.0 - each) for each in cut]

    def run_costs(self):
        """Running costs follow own income; surpluses and losses hit equity."""
        model, purse = self.model, self.purse
        if not self.open:
            return
        earned = sum(purse.booked[name] for name in ("own_fees", "own_sponsorship", "own_foundations", "own_overhead"))
        pace = 1.0 / model.num("finance.budget_quarters")
        earned = earned / OERE_PER_MKR - self.sponsored
        self.own_income = self.own_income + (earned - self.own_income) * pace
        thrift = 1.0 - model.num("finance.thrift") * (1.0 - self.liquidity)
        self.business = self.business + (self.earned() / OERE_PER_MKR - self.business) * pace
        left = self.own_income - self.saved()
        usual = self.reference["own_income_quarter"] * model.surroundings.price
        bound = model.num("finance.running_base") * min(left, usual)
        bound += model.num("finance.running_more") * max(left - usual, 0.0)
        self.own_free = left - bound
        purse.book("own_running", bound * thrift)
        luck = model.draw(Decision.OPERATING_SHOCK, self.index)
        usual = model.usual_business * model.surroundings.price
        purse.book("own_shock", shock_rule(luck, model.num("finance.shock_spread"), self.business, usual))

    def earned(self):
        """Own business of the quarter, øre: external projects and own income; overheads come from the projects."""
        sources = ("external_public", "external_eu", "external_other", "external_project_cash")
        own = ("own_fees", "own_sponsorship", "own_foundations")
        return sum(self.purse.booked[name] for name in (*sources, *own))

    def equity_aim(self):
        """Equity aimed at, mkr: months of the DEB grant in use, and a reserve of months of own business."""
        lent = self.grant_use[1] * self.own("finance.equity_months")
        return (lent + self.business * self.model.num("finance.reserve_months")) / 3.0

    def saved(self):
        """Own income that is kept because equity is below the aim, mkr."""
        if self.model.word("scarcity.money") == "off":
            return 0.0
        missing = self.equity_aim() - self.equity
        return max(0.0, min(self.model.num("finance.saving_share") * self.own_income, missing))

    def count_cash(self):
        """After the books are closed: what cash allows next quarter."""
        model, purse = self.model, self.purse
        pace = 1.0 / model.num("finance.budget_quarters")
        used = [purse.grant("spent", "passed_on", funder=funder) / OERE_PER_MKR for funder in (0, 1)]
        self.grant_use = [before + (now - before) * pace for before, now in zip(self.grant_use, used, strict=True)]
        claims = purse.claims()
        self.equity = (purse.own + claims) / OERE_PER_MKR
        if model.word("scarcity.money") == "off":
            return
        turnover = 4.0 * (self.business + self.grant_use[0] + self.grant_use[1])
        credit = model.num("finance.overdraft_share") * turnover
        free = (purse.own + model.num("finance.claims_credit") * claims) / OERE_PER_MKR
        room = (free + credit) / max(1e-9, credit)
        self.liquidity = 1.0 if room >= 1.0 else max(model.num("finance.least_activity"), min(1.0, room))
        self.short_quarters = self.short_quarters + 1 if self.open and room < 0.0 else 0

    def settle_equity(self):
        """What the old organisation had and was owed goes to its estate; the partners of the new one pay equity in."""
        purse = self.purse
        for line in purse.every():
            line.settle()
        purse.booked["own_handover"] -= purse.own + purse.grant("received")
        self.grant_use = [yearly / 4.0 * self.reference["spent_share"] for yearly in self.grant_year]
        purse.book("own_paid_in", self.model.num("open_call.entrant_equity") * self.equity_aim())
