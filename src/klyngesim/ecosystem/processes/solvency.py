"""Step 11, second half: running costs, surpluses and losses, and whether the money lasts.

Running costs (drift) are paid from own money, never from the grant (F074); surpluses and losses on projects hit
equity; whoever is short of cash cuts its plans, and fails if that lasts too long (E110, E123).
"""

from __future__ import annotations

from typing import NamedTuple

from klyngesim.compiled import loop, rule
from klyngesim.ecosystem.ledger import OERE_PER_MKR, oere
from klyngesim.ecosystem.settings import chosen, number
from klyngesim.ecosystem.state import State, World

_ROOT12 = 3.4641016151377544  # width of a uniform with standard deviation one


class Terms(NamedTuple):
    """Parameters of running costs and cash in a quarter."""

    scarce: bool = chosen("scarcity.money", "on")
    budget_quarters: float = number("finance.budget_quarters")
    running_share: float = number("finance.running_share")
    thrift: float = number("finance.thrift")
    shock_spread: float = number("finance.shock_spread")
    overdraft: float = number("finance.overdraft_share")
    least_activity: float = number("finance.least_activity")


@rule
def follow_rule(now: float, aim: float, quarters: float) -> float:
    """A value that follows its aim with a delay: it goes one part of the way in as many quarters."""
    return now + (aim - now) * (1.0 / quarters)


@rule
def shock_rule(uniform: float, spread: float, turnover: float) -> float:
    """Surplus or loss on projects this quarter, mkr: uniform around zero with standard deviation spread x turnover."""
    return (uniform - 0.5) * _ROOT12 * spread * turnover


@rule
def running_rule(own_income: float, share: float, thrift: float, liquidity: float) -> float:
    """Running costs of a quarter, mkr: they follow own income; who is short of cash saves on what can be saved."""
    return share * own_income * (1.0 - thrift * (1.0 - liquidity))


@rule
def room_rule(own: float, turnover_year: float, price: float, overdraft: float) -> float:
    """How far own cash and the credit line reach, in credit lines: 1 with no cash, below 0 beyond the line.

    The credit line is the share ``overdraft`` of a year's turnover at today's prices.
    """
    credit = overdraft * turnover_year * price
    return (own + credit) / max(1e-9, credit)


@rule
def liquidity_rule(room: float, least: float) -> float:
    """Share of plans that cash allows: all of them as long as there is cash, never below the least."""
    return 1.0 if room >= 1.0 else max(least, min(1.0, room))


@loop
def run_costs(state: State, index: int, luck: float, terms: Terms) -> None:
    """Books running costs, and a surplus or loss on projects, which hits equity."""
    organisation, book = state.organisations[index], state.accounts.book[index]
    if not organisation.open:
        return
    # Associations budget to balance: running costs follow own income with some delay.
    earned = (book.own_fees + book.own_sponsorship + book.own_foundations + book.own_overhead) / OERE_PER_MKR
    organisation.own_income = follow_rule(organisation.own_income, earned, terms.budget_quarters)
    running = running_rule(organisation.own_income, terms.running_share, terms.thrift, organisation.liquidity)
    book.own_running += oere(running)
    turnover = state.plans[index].spent + organisation.external_year / 4.0
    book.own_shock += oere(shock_rule(luck, terms.shock_spread, turnover))


@loop
def count_cash(state: State, terms: Terms) -> None:
    """What cash allows next quarter, and for how long organisations have been beyond their credit line."""
    for index in range(len(state.organisations)):
        organisation, own = state.organisations[index], state.accounts.purses[index].own / OERE_PER_MKR
        room = room_rule(own, state.reference[index].turnover_year, state.price, terms.overdraft)
        organisation.liquidity = liquidity_rule(room, terms.least_activity)
        organisation.short_quarters = organisation.short_quarters + 1 if organisation.open and room < 0.0 else 0


def solvency(world: World) -> None:
    """After closing the books: liquidity decides next quarter's plans; who is short too long fails."""
    terms = world.policy.terms(Terms)
    if terms.scarce:
        count_cash(world.state, terms)
