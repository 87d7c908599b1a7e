"""Step 11, second half: running costs, surpluses and losses, and whether the money lasts.

Running costs (drift) are paid from own money, never from the grant (F074); surpluses and losses on projects hit
equity; whoever is short of cash cuts its plans, and fails if that lasts too long (E110, E123).
"""

from __future__ import annotations

from typing import NamedTuple

from klyngesim.compiled import loop, rule
from klyngesim.ecosystem.by_organisation import Organisation, Plan, Reference
from klyngesim.ecosystem.ledger import OERE_PER_MKR, Accounts, Purse, oere
from klyngesim.ecosystem.settings import Values
from klyngesim.ecosystem.state import World
from klyngesim.ecosystem.tables import Rows
from klyngesim.streams import Decision, Floats

_ROOT12 = 3.4641016151377544  # width of a uniform with standard deviation one


class Terms(NamedTuple):
    """Parameters of running costs and cash in a quarter.

    Attributes:
        scarce: whether money is scarce.
        budget_quarters: in which running costs follow own income; running_share, thrift: of `running_rule`.
        shock_spread: of `shock_rule`; overdraft: credit line over turnover; least_activity: of `liquidity_rule`.
    """

    scarce: bool
    budget_quarters: float
    running_share: float
    thrift: float
    shock_spread: float
    overdraft: float
    least_activity: float


def terms(policy: Values) -> Terms:
    """Reads the parameters of running costs and cash."""
    return Terms(
        policy.word("scarcity.money") == "on",
        policy.num("finance.budget_quarters"),
        policy.num("finance.running_share"),
        policy.num("finance.thrift"),
        policy.num("finance.shock_spread"),
        policy.num("finance.overdraft_share"),
        policy.num("finance.least_activity"),
    )


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

    Args:
        own: cash, mkr.
        turnover_year: of 2021-2023, mkr.
        price: price level.
        overdraft: credit line as a share of yearly turnover.
    """
    credit = overdraft * turnover_year * price
    return (own + credit) / max(1e-9, credit)


@rule
def liquidity_rule(room: float, least: float) -> float:
    """Share of plans that cash allows: all of them as long as there is cash, never below the least."""
    return 1.0 if room >= 1.0 else max(least, min(1.0, room))


@loop
def run_costs(
    accounts: Accounts, organisations: Rows[Organisation], plans: Rows[Plan], luck: Floats, terms: Terms
) -> None:
    """Books running costs, and surpluses or losses on projects."""
    for index in range(len(organisations)):
        organisation, book = organisations[index], accounts.book[index]
        if not organisation.open:
            continue
        # Associations budget to balance: running costs follow own income with some delay.
        earned = (book.own_fees + book.own_sponsorship + book.own_foundations + book.own_overhead) / OERE_PER_MKR
        organisation.own_income = follow_rule(organisation.own_income, earned, terms.budget_quarters)
        running = running_rule(organisation.own_income, terms.running_share, terms.thrift, organisation.liquidity)
        book.own_running += oere(running)
        turnover = plans[index].spent + organisation.external_year / 4.0
        book.own_shock += oere(shock_rule(luck[index], terms.shock_spread, turnover))


@loop
def count_cash(
    purses: Rows[Purse], organisations: Rows[Organisation], reference: Rows[Reference], price: float, terms: Terms
) -> None:
    """What cash allows next quarter, and for how long organisations have been beyond their credit line."""
    for index in range(len(organisations)):
        organisation = organisations[index]
        own = purses[index].own / OERE_PER_MKR
        room = room_rule(own, reference[index].turnover_year, price, terms.overdraft)
        organisation.liquidity = liquidity_rule(room, terms.least_activity)
        organisation.short_quarters = organisation.short_quarters + 1 if organisation.open and room < 0.0 else 0


def pay_running_costs(world: World) -> None:
    """Pays running costs; surpluses and losses hit equity."""
    luck = world.calendar[Decision.OPERATING_SHOCK][world.period]
    run_costs(world.ledger.now, world.organisations.rows, world.plan.rows, luck, world.policy.once(terms))


def solvency(world: World) -> None:
    """After closing the books: liquidity decides next quarter's plans; who is short too long fails."""
    now = world.policy.once(terms)
    if now.scarce:
        count_cash(world.ledger.rows, world.organisations.rows, world.reference.rows, world.environment.price, now)
