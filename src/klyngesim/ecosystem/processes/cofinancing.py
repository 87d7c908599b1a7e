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
from klyngesim.ecosystem.by_organisation import Flow, Organisation, Plan, Reference
from klyngesim.ecosystem.ledger import DEB, FUNDERS, OERE_PER_MKR, UFS, Accounts, oere
from klyngesim.ecosystem.processes.membership import rebate
from klyngesim.ecosystem.processes.solvency import follow_rule, pay_running_costs
from klyngesim.ecosystem.rows import Contact, Relation
from klyngesim.ecosystem.settings import Values
from klyngesim.ecosystem.state import PROJECT, World
from klyngesim.ecosystem.tables import Rows
from klyngesim.population.strongholds import SIZE_NAMES
from klyngesim.streams import Floats, Ints

_LARGE = SIZE_NAMES.index("large")

KEEP_ALL, PRO_RATA, INELIGIBLE = range(3)
"""What follows from too little private money."""
CONSEQUENCES = ("none", "pro_rata", "ineligible")


class Terms(NamedTuple):
    """Parameters of private money in a quarter.

    Attributes:
        fees: what a firm of each class pays a year at the prices of 2021-2023, kr., shape (5,).
        fee_level, sponsorship_level: over the start, shape (O,).
        seat_hours, hour_value: hours in kind of a participant, and kr. for each; pilot_share: of `inkind_rule`.
        memory: quarters in which the smoothed private money follows.
        scarce: whether money is scarce.
        required, consequence: private money over UFS money, and what follows from less (`CONSEQUENCES`).
        replaces: whether more private money replaces grant.
    """

    fees: Floats
    fee_level: Floats
    sponsorship_level: Floats
    seat_hours: float
    hour_value: float
    pilot_share: float
    memory: float
    scarce: bool
    required: float
    consequence: int
    replaces: bool


def terms(policy: Values) -> Terms:
    """Reads the parameters of private money."""
    return Terms(
        policy.nums("fees.*", SIZE_NAMES) * rebate(policy),
        policy.vec("fees.level"),
        policy.vec("sponsorship.level"),
        policy.num("inkind.hours_per_seat"),
        policy.num("inkind.kr_per_hour"),
        policy.num("inkind.pilot_share"),
        policy.num("cofinancing.memory_quarters"),
        policy.word("scarcity.money") == "on",
        policy.num("cofinancing.required"),
        CONSEQUENCES.index(policy.word("cofinancing.consequence")),
        policy.word("cofinancing.budget_rule") == "replaces",
    )


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

    Args:
        usual: at the start, mkr.
        price: price level.
        large: large members over their number at the start.
        level: sponsorship of each of them over the start.
    """
    return usual * price * large * level


@rule
def fees_rule(schedule: float, price: float) -> float:
    """List fee of a quarter, mkr, at today's prices; ``schedule`` in kr. a year."""
    return schedule * price / 1e6 / 4.0


@rule
def inkind_rule(participations: float, hours: float, kr_an_hour: float, in_pilots: float, share: float) -> float:
    """Hours in kind of a quarter, mkr: of participants, and of partners in pilots.

    Args:
        participations: of firms in the quarter.
        hours: counted for each of them.
        kr_an_hour: value of an hour.
        in_pilots: grant in pilots, mkr.
        share: hours and cash of partners relative to that grant.
    """
    return participations * hours * kr_an_hour / 1e6 + in_pilots * share


@rule
def private_ratio_rule(private: float, usual: float, price: float) -> float:
    """Private money of a quarter at the prices of 2021-2023 over what it was at the start."""
    return private / price / (usual if usual > 0.0 else 1.0)


@rule
def replaced_rule(ratio: float, usual: float, price: float, grant_year: float) -> float:
    """Share of the grant that more private money replaces krone for krone.

    Args:
        ratio: private money over the start, smoothed.
        usual: private money of a quarter at the start, mkr.
        price: price level.
        grant_year: grant a year of both funders before any cut, mkr.
    """
    extra = 4.0 * max(0.0, ratio - 1.0) * (usual * price)
    return extra / max(1e-9, grant_year)


