"""Step 4: an organisation turns money and hours into activities, seats and room."""

import math

import numpy as np

from klyngesim.ecosystem.processes.money_in import split_accounts
from klyngesim.ecosystem.processes.planning import (
    activity_mix,
    admin_share,
    complacency_rule,
    effort_shares,
    lock_in_rule,
    productive_hours,
    whole,
)
from klyngesim.streams import Decision
from tests.reference.purse import OERE_PER_MKR, oere

TYPES = ("dissemination", "internationalisation", "application", "project")
MEASURES = (
    ("researcher.incentive", "researcher.incentive_cost_mkr_year"),
    ("local.partners", "local.cost_mkr_year"),
    ("phd.bridge", "phd.cost_mkr_year"),
    ("institutions.outreach", "institutions.outreach_cost_mkr_year"),
    ("competence.level", "competence.cost_mkr_year"),
    ("referral.share", "referral.cost_mkr_year"),
)


def in_whole(expected, done, shift):
    """Whole number of a quarter and the running total, as plain numbers."""
    number, after = whole(expected, done, shift)
    return int(number), float(after)


class Planner:
    """An organisation as one that plans."""

    def plan(self):
        """Fixes spending, activities, hours and room of the quarter."""
        means = self.spend_grant() + self.spend_own() + self.initiative_money
        measures = self.measures()
        self.purse.book("own_policy", max(0.0, measures - means))
        self.plan_activities(max(0.0, means - measures))
        self.plan_hours()
        self.plan_room()

    def spend_grant(self):
        """Uses grant at the pace of people and cash; returns what is of use for activities, mkr."""
        model = self.model
        filled = min(1.0, self.staff / max(1.0, self.posts_wanted))
        start = model.num("spending.start_year") if model.year == 0 else 1.0
        pace = model.num("spending.absorption") * start * filled * self.liquidity
        shares = split_accounts(model.policy)[self.index].tolist()
        used = 0
        for funder, row in enumerate(self.purse.lines):
            rate = self.grant_year[funder] / 4.0 if self.funded[funder] and self.open else 0.0
            for account, line in enumerate(row):
                used += line.use(oere(rate * pace * shares[funder][account]), to_partners=account == 0)
        self.spent = used / OERE_PER_MKR
        return self.spent * lock_in_rule(model.num("grant.horizon_years"), model.num("rival.lock_in"))

    def spend_own(self):
        """Uses part of the equity above the aim, mkr."""
        if self.model.word("scarcity.money") == "off":
            return 0.0
        target = self.reference["equity_target"] * self.model.surroundings.price
        above = max(0.0, self.purse.own / OERE_PER_MKR - target)
        spend = above * self.model.num("finance.spend_down") if self.open else 0.0
        self.purse.book("own_activity", spend)
        return spend

    def measures(self):
        """What measures of policy cost the organisation, mkr."""
        model = self.model
        cost = self.own("contact_staff.fte") * model.num("contact_staff.cost_mkr_year")
        for level, price in MEASURES:
            cost = cost + self.grant_share * model.num(level) * model.num(price)
        cost = cost * model.surroundings.price / 4.0 if self.open else 0.0
        if model.word("measures.paid_by") == "extra":
            self.purse.book("own_initiatives", cost)
            self.purse.book("own_policy", cost)
            return 0.0
        return cost

    def plan_activities(self, money):
        """Activities by type that the money pays."""
        model = self.model
        self.mix = activity_mix(model.policy)[self.index].tolist()
        weight = 0.0
        for share, name in zip(self.mix, TYPES, strict=True):
            weight += share * model.num(f"activity_cost.{name}")
        each = weight * (self.reference["unit_cost"] * model.surroundings.price)
        number = money / each if each > 0.0 and self.open else 0.0
        for code, share in enumerate(self.mix):
            expected = 0.0 if code == 3 and model.num("grant.broad_only") > 0.0 else number * share
            self.activities[code], self.activities_done[code] = in_whole(
                expected, self.activities_done[code], self.shift[code]
            )
        self.count("activities_dissemination", self.activities[0])
        self.count("activities_internationalisation", self.activities[1])

    def plan_hours(self):
        """Hours by task."""
        model = self.model
        if model.word("scarcity.hours") == "off":
            self.hours = list(self.reference["hours"])
            return
        running, routed = model.surroundings.running, model.num("initiative.routed_share")
        coordination = model.num("coordination.hours_per_initiative") * running * (1.0 - routed)
        coordination = coordination + model.num("platform.hours_per_initiative") * running * routed
        coordination = coordination + model.num("local.hours_year") * model.num("local.partners")
        coordination = coordination + model.num("segmentation.hours_year") * self.own("segmentation.level")
        general = max(0.0, self.staff - self.own("contact_staff.fte"))
        hours = productive_hours(general, model.num("staff.hours_year"), admin_share(model.policy), coordination)
        hours = float(hours) * float(
            complacency_rule(self.support_ratio, model.num("rival.complacency"), model.num("rival.least_effort"))
        )
        load = np.array([organisation.reference["project_load"] for organisation in model.organisations])
        self.hours = [hours * share for share in effort_shares(model.policy, load)[self.index].tolist()]

    def plan_room(self):
        """Seats, slots for applications and pilots, and the shift of rounding hours."""
        self.seats_abroad = self.room_at(1, "firms")
        self.seats = self.room_at(0, "firms") + self.seats_abroad
        self.institution_seats = self.room_at(0, "institutions") + self.room_at(1, "institutions")
        each = self.reference["hours_per_application"]
        slots = self.hours[3] / each if each > 0.0 else 0.0
        capacity, self.applications_done = in_whole(slots, self.applications_done, self.shift[2])
        self.application_slots = capacity if self.open else 0
        self.hours_shift = self.model.draw(Decision.HOURS_ROUNDING, self.index)

    def room_at(self, code, who):
        """Seats for firms or institutions at the activities of a type."""
        expected = self.activities[code] * self.own(f"seats.{TYPES[code]}_{who}")
        if who == "firms":
            expected *= self.year_effect[self.model.year]
        return math.floor(expected + self.shift[code])

    def care(self):
        """Care for known firms, 1 as at the start."""
        model = self.model
        if model.word("scarcity.hours") == "off":
            return 1.0
        usual = self.reference["care"]
        hours = self.hours[1] / max(1.0, self.live)
        ratio = min(model.num("retention.care_most"), hours / (usual if usual > 0.0 else 1.0))
        share = model.num("retention.care_share")
        return 1.0 - share + share * ratio
