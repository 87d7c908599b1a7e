"""Step 4, first half: money is used, and what measures leave of it pays for activities.

Three layers pay: the grant, whose activities the report registers; own income beyond running costs, with equity above
the aim; and external projects, with routed money of initiatives. The report takes what others than the grant pay to be
considerable (lines 680-697). Measures of policy are paid from the grant first and from own money then; the rest buys
activities at the organisation's own unit cost (Tables 2 and 7). Nothing of it is set aside: the share of a type that
cannot be held goes to the others (`ecosystem.identities` proves it every quarter, layer by layer).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from klyngesim.compiled import loop, rule
from klyngesim.ecosystem.bookings import use
from klyngesim.ecosystem.ledger import FUNDERS, GRANT_ACCOUNTS, OERE_PER_MKR, UFS, oere
from klyngesim.ecosystem.processes.money_in import split_accounts, supported
from klyngesim.ecosystem.processes.solvency import Aim, equity_aim, follow_rule
from klyngesim.ecosystem.settings import chosen, number, numbers, worked_out
from klyngesim.ecosystem.state import State
from klyngesim.exact import total
from klyngesim.streams import Floats

GRANT, OWN, PROJECTS = range(3)
"""Layers of activities, by who pays them."""

MEASURES = (
    ("researcher.incentive", "researcher.incentive_cost_mkr_year"),
    ("local.partners", "local.cost_mkr_year"),
    ("phd.bridge", "phd.cost_mkr_year"),
    ("institutions.outreach", "institutions.outreach_cost_mkr_year"),
    ("competence.level", "competence.cost_mkr_year"),
    ("referral.share", "referral.cost_mkr_year"),
)
"""Measures that all organisations share by their part of the grant: level, and cost a year of the full level."""
_LEVELS, _COSTS = zip(*MEASURES, strict=True)


@rule
def lock_in_rule(quarters: int, strength: float) -> float:
    """Rival rule: factor on the use of grant; money tied to old areas loses use with every year beyond the fourth.

    ``quarters``: since the UFS period of the organisation began; ``strength``: share a year, 0 = off.
    """
    return 1.0 / (1.0 + strength * max(0.0, quarters / 4.0 - 4.0))


class Terms(NamedTuple):
    """Parameters of spending in a quarter.

    Attributes:
        account_share: of the grant by funder and account, shape (O, 2, 3).
        contact_cost: of a contact person, mkr a year at the prices of 2021-2023.
        level, full: level of each of `MEASURES`, and cost a year of the full level, shape (6,).
        paid_extra: whether the state adds what measures cost.
    """

    account_share: Floats = worked_out(split_accounts)
    absorption: float = number("spending.absorption")
    start_year: float = number("spending.start_year")
    lock_in: float = number("rival.lock_in")
    scarce: bool = chosen("scarcity.money", "on")
    aim: Aim = worked_out(lambda policy: policy.terms(Aim))
    spend_down: float = number("finance.spend_down")
    quarters: float = number("finance.budget_quarters")
    contact_cost: float = number("contact_staff.cost_mkr_year")
    level: Floats = numbers("*", _LEVELS)
    full: Floats = numbers("*", _COSTS)
    paid_extra: bool = chosen("measures.paid_by", "extra")


@rule
def pace_rule(absorption: float, start: float, people: float, posts: float, liquidity: float) -> float:
    """Share of the award's rate that is used: friction, start-up year, vacancies and liquidity hold it back."""
    return absorption * start * min(1.0, people / max(1.0, posts)) * liquidity


@rule
def use_rule(grant_year: float, pace: float, share: float) -> float:
    """Grant that is to be used in a quarter on an account that has a share of it, mkr."""
    return grant_year / 4.0 * pace * share


@rule
def spend_down_rule(equity: float, aim: float, cash: float, share: float) -> float:
    """Own money used in a quarter, mkr: a share of the equity above the aim, as far as it is there in cash."""
    return max(0.0, min(equity - aim, cash)) * share


@rule
def meetings_rule(own: float, seats: float, share: float) -> float:
    """Own money that pays meetings, mkr: what sponsors give for ``seats``, and a ``share`` of the rest.

    Who works with projects for the grant does so for own money too: what is left pays people for them.
    """
    given = min(own, seats)
    return given + share * (own - given)


@rule
def measures_rule(contact_staff: float, grant_share: float, level: Floats, full: Floats, price: float) -> float:
    """Cost of the measures of policy in a quarter, mkr; an organisation bears its share of the grant."""
    cost = contact_staff
    for measure in range(len(MEASURES)):
        cost += grant_share * level[measure] * full[measure]
    return cost * price / 4.0


def unit_costs(mix: Floats, cost_weight: Floats, grant_quarter: Floats, activities_quarter: Floats) -> Floats:
    """Money per activity of weight 1, mkr, shape (O,): what makes Table 7's grant pay Table 2's activities."""
    weighted = total(mix * cost_weight) * activities_quarter
    return np.asarray(grant_quarter / np.where(weighted > 0.0, weighted, 1.0))


@rule
def cost_rule(number: Floats, cost_weight: Floats, unit_cost: float, price: float) -> float:
    """What activities cost, mkr: number by type x weight of the type x unit cost x price level."""
    weighted = 0.0
    for kind in range(len(number)):
        weighted += number[kind] * cost_weight[kind]
    return weighted * (unit_cost * price)