@loop
def members_pay(
    relations: Rows[Relation], contacts: Rows[Contact], members: Ints, organisations: int, price: float, terms: Terms
) -> tuple[Floats, Floats]:
    """List fees of a quarter, mkr, and large members, by organisation."""
    fees, large = np.zeros(organisations), np.zeros(organisations)
    schedule = np.array([fees_rule(fee, price) for fee in terms.fees])
    for row in members:
        relation = relations[row]
        size = contacts[relation.contact].size
        fees[relation.organisation] += schedule[size]
        if size == _LARGE:
            large[relation.organisation] += 1.0
    return fees, large


@loop
def book_private(
    accounts: Accounts,
    organisations: Rows[Organisation],
    reference: Rows[Reference],
    plans: Rows[Plan],
    flows: Rows[Flow],
    paying: tuple[Floats, Floats],
    price: float,
    terms: Terms,
) -> None:
    """Books private money and works out hours in kind; ``paying``: see `members_pay`."""
    fees, large = paying
    for index in range(len(organisations)):
        organisation, usual, plan, book = organisations[index], reference[index], plans[index], accounts.book[index]
        here = 1.0 if organisation.open else 0.0
        paid = fees[index] * usual.fee_scale * terms.fee_level[index]
        more = large[index] / max(1.0, usual.large_members)
        sponsors = sponsors_rule(usual.sponsorship_quarter, price, more, terms.sponsorship_level[index]) * here
        funds = usual.foundations_quarter * price * here
        book.own_fees += oere(paid)
        book.own_sponsorship += oere(sponsors)
        book.own_foundations += oere(funds)
        plan.private = paid + sponsors + funds + book.external_project_cash / OERE_PER_MKR
        used = (grant_used(accounts, index, UFS) + grant_used(accounts, index, DEB)) / OERE_PER_MKR
        # The pilots' share of the cost at the start, if any are held.
        in_pilots = used * (usual.pilot_cost_share if plan.mix[PROJECT] > 0.0 else 0.0)
        participations = flows[index].participations
        plan.inkind = inkind_rule(
            participations, terms.seat_hours, terms.hour_value, in_pilots, terms.pilot_share
        )
        ratio = private_ratio_rule(plan.private, usual.private_quarter, price)
        organisation.private_ratio = follow_rule(organisation.private_ratio, ratio, terms.memory)


@loop
def judge(
    accounts: Accounts,
    organisations: Rows[Organisation],
    reference: Rows[Reference],
    plans: Rows[Plan],
    price: float,
    terms: Terms,
) -> None:
    """Once a year: private money incl. hours against the UFS part, and money that replaces grant under #4."""
    for index in range(len(organisations)):
        organisation, plan = organisations[index], plans[index]
        organisation.year_private += plan.private
        organisation.year_private += plan.inkind
        organisation.year_ufs += grant_used(accounts, index, UFS) / OERE_PER_MKR
        if accounts.period % 4 != 3:
            continue
        ratio = covered_rule(organisation.year_private, organisation.year_ufs, terms.required)
        organisation.year_private = organisation.year_ufs = 0.0
        if not terms.scarce:
            continue
        uncut = replaced = 0.0
        for funder in range(len(FUNDERS)):
            uncut += plan.grant_year[funder] / max(1e-9, organisation.grant_cut[funder])
        if terms.replaces:
            replaced = replaced_rule(organisation.private_ratio, reference[index].private_quarter, price, uncut)
        short = 1.0 - shortfall_rule(ratio, terms.required, terms.consequence)
        organisation.grant_cut[UFS] = max(0.0, 1.0 - (short + replaced))
        organisation.grant_cut[DEB] = max(0.0, 1.0 - replaced)


def cofinance(world: World) -> None:
    """Books private money and running costs, and tests the rule once a year."""
    accounts, price, now = world.ledger.now, world.environment.price, world.policy.once(terms)
    organisations, reference, plans = world.organisations.rows, world.reference.rows, world.plan.rows
    relations, contacts = world.relations.rows, world.contacts.rows
    paying = members_pay(relations, contacts, world.members, world.count, price, now)
    book_private(accounts, organisations, reference, plans, world.flows.rows, paying, price, now)
    judge(accounts, organisations, reference, plans, price, now)
    pay_running_costs(world)
