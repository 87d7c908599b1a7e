"""Step 11: private co-financing (privat medfinansiering).

Private total = fees + sponsorship + foundations + firms' project cash (Table 7 "private"); hours in kind apart. The
rule of UFS tests private money including hours against the UFS part (F338, A19, L19). What follows from a shortfall
is an assumption, as is whether more private money is added to the grant or replaces it (#4).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from klyngesim.compiled import loop, rule
from klyngesim.ecosystem.bookings import grant_used
from klyngesim.ecosystem.ledger import DEB, FUNDERS, OERE_PER_MKR, UFS, oere
from klyngesim.ecosystem.processes.membership import rebate
from klyngesim.ecosystem.processes.solvency import Terms as Costs
from klyngesim.ecosystem.processes.solvency import follow_rule, run_costs, typical_business
from klyngesim.ecosystem.settings import chosen, each, number, worked_out
from klyngesim.ecosystem.state import PROJECT, State, World
from klyngesim.population.strongholds import LARGE, SIZE_NAMES
from klyngesim.streams import Decision, Floats, Ints

KEEP_ALL, PRO_RATA, INELIGIBLE = range(3)
"""What follows from too little private money."""
CONSEQUENCES = ("none", "pro_rata", "ineligible")


class Terms(NamedTuple):
    """Parameters of private money in a quarter.

    Attributes:
        fees: what a firm of each class pays a year at the prices of 2021-2023, kr., shape (5,).
        consequence: of too little private money (`CONSEQUENCES`).
        replaces: whether more private money replaces grant.
    """

    fees: Floats = worked_out(lambda policy: policy.nums("fees.*", SIZE_NAMES) * rebate(policy))
    fee_level: Floats = each("fees.level")
    sponsorship_level: Floats = each("sponsorship.level")
    seat_share: Floats = each("sponsorship.seat_share")
    seat_hours: float = number("inkind.hours_per_seat")
    hour_value: float = number("inkind.kr_per_hour")
    pilot_share: float = number("inkind.pilot_share")
    memory: float = number("cofinancing.memory_quarters")
    scarce: bool = chosen("scarcity.money", "on")
    required: float = number("cofinancing.required")
    consequence: int = worked_out(lambda policy: CONSEQUENCES.index(policy.word("cofinancing.consequence")))
    replaces: bool = chosen("cofinancing.budget_rule", "replaces")


@rule
def shortfall_rule(ratio: float, required: float, consequence: int) -> float:
    """Share of the UFS grant kept: all when the required ratio is met.

    Below it `KEEP_ALL` keeps all, `PRO_RATA` keeps the ratio over what is required, `INELIGIBLE` keeps nothing.
    """
    if consequence == KEEP_ALL or required <= 0.0:
        return 1.0
    if consequence == PRO_RATA:
        return min(1.0, ratio / required)
    return 1.0 if ratio >= required else 0.0


@rule
def covered_rule(private: float, ufs: float, required: float) -> float:
    """Private money, hours included, over the UFS money used in the same time; as required where none was used."""
    return private / ufs if ufs > 0.0 else required


@rule
def sponsors_rule(usual: float, price: float, large: float, level: float) -> float:
    """Sponsorship of a quarter, mkr: as at the start at today's prices for each large member, times its level.

    ``large`` are large members, and ``level`` the sponsorship of each, over those at the start.
    """
    return usual * price * large * level


@rule
def seats_money_rule(sponsorship: float, usual: float, price: float, share: float) -> float:
    """Sponsorship that pays seats of small firms, mkr: a share of what is above that of the start at today's prices."""
    return share * max(0.0, sponsorship - usual * price)


@rule
def fees_rule(schedule: float, price: float) -> float:
    """List fee of a quarter, mkr, at today's prices; ``schedule`` in kr. a year."""
    return schedule * price / 1e6 / 4.0


@rule
def inkind_rule(participations: float, hours: float, kr_an_hour: float, in_pilots: float, share: float) -> float:
    """Hours in kind of a quarter, mkr: of participants, and of partners in pilots.

    ``share``: hours and cash of partners relative to the grant ``in_pilots`` (mkr).
    """
    return participations * hours * kr_an_hour / 1e6 + in_pilots * share


@rule
def private_ratio_rule(private: float, usual: float, price: float) -> float:
    """Private money of a quarter at the prices of 2021-2023 over what it was at the start."""
    return private / price / (usual if usual > 0.0 else 1.0)