@rule
def number_rule(money: float, mix: Floats, cost_weight: Floats, unit_cost: float, price: float) -> float:
    """Activities that money pays in the mix of types: none where an activity has no price."""
    each = cost_rule(mix, cost_weight, unit_cost, price)
    return money / each if each > 0.0 else 0.0


@loop
def activity_money(state: State, terms: Terms) -> Floats:
    """Uses grant, own and external money, pays the measures, and returns what is left for activities, mkr.

    Returns:
        By organisation and layer, shape (O, 3).
    """
    left = np.zeros((len(state.organisations), PROJECTS + 1))
    for index in range(len(left)):
        organisation, plan, book = state.organisations[index], state.plans[index], state.accounts.book[index]
        plan.spent = spend_grant(state, index, terms)
        use_left = lock_in_rule(state.period - organisation.period_start[UFS], terms.lock_in)
        money = plan.spent * use_left
        plan.measures = measure_costs(state, index, terms)
        left[index, GRANT] = max(0.0, money - plan.measures)
        # What the grant cannot carry of the measures is paid from own cash, before anything else is.
        short = max(0.0, plan.measures - money)
        book.own_policy += oere(short)
        own = max(0.0, own_money(state, index, terms) - short)
        organisation.own_use = follow_rule(organisation.own_use, own, terms.quarters)
        seats, meetings = organisation.sponsored * organisation.liquidity, state.reference[index].meeting_cost_share
        left[index, OWN] = meetings_rule(own, seats, meetings)
        book.own_projects += oere(own) - oere(left[index, OWN])
        # Money of initiatives that use the organisation as platform is income and own activity alike.
        if not organisation.open:
            plan.routed = 0.0
        book.own_initiatives += oere(plan.routed)
        book.own_activity += oere(left[index, OWN]) + oere(plan.routed)
        left[index, PROJECTS] = use_set_aside(state, index) + plan.routed
    return left


@loop
def use_set_aside(state: State, index: int) -> float:
    """Uses what external projects have set aside for activities, mkr; without activities it goes to the projects."""
    purse, book = state.accounts.purses[index], state.accounts.book[index]
    money, purse.external = purse.external, 0
    if not priced(state, index):
        book.external_spent += money
        return 0.0
    book.external_activity += money
    return money / OERE_PER_MKR


@loop
def priced(state: State, index: int) -> bool:
    """Whether an organisation can buy activities: it is open, and they have a price."""
    return state.organisations[index].open and state.reference[index].unit_cost > 0.0


@loop
def spend_grant(state: State, index: int, terms: Terms) -> float:
    """Uses grant as far as there is any, mkr.

    Spending follows the award's rate, held back by vacancies, by liquidity and by a friction that the report shows
    (57 % of the four-year budget in three years) but does not explain.
    """
    organisation, plan = state.organisations[index], state.plans[index]
    start = terms.start_year if state.period < 4 else 1.0
    pace = pace_rule(terms.absorption, start, organisation.staff, plan.posts, organisation.liquidity)
    used = 0
    for funder in range(len(FUNDERS)):
        if supported(organisation, funder):
            for account in range(len(GRANT_ACCOUNTS)):
                wanted = use_rule(plan.grant_year[funder], pace, terms.account_share[index, funder, account])
                used += use(state.accounts, index, funder, account, oere(wanted))
    return used / OERE_PER_MKR


@loop
def own_money(state: State, index: int, terms: Terms) -> float:
    """Own money for activities, mkr: own income beyond running costs, what sponsors give for seats, spare equity."""
    organisation = state.organisations[index]
    if not priced(state, index):
        return 0.0
    free = (organisation.own_free + organisation.sponsored) * organisation.liquidity
    if not terms.scarce:
        return free
    # Equity above the aim is spent: cash does not pile up.
    cash = state.accounts.purses[index].own / OERE_PER_MKR - free
    return free + spend_down_rule(
        organisation.equity - free, equity_aim(organisation, index, terms.aim), cash, terms.spend_down
    )


@loop
def measure_costs(state: State, index: int, terms: Terms) -> float:
    """Costs of policy measures that displace activities this quarter, mkr.

    `measures.paid_by` says who pays: ``grant`` (they displace activities: budget-neutral) or ``extra`` (the state
    adds the money, which is booked as income and cost).
    """
    if not state.organisations[index].open:
        return 0.0
    share, book = state.reference[index].grant_share, state.accounts.book[index]
    contact_staff = state.organisations[index].contact_staff * terms.contact_cost
    cost = measures_rule(contact_staff, share, terms.level, terms.full, state.price)
    if not terms.paid_extra:
        return cost
    book.own_initiatives += oere(cost)
    book.own_policy += oere(cost)
    return 0.0


@loop
def top_up(state: State, index: int, money: float, more: float) -> float:
    """What the state adds to money for activities so that it is ``more`` times as much, mkr; booked on both sides."""
    added, book = money * (more - 1.0), state.accounts.book[index]
    state.plans[index].topped = added
    book.own_initiatives += oere(added)
    book.own_activity += oere(added)
    return added
