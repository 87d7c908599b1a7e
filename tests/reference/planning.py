"""Step 4: an organisation turns money and hours into activities, seats and room (ODD, section 7.4)."""

import math

from klyngesim.streams import Decision
from tests.reference.purse import OERE_PER_MKR, oere

TYPES = ("dissemination", "internationalisation", "application", "project")
TASKS = ("recruit", "retain", "broker", "apply", "project")
MEASURES = (
    ("researcher.incentive", "researcher.incentive_cost_mkr_year"),
    ("local.partners", "local.cost_mkr_year"),
    ("phd.bridge", "phd.cost_mkr_year"),
    ("institutions.outreach", "institutions.outreach_cost_mkr_year"),
    ("competence.level", "competence.cost_mkr_year"),
    ("referral.share", "referral.cost_mkr_year"),
)


def in_whole(expected, done, shift):
    """Whole number of a quarter and the running total."""
    after = done + expected
    return math.floor(after + shift) - math.floor(done + shift), after


def added(values):
    """Sum, one after the other."""
    whole = 0.0
    for value in values:
        whole += value
    return whole


def over_usual(now, usual):
    """What there is over the usual amount, 1 where there usually is none."""
    return now / usual if usual > 0.0 else 1.0


class Planner:
    """An organisation as one that plans."""

    def plan(self):
        """Fixes spending, hours, activities and room of the quarter."""
        grant = self.spend_grant()
        measures = self.measures()
        short = max(0.0, measures - grant)
        self.purse.book("own_policy", short)
        own, outside = self.spend_own(short), self.spend_set_aside() + self.take_routed()
        self.plan_hours()
        self.mix = self.shares_of_types([self.own(f"activity_mix.{name}") for name in TYPES[1:]], self.possible())
        self.plan_activities(self.top_up(max(0.0, grant - measures)))
        self.plan_otherwise((own, outside))
        self.plan_room()

    def spend_grant(self):
        """Uses grant at the pace of people and cash; returns what is of use for activities, mkr."""
        model = self.model
        pace = model.num("spending.absorption")
        if model.year == 0:
            pace = pace * model.num("spending.start_year")
        pace = pace * min(1.0, self.staff / max(1.0, self.posts_wanted)) * self.liquidity
        used = passed_on = 0
        for funder, row in enumerate(self.purse.lines):
            rate = self.grant_year[funder] / 4.0 if self.funded[funder] and self.open else 0.0
            for account, (line, share) in enumerate(zip(row, self.accounts(funder), strict=True)):
                here = line.use(oere(rate * pace * share), to_partners=account == 0)
                used += here
                passed_on += here if account == 0 else 0
        self.passed_on = passed_on / OERE_PER_MKR
        self.spent = used / OERE_PER_MKR
        years_beyond_four = max(0.0, (model.period - self.period_start[0]) / 4.0 - 4.0)
        return self.spent * (1.0 / (1.0 + model.num("rival.lock_in") * years_beyond_four))

    def accounts(self, funder):
        """Shares of a funder's grant that go to partners, own activity and administration."""
        partners = self.own("grant.passthrough_ufs" if funder == 0 else "grant.passthrough_deb")
        admin = self.model.num("grant.admin_cap") * (1.0 - partners)
        return partners, 1.0 - partners - admin, admin

    def priced(self):
        """Whether it can buy activities."""
        return self.open and self.reference["unit_cost"] > 0.0

    def spend_own(self, short):
        """Uses own income beyond running costs and part of the equity above the aim, less what measures lack, mkr."""
        model, spend = self.model, 0.0
        if self.priced():
            spend = (self.own_free + self.sponsored) * self.liquidity
            if model.word("scarcity.money") == "on":
                above = min(self.equity - spend - self.equity_aim(), self.purse.own / OERE_PER_MKR - spend)
                spend = spend + max(0.0, above) * model.num("finance.spend_down")
        spend = max(0.0, spend - short)
        self.own_use = self.own_use + (spend - self.own_use) * (1.0 / model.num("finance.budget_quarters"))
        for_seats = min(spend, self.sponsored * self.liquidity)
        for_meetings = for_seats + self.reference["meeting_cost_share"] * (spend - for_seats)
        booked = self.purse.book("own_activity", for_meetings)
        self.purse.booked["own_projects"] += oere(spend) - booked
        return for_meetings

    def spend_set_aside(self):
        """Uses what projects have set aside for activities, mkr; where there are none it goes to the projects."""
        purse = self.purse
        money, purse.external = purse.external, 0
        purse.booked["external_activity" if self.priced() else "external_spent"] += money
        return money / OERE_PER_MKR if self.priced() else 0.0

    def take_routed(self):
        """Books the money of initiatives that use the organisation as platform, mkr."""
        money = self.initiative_money if self.open else 0.0
        self.purse.book("own_initiatives", money)
        self.purse.book("own_activity", money)
        return money

    def measures(self):
        """What measures of policy cost the organisation, mkr."""
        model = self.model
        cost = self.contact_staff * model.num("contact_staff.cost_mkr_year")
        for level, price in MEASURES:
            cost = cost + self.grant_share * model.num(level) * model.num(price)
        cost = cost * model.surroundings.price / 4.0 if self.open else 0.0
        if model.word("measures.paid_by") == "extra":
            self.purse.book("own_initiatives", cost)
            self.purse.book("own_policy", cost)
            return 0.0
        return cost

    def top_up(self, money):
        """The money with what the state adds for a dearer mix, so that every type has what the start's mix gave it."""
        model = self.model
        if model.word("measures.paid_by") != "extra":
            return money
        usual = self.shares_of_types(self.reference["mix"][1:], self.possible())
        more = self.weight_of(self.mix) * max(
            [1.0, *(then / now for now, then in zip(self.mix, usual, strict=True) if now > 0.0)]
        )
        whole = self.weight_of(usual)
        added_money = money * max(0.0, more / whole - 1.0) if whole > 0.0 else 0.0
        self.purse.book("own_initiatives", added_money)
        self.purse.book("own_activity", added_money)
        return money + added_money

    def weight_of(self, mix):
        """Cost of a mix of activities, in activities of weight 1."""
        return added(share * self.model.num(f"activity_cost.{name}") for share, name in zip(mix, TYPES, strict=True))

    def number_for(self, money, mix):
        """Activities that money pays in a mix, none where they have no price."""
        each = self.weight_of(mix) * (self.reference["unit_cost"] * self.model.surroundings.price)
        return money / each if each > 0.0 else 0.0

    def shares_of_types(self, shares, possible):
        """Shares of the activities by type; what cannot be held leaves its share to the others."""
        together = added(shares)
        if together > 1.0:
            shares = [share / together for share in shares]
            together = together / together
        shares = [max(0.0, 1.0 - together), *shares]
        if all(can or share == 0.0 for can, share in zip(possible, shares, strict=True)):
            return shares
        shares = [share if can else 0.0 for can, share in zip(possible, shares, strict=True)]
        whole = added(shares)
        return [share / whole for share in shares] if whole > 0.0 else [1.0, 0.0, 0.0, 0.0]

    def possible(self):
        """Whether each type of activity can be held at all."""
        model = self.model
        abroad = "seats.internationalisation_"
        size = self.own(abroad + "firms") + self.own(abroad + "institutions")
        pilots = model.num("grant.broad_only") == 0.0 and model.num("grant.horizon_years") >= 0.5
        return True, size > 0.0, self.effort[3] > 0.0, pilots and self.effort[4] > 0.0

    def plan_activities(self, money):
        """Activities by type that the money pays."""
        number = self.number_for(money, self.mix)
        self.held = 0.0
        for code, share in enumerate(self.mix):
            self.expected[code] = number * share
            self.held += self.expected[code]
            self.activities[code], self.activities_done[code] = in_whole(
                self.expected[code], self.activities_done[code], self.shift[code]
            )
        self.count("activities_dissemination", self.activities[0])
        self.count("activities_internationalisation", self.activities[1])

    def plan_otherwise(self, budgets):
        """Meetings that own income and external projects pay, and what is offered in all."""
        can = self.possible()
        wanted = [self.own(f"activity_mix.{name}") for name in TYPES[1:]]
        mix = self.shares_of_types(wanted, (can[0], can[1], False, False))
        for layer, money in enumerate(budgets):
            number = self.number_for(money, mix)
            self.held += number
            for code in (0, 1):
                shift = self.shift[code] + (layer + 1.0) / 3.0
                self.otherwise[layer][code], self.otherwise_done[layer][code] = in_whole(
                    number * mix[code], self.otherwise_done[layer][code], shift - math.floor(shift)
                )
        for layer, name in enumerate(("own", "external")):
            self.count(f"activities_{name}", sum(self.otherwise[layer]))
        usual = added(self.reference["activities_quarter"]) + self.reference["meetings_otherwise"]
        ratio = self.held / usual if usual > 0.0 else 1.0
        self.offered = self.offered + (ratio - self.offered) * (1.0 / 4.0)

    def plan_hours(self):
        """Hours by task."""
        model = self.model
        contact = self.contact_staff * model.num("staff.hours_year") / 4.0
        if model.word("scarcity.hours") == "off":
            self.hours = self.effort = list(self.reference["hours"])
            self.brokering = self.hours[2] + contact
            return
        running, routed = model.surroundings.running, model.num("initiative.routed_share")
        others = model.num("coordination.hours_per_initiative") * running * (1.0 - routed)
        others = others + model.num("platform.hours_per_initiative") * running * routed
        others = others + model.num("local.hours_year") * model.num("local.partners")
        others = others + model.num("segmentation.hours_year") * self.own("segmentation.level")
        one, two = model.num("admin.share_one_string"), model.num("admin.share_two_strings")
        admin = one + (two - one) * (model.num("admin.funding_strings") - 1.0)
        merged = model.num("environment.support_actors") * model.num("environment.consolidated")
        others = others - merged * model.num("coordination.hours_per_actor")
        most = self.staff * model.num("staff.hours_year")
        hours = min(most, max(0.0, most * (1.0 - admin) - others)) / 4.0
        safe = 1.0 - model.num("rival.complacency") * (self.support_ratio - 1.0)
        hours = hours * max(model.num("rival.least_effort"), safe)
        if model.num("evaluation.every_years") > 0.0 and model.num("evaluation.threshold") > 0.0:
            hours = hours * (1.0 + model.num("evaluation.incentive"))
        weights = [self.own(f"effort.{task}") for task in TASKS]
        weights[4] = weights[4] * self.reference["project_load"]
        whole = added(weights)
        self.effort = [weight / (whole if whole > 0.0 else 1.0) for weight in weights]
        self.deepen(self.own("depth.shift"))
        self.hours = [hours * share for share in self.effort]
        self.brokering = self.hours[2] + contact

    def deepen(self, shift):
        """Moves a share of the hours for recruiting and keeping to applications and projects, else to brokering."""
        recruit, retain, broker, apply, project = self.effort
        moved, deep = shift * (recruit + retain), apply + project
        if deep > 0.0:
            apply, project = apply + moved * (apply / deep), project + moved * (project / deep)
        else:
            broker = broker + moved
        self.effort = [recruit * (1.0 - shift), retain * (1.0 - shift), broker, apply, project]

    def plan_room(self):
        """Seats, slots for applications and pilots, and the shift of rounding hours."""
        self.seats_abroad = self.room_at(1, "firms")
        self.seats = self.room_at(0, "firms") + self.seats_abroad
        self.sponsored_seats = min(self.paid_seats(self.sponsored * self.liquidity), self.seats)
        self.institution_seats = self.room_at(0, "institutions") + self.room_at(1, "institutions")
        each = self.reference["hours_per_application"]
        slots = self.hours[3] / each if each > 0.0 else 0.0
        capacity, self.applications_done = in_whole(slots, self.applications_done, self.shift[2])
        self.application_slots = capacity if self.open else 0
        self.plan_institutions()
        self.hours_shift = self.model.draw(Decision.HOURS_ROUNDING, self.index)

    def plan_institutions(self):
        """Hours that institutions have for an activity and for a pilot, over those of the start."""
        start, shift = self.reference["activities_quarter"], self.own("depth.shift")
        money = self.passed_on_over_usual()
        events = over_usual(self.expected[0] + self.expected[1], start[0] + start[1])
        pilots = over_usual(self.expected[3], start[3])
        self.visit_time = self.hours_of_institutions(money * (1.0 - shift), events)
        self.pilot_time = self.hours_of_institutions(money * (1.0 + shift), pilots)

    def passed_on_over_usual(self):
        """Money passed on in real terms, over that of the start."""
        return over_usual(self.passed_on / self.model.surroundings.price, self.reference["passed_on"])

    def hours_of_institutions(self, money, work):
        """Hours of institutions for a piece of work, of which money passed on pays a share."""
        paid = self.model.num("institutions.paid_share")
        return 1.0 - paid + paid * money / work if work > 0.0 else 1.0

    def room_at(self, code, who):
        """Seats for firms or institutions at the activities of a type."""
        number = self.activities[code]
        if who == "firms":
            number += sum(layer[code] for layer in self.otherwise)
        expected = number * self.own(f"seats.{TYPES[code]}_{who}")
        if who == "firms":
            expected *= self.year_effect[self.model.year]
        return math.floor(expected + self.shift[code])

    def paid_seats(self, money):
        """Seats for small firms that sponsors' money (mkr) pays at the cost of a dissemination activity's seat."""
        activities = self.number_for(money, (1.0, 0.0, 0.0, 0.0))
        return math.floor(activities * self.own("seats.dissemination_firms") + self.shift[0]) if activities > 0.0 else 0

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