@rule
def replaced_rule(ratio: float, usual: float, price: float, grant_year: float) -> float:
    """Share of the grant (of both funders, before any cut) that more private money replaces krone for krone.

    ``usual``: private money of a quarter at the start, mkr; ``ratio``: private money over that, smoothed.
    """
    extra = 4.0 * max(0.0, ratio - 1.0) * (usual * price)
    return extra / max(1e-9, grant_year)


@loop
def members_pay(state: State, members: Ints, terms: Terms) -> tuple[Floats, Floats]:
    """List fees of a quarter, mkr, and large members, by organisation."""
    fees, large = np.zeros(len(state.organisations)), np.zeros(len(state.organisations))
    schedule = np.array([fees_rule(fee, state.price) for fee in terms.fees])
    for row in members:
        relation = state.relations[row]
        size = state.contacts[relation.contact].size
        fees[relation.organisation] += schedule[size]
        if size == LARGE:
            large[relation.organisation] += 1.0
    return fees, large


@loop
def book_private(state: State, index: int, fees: float, large: float, terms: Terms) -> None:
    """Books private money and works out hours in kind; list fees (mkr) and large members: see `members_pay`."""
    organisation, usual, plan = state.organisations[index], state.reference[index], state.plans[index]
    book, here = state.accounts.book[index], 1.0 if organisation.open else 0.0
    paid = fees * usual.fee_scale * terms.fee_level[index]
    more = large / max(1.0, usual.large_members)
    sponsors = sponsors_rule(usual.sponsorship_quarter, state.price, more, terms.sponsorship_level[index]) * here
    funds = usual.foundations_quarter * state.price * here
    organisation.sponsored = seats_money_rule(sponsors, usual.sponsorship_quarter, state.price, terms.seat_share[index])
    book.own_fees += oere(paid)
    book.own_sponsorship += oere(sponsors)
    book.own_foundations += oere(funds)
    plan.private = paid + sponsors + funds + book.external_project_cash / OERE_PER_MKR
    used = (grant_used(state.accounts, index, UFS) + grant_used(state.accounts, index, DEB)) / OERE_PER_MKR
    # The pilots' share of the cost at the start, if any are held.
    in_pilots = used * (usual.pilot_cost_share if plan.mix[PROJECT] > 0.0 else 0.0)
    came = state.flows[index].participations
    plan.inkind = inkind_rule(came, terms.seat_hours, terms.hour_value, in_pilots, terms.pilot_share)
    ratio = private_ratio_rule(plan.private, usual.private_quarter, state.price)
    organisation.private_ratio = follow_rule(organisation.private_ratio, ratio, terms.memory)


@loop
def judge(state: State, index: int, terms: Terms) -> None:
    """Once a year: private money incl. hours against the UFS part, and money that replaces grant under #4."""
    organisation, plan = state.organisations[index], state.plans[index]
    organisation.year_private += plan.private
    organisation.year_private += plan.inkind
    organisation.year_ufs += grant_used(state.accounts, index, UFS) / OERE_PER_MKR
    if state.period % 4 != 3:
        return
    ratio = covered_rule(organisation.year_private, organisation.year_ufs, terms.required)
    organisation.year_private = organisation.year_ufs = 0.0
    if not terms.scarce:
        return
    uncut = replaced = 0.0
    for funder in range(len(FUNDERS)):
        uncut += plan.grant_year[funder] / max(1e-9, organisation.grant_cut[funder])
    if terms.replaces:
        usual = state.reference[index].private_quarter
        replaced = replaced_rule(organisation.private_ratio, usual, state.price, uncut)
    short = 1.0 - shortfall_rule(ratio, terms.required, terms.consequence)
    organisation.grant_cut[UFS] = max(0.0, 1.0 - (short + replaced))
    organisation.grant_cut[DEB] = max(0.0, 1.0 - replaced)


@loop
def own_economy(state: State, members: Ints, luck: Floats, terms: Terms, costs: Costs) -> None:
    """Books private money and running costs of all organisations, and judges them once a year."""
    fees, large = members_pay(state, members, terms)
    typical = typical_business(state)
    for index in range(len(fees)):
        book_private(state, index, fees[index], large[index], terms)
        judge(state, index, terms)
        run_costs(state, index, luck[index], typical, costs)


def cofinance(world: World) -> None:
    """Books private money and running costs, and tests the rule once a year."""
    luck, policy = world.calendar[Decision.OPERATING_SHOCK][world.period], world.policy
    own_economy(world.state, world.members, luck, policy.terms(Terms), policy.terms(Costs))
