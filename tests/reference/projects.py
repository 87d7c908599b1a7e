"""Step 9: pilots start, firms withdraw, projects end, and outside money is earned."""

import math

from klyngesim.ecosystem.processes.external_income import legacy_rule
from klyngesim.streams import Decision
from tests.reference.applications import consortium, groups
from tests.reference.draws import SLOTS
from tests.reference.links import Project
from tests.reference.matchmaking import work_together
from tests.reference.purse import oere

IN_PROJECT = ("pilot", "external_project")


def pilot_length(model, left):
    """Quarters of a pilot: longer where the period runs beyond four years, as far as people look ahead."""
    years_beyond_four = max(0.0, min(left, round(4 * model.num("belief.lookahead_years"))) / 4.0 - 4.0)
    longer = 1.0 + model.num("pilot.long_period_response") * years_beyond_four
    planned = math.floor(round(model.num("pilot.length_quarters")) * longer + 0.5)
    return min(planned, left) if left >= 2 else 0


def start_pilots(model, ideas):
    """Organisations start the pilots that money, hours and the mandate allow."""
    slots, length = {}, {}
    for organisation in model.organisations:
        left = organisation.period_end[0] - model.period
        length[organisation] = pilot_length(model, left)
        affordable = math.floor(organisation.hours[4] / model.num("project.hours_each") + organisation.hours_shift)
        slots[organisation] = min(organisation.activities[3], affordable) if length[organisation] > 0 else 0
    found = groups(ideas, slots, model, Decision.PILOT_SLOT, Decision.PILOT_RANK)
    everybody = sum(len(queue) for _, queue in found)
    for address, queue in found:
        organisation = model.organisations[address // SLOTS]
        firms = organisation.own("seats.project_firms") + organisation.own("project.open_invitation")
        room = math.floor(firms * organisation.pilot_time + model.draw(Decision.PILOT_ROOM, address))
        if model.word("scarcity.seats") == "off":
            room = everybody
        chosen = consortium(queue, max(1, room))
        end = model.period + length[organisation]
        project = Project(organisation, False, model.period, end, running=True, firms=len(chosen))
        model.projects.append(project)
        organisation.count("projects_pilot")
        for idea in chosen:
            idea.go("pilot")
            idea.project = project


def withdraw(model):
    """Firms leave running projects, and their part of the money goes with them."""
    usual = model.num("project.withdraw_quarter") * (1.0 - model.num("project.commitment_rule"))
    bound = model.num("researcher.conditional") * model.num("researcher.conditional_withdrawal")
    before = {}
    for idea in model.ideas:
        with_university = idea.unit is not None and model.units[idea.unit].kind.code == 0
        chance = usual * (1.0 - bound) if with_university else usual
        inside = idea.stage in IN_PROJECT and idea.since < model.period
        if inside and model.draw(Decision.WITHDRAW, idea.number) < chance:
            idea.organisation.count("withdrawn")
            before.setdefault(idea.project, float(idea.project.firms))
            idea.leave("withdrew")
    for project, firms in before.items():
        project.rate = project.rate * (project.firms / max(1.0, firms))


def complete(model):
    """Projects whose time is up end."""
    for project in model.projects:
        if project.running and project.end <= model.period:
            project.running = False
            project.organisation.count("completed")
    over = [idea for idea in model.ideas if idea.stage in IN_PROJECT and not idea.project.running]
    work_together(over)
    for firm in dict.fromkeys(idea.firm for idea in over):
        firm.learn(model.num("readiness.gain_project"))
    for idea in over:
        finish(model, idea)


def finish(model, idea):
    """A firm innovates, goes on to an application, or is done."""
    pilot = idea.stage == "pilot"
    chance = model.num("innovation.per_pilot" if pilot else "innovation.per_external")
    if pilot:
        quarters = idea.project.end - idea.project.start
        chance = min(1.0, chance * max(1.0, quarters / round(model.num("pilot.length_quarters"))))
    if model.draw(Decision.INNOVATE, idea.number) < chance:
        idea.organisation.count("innovations_projects")
        idea.go("innovation")
        idea.leave_project()
        idea.leave("completed")
    elif pilot and model.draw(Decision.PILOT_GROUNDS, idea.number) < model.num("pilot.grounds_application"):
        idea.go("matchmaking", "completed")
        idea.leave_project()
        idea.grounded = True
    else:
        idea.leave("completed")


class Earner:
    """An organisation as one that earns outside money."""

    def earn(self):
        """Books outside income by source: from before 2021, orders, and projects won."""
        model, purse, reference = self.model, self.purse, self.reference
        level = 1.0 + model.num("external.indexation") * (model.surroundings.price - 1.0)
        competed = model.num("external.competed_share")
        low, high = model.num("external.length_low_quarters"), model.num("external.length_high_quarters")
        running_off = legacy_rule(model.period, (low + high) / 2.0) * competed
        usual = self.total(reference["hours"])
        effort = min(10.0, self.total(self.hours) / usual) if usual > 0.0 else 1.0
        response = max(0.0, 1.0 + model.num("external.order_response") * (effort - 1.0))
        base = [each * level for each in reference["external_quarter"]]
        legacy, won, income = [], [], []
        for source in (0, 1):
            legacy.append(running_off * reference["external_quarter"][source] if self.open else 0.0)
            won.append(self.won_money(eu=source == 1))
            income.append(legacy[source] + (1.0 - competed) * base[source] * response + won[source])
        other = base[2]
        if not self.open:
            income, won, other = [0.0, 0.0], [0.0, 0.0], 0.0
        self.legacy, self.transfer, self.additional = self.total(legacy), won[0], won[1]
        start = self.total(base)
        now = self.total(income) + other
        ratio = now / (start if start > 0.0 else 1.0)
        follow = 1.0 + model.num("private.project_response") * (ratio - 1.0) if self.open else 0.0
        cash = reference["project_cash_quarter"] * level * follow
        received = purse.book("external_public", income[0]) + purse.book("external_eu", income[1])
        received += purse.book("external_project_cash", cash) + purse.book("external_other", other)
        overhead = purse.book("own_overhead", model.num("external.overhead_share") * now)
        aside = min(oere(reference["activity_share"] * now), received - overhead)
        purse.external += aside
        purse.booked["external_spent"] += received - overhead - aside
        pace = 1.0 / model.num("finance.budget_quarters")
        self.external_year = self.external_year + (4.0 * (now + cash) - self.external_year) * pace

    def won_money(self, eu):
        """Money of the quarter from external projects that run."""
        money = 0.0
        for project in self.model.projects:
            if project.external and project.running and project.organisation is self and project.eu == eu:
                money += project.rate
        return money

    @staticmethod
    def total(values):
        """Sum, one after the other."""
        whole = 0.0
        for value in values:
            whole += value
        return whole
