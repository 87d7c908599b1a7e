"""Step 9, second half: external income by source: legacy, orders without competition, and projects won (Table 7, A2).

Firms put cash into projects, overheads are own income, and the rest is spent on the projects. Staff follow lasting
income, not single wins.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from klyngesim.compiled import loop, rule
from klyngesim.ecosystem.by_organisation import Organisation, Plan, Reference
from klyngesim.ecosystem.ledger import Accounts, oere
from klyngesim.ecosystem.rows import EXTERNAL, Project
from klyngesim.ecosystem.settings import Values
from klyngesim.ecosystem.state import World
from klyngesim.ecosystem.tables import Rows
from klyngesim.streams import Floats

PUBLIC, EU, OTHER = range(3)
"""Sources of external income; the first two hold calls."""

MOST_EFFORT = 10.0
"""Times the hours at the start beyond which orders do not follow: a guard where hardly any hours were there."""


class Terms(NamedTuple):
    """Parameters of external income in a quarter.

    Attributes:
        indexation: how far external money follows prices.
        length: mean length of external projects, quarters.
        competed: share of public and EU income that is competed for; order_response: of orders to the effort.
        project_response: of firms' cash to external income; overhead: share of external income.
        quarters: in which lasting income follows that of a quarter.
    """

    indexation: float
    length: float
    competed: float
    order_response: float
    project_response: float
    overhead: float
    quarters: float


def terms(policy: Values) -> Terms:
    """Reads the parameters of external income."""
    return Terms(
        policy.num("external.indexation"),
        mean_length(policy),
        policy.num("external.competed_share"),
        policy.num("external.order_response"),
        policy.num("private.project_response"),
        policy.num("external.overhead_share"),
        policy.num("finance.budget_quarters"),
    )


def mean_length(policy: Values) -> float:
    """Mean length of external projects, quarters."""
    return (policy.num("external.length_low_quarters") + policy.num("external.length_high_quarters")) / 2.0


@rule
def price_factor(price: float, indexation: float) -> float:
    """What external money follows of the price level, 1 at the start: all of it at ``indexation`` 1."""
    return 1.0 + indexation * (price - 1.0)


@rule
def legacy_rule(quarter: int, length: float) -> float:
    """Share of the starting income that still comes from before 2021.

    The run-off of projects with uniformly spread remaining life; what is won from 2021Q1 on takes their place.
    """
    return max(0.0, 1.0 - (quarter + 1) / length)


@rule
def effort_rule(hours: float, usual: float) -> float:
    """Productive hours over those at the start, at most `MOST_EFFORT`; 1 where there were none to hold them against."""
    return min(MOST_EFFORT, hours / usual) if usual > 0.0 else 1.0


@rule
def orders_rule(usual: float, competed: float, effort: float, response: float) -> float:
    """Income from orders without competition, mkr a quarter: what is not competed for, following the effort.

    ``usual``: income of the start at today's price factor, mkr a quarter.
    """
    return (1.0 - competed) * usual * max(0.0, 1.0 + response * (effort - 1.0))


@rule
def cash_rule(usual: float, level: float, ratio: float, response: float) -> float:
    """Cash that firms put into projects, mkr a quarter; ``ratio``: external income over its level at the start."""
    return usual * level * (1.0 + response * (ratio - 1.0))


@rule
def lasting_rule(before: float, quarter: float, quarters: float) -> float:
    """Lasting income a year, which follows that of a quarter with weight one in ``quarters``."""
    return before + (4.0 * quarter - before) * (1.0 / quarters)


@loop
def won_income(projects: Rows[Project], organisations: int) -> Floats:
    """Income of a quarter from external projects that run, by organisation and source of their calls, mkr."""
    won = np.zeros((organisations, EU + 1))
    for row in range(len(projects)):
        project = projects[row]
        if project.running and project.kind == EXTERNAL:
            won[project.organisation, project.source] += project.rate
    return won


@loop
def book_income(
    accounts: Accounts,
    organisations: Rows[Organisation],
    reference: Rows[Reference],
    plans: Rows[Plan],
    won: Floats,
    price: float,
    terms: Terms,
) -> None:
    """Works out and books external income; closed organisations have none."""
    level = price_factor(price, terms.indexation)
    run_off = legacy_rule(accounts.period, terms.length) * terms.competed
    for index in range(len(organisations)):
        organisation, usual, plan, book = organisations[index], reference[index], plans[index], accounts.book[index]
        here = 1.0 if organisation.open else 0.0
        effort = effort_rule(all_hours(plan.hours), all_hours(usual.hours))
        start = income = legacy = 0.0
        for source in (PUBLIC, EU):
            base = usual.external_quarter[source] * level
            inherited = run_off * usual.external_quarter[source] * here
            orders = orders_rule(base, terms.competed, effort, terms.order_response) * here
            earned = inherited + orders + won[index, source] * here
            start += base
            income += earned
            legacy += inherited
            if source == PUBLIC:
                book.external_public += oere(earned)
            else:
                book.external_eu += oere(earned)
        base = usual.external_quarter[OTHER] * level
        other = base * here
        start += base
        income += other
        cash = cash_rule(
            usual.project_cash_quarter, level, income / (start if start > 0.0 else 1.0), terms.project_response
        )
        cash *= here
        book.external_other += oere(other)
        book.external_project_cash += oere(cash)
        overhead = oere(terms.overhead * income)
        book.own_overhead += overhead
        received = book.external_public + book.external_eu + book.external_other + book.external_project_cash
        book.external_spent += received - overhead
        plan.legacy = legacy
        plan.transfer = won[index, PUBLIC] * here
        plan.additional = won[index, EU] * here
        organisation.external_year = lasting_rule(organisation.external_year, income + cash, terms.quarters)


@loop
def all_hours(hours: Floats) -> float:
    """Hours of all tasks."""
    together = 0.0
    for task in range(len(hours)):
        together += hours[task]
    return together


def earn(world: World) -> None:
    """Books the external income of the quarter."""
    organisations, reference, plans = world.organisations.rows, world.reference.rows, world.plan.rows
    won, now = won_income(world.projects.rows, world.count), world.policy.once(terms)
    book_income(world.ledger.now, organisations, reference, plans, won, world.environment.price, now)
