"""Step 9, second half: external income by source: legacy, orders without competition, and projects won (Table 7, A2).

Firms put cash into projects, overheads are own income, a share is set aside for activities that are open to all, and
the rest is spent on the projects. Staff follow lasting income, not single wins.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from klyngesim.compiled import loop, rule
from klyngesim.ecosystem.ledger import oere
from klyngesim.ecosystem.processes.solvency import follow_rule
from klyngesim.ecosystem.rows import EXTERNAL, Project
from klyngesim.ecosystem.settings import Values, number, worked_out
from klyngesim.ecosystem.state import State, World
from klyngesim.ecosystem.tables import Rows
from klyngesim.ecosystem.totals import summed
from klyngesim.streams import Floats

PUBLIC, EU, OTHER = range(3)
"""Sources of external income; the first two hold calls."""

MOST_EFFORT = 10.0
"""Times the hours at the start beyond which orders do not follow: a guard where hardly any hours were there."""


def mean_length(policy: Values) -> float:
    """Mean length of external projects, quarters."""
    return (policy.num("external.length_low_quarters") + policy.num("external.length_high_quarters")) / 2.0


class Terms(NamedTuple):
    """Parameters of external income in a quarter."""

    indexation: float = number("external.indexation")
    length: float = worked_out(mean_length)
    competed: float = number("external.competed_share")
    order_response: float = number("external.order_response")
    project_response: float = number("private.project_response")
    overhead: float = number("external.overhead_share")
    quarters: float = number("finance.budget_quarters")


@rule
def price_factor(price: float, indexation: float) -> float:
    """What external money follows of the price level, 1 at the start: all of it at ``indexation`` 1."""
    return 1.0 + indexation * (price - 1.0)


@rule
def legacy_rule(quarter: int, length: float) -> float:
    """Share of competed income that still comes from before 2021.

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
def book_income(state: State, index: int, won: Floats, terms: Terms) -> None:
    """Books an organisation's external income, of which it has ``won`` some (by source, mkr); a closed one has none."""
    organisation, usual, plan = state.organisations[index], state.reference[index], state.plans[index]
    book, here = state.accounts.book[index], 1.0 if organisation.open else 0.0
    level = price_factor(state.price, terms.indexation)
    run_off = legacy_rule(state.period, terms.length) * terms.competed
    effort = effort_rule(summed(plan.hours), summed(usual.hours))
    base, legacy, earned = usual.external_quarter * level, 0.0, np.zeros(OTHER + 1)
    for source in (PUBLIC, EU):
        inherited = run_off * usual.external_quarter[source] * here
        orders = orders_rule(base[source], terms.competed, effort, terms.order_response) * here
        earned[source] = inherited + orders + won[source] * here
        legacy += inherited
    earned[OTHER] = base[OTHER] * here
    start, income = summed(base), summed(earned)
    ratio = income / (start if start > 0.0 else 1.0)
    cash = cash_rule(usual.project_cash_quarter, level, ratio, terms.project_response) * here
    book.external_public += oere(earned[PUBLIC])
    book.external_eu += oere(earned[EU])
    book.external_other += oere(earned[OTHER])
    book.external_project_cash += oere(cash)
    overhead = oere(terms.overhead * income)
    book.own_overhead += overhead
    received = book.external_public + book.external_eu + book.external_other + book.external_project_cash
    # It pays the activities of the next quarter, as those of this one were planned before the money was earned.
    aside = min(oere(usual.activity_share * income), received - overhead)
    state.accounts.purses[index].external += aside
    book.external_spent += received - overhead - aside
    plan.legacy, plan.transfer, plan.additional = legacy, won[PUBLIC] * here, won[EU] * here
    organisation.external_year = follow_rule(organisation.external_year, 4.0 * (income + cash), terms.quarters)


@loop
def earn_income(state: State, terms: Terms) -> None:
    """Books the external income of all organisations."""
    won = won_income(state.projects, len(state.organisations))
    for index in range(len(won)):
        book_income(state, index, won[index], terms)


def earn(world: World) -> None:
    """Books the external income of the quarter."""
    earn_income(world.state, world.policy.terms(Terms))
