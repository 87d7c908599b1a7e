"""Step 11: private co-financing (privat medfinansiering), running costs, and whether the money lasts.

Private total = fees + sponsorship + foundations + firms' project cash (Table 7 "private"); hours in kind apart. The
rule of UFS tests private money including hours against the UFS part (F338, A19, L19). What follows from a shortfall
is an assumption, as is whether more private money is added to the grant or replaces it (#4).
"""

from __future__ import annotations

import numpy as np

from klyngesim.ecosystem.ledger import OERE_PER_MKR, oere
from klyngesim.ecosystem.processes.membership import rebate
from klyngesim.ecosystem.processes.projects import spent_on_pilots
from klyngesim.ecosystem.processes.spending import ufs_part
from klyngesim.ecosystem.state import World
from klyngesim.exact import total
from klyngesim.population.strongholds import SIZE_NAMES
from klyngesim.streams import Decision, Floats

_ROOT12 = 3.4641016151377544  # width of a uniform with standard deviation one


def shortfall_rule(ratio: Floats, required: float, consequence: str) -> Floats:
    """Share of the UFS grant kept: all when the required ratio is met.

    Below it ``none`` keeps all, ``pro_rata`` keeps the ratio over what is required, ``ineligible`` keeps nothing.
    """
    if consequence == "none" or required <= 0.0:
        return np.ones_like(ratio)
    if consequence == "pro_rata":
        return np.asarray(np.minimum(1.0, ratio / required))
    return np.where(ratio >= required, 1.0, 0.0)


def covered_rule(private: Floats, ufs: Floats, required: float) -> Floats:
    """Private money, hours included, over the UFS money used in the same time; as required where none was used."""
    return np.where(ufs > 0.0, private / np.where(ufs > 0.0, ufs, 1.0), required)


def shock_rule(uniform: Floats, spread: float, turnover: Floats) -> Floats:
    """Surplus or loss on projects this quarter, mkr: uniform around zero with standard deviation spread x turnover."""
    return np.asarray((uniform - 0.5) * _ROOT12 * spread * turnover)


def sponsors_rule(usual: Floats, price: float, large: Floats, level: Floats) -> Floats:
    """Sponsorship of a quarter, mkr: as at the start at today's prices for each large member, times its level.

    Args:
        usual: at the start, mkr.
        price: price level.
        large: large members over their number at the start.
        level: sponsorship of each of them over the start.
    """
    return np.asarray(usual * price * large * level)


def fees_rule(schedule: Floats, price: float) -> Floats:
    """List fee of a quarter by class of firm, mkr, at today's prices; ``schedule`` in kr. a year."""
    return np.asarray(schedule * price / 1e6 / 4.0)


def inkind_rule(participations: Floats, hours: float, kr_an_hour: float, in_pilots: Floats, share: float) -> Floats:
    """Hours in kind of a quarter, mkr: of participants, and of partners in pilots.

    Args:
        participations: of firms in the quarter.
        hours: counted for each of them.
        kr_an_hour: value of an hour.
        in_pilots: grant in pilots, mkr.
        share: hours and cash of partners relative to that grant.
    """
    return np.asarray(participations * hours * kr_an_hour / 1e6 + in_pilots * share)


def follow_rule(now: Floats, aim: Floats, quarters: float) -> Floats:
    """A value that follows its aim with a delay: it goes one part of the way in as many quarters."""
    return np.asarray(now + (aim - now) * (1.0 / quarters))


def private_ratio_rule(private: Floats, usual: Floats, price: float) -> Floats:
    """Private money of a quarter at the prices of 2021-2023 over what it was at the start."""
    return np.asarray(private / price / np.where(usual > 0.0, usual, 1.0))


def replaced_rule(ratio: Floats, usual: Floats, price: float, grant_year: Floats) -> Floats:
    """Share of the grant that more private money replaces krone for krone, shape (O,).

    Args:
        ratio: private money over the start, smoothed.
        usual: private money of a quarter at the start, mkr.
        price: price level.
        grant_year: grant a year of both funders before any cut, mkr.
    """
    extra = 4.0 * np.maximum(0.0, ratio - 1.0) * (usual * price)
    return np.asarray(extra / np.maximum(1e-9, grant_year))


def running_rule(own_income: Floats, share: float, thrift: float, liquidity: Floats) -> Floats:
    """Running costs of a quarter, mkr: they follow own income; who is short of cash saves on what can be saved."""
    return np.asarray(share * own_income * (1.0 - thrift * (1.0 - liquidity)))


def room_rule(own: Floats, turnover_year: Floats, price: float, overdraft: float) -> Floats:
    """How far own cash and the credit line reach, in credit lines: 1 with no cash, below 0 beyond the line.

    Args:
        own: cash, mkr.
        turnover_year: of 2021-2023, mkr.
        price: price level.
        overdraft: credit line as a share of yearly turnover.
    """
    credit = overdraft * turnover_year * price
    return np.asarray((own + credit) / np.maximum(1e-9, credit))


def liquidity_rule(room: Floats, least: float) -> Floats:
    """Share of plans that cash allows: all of them as long as there is cash, never below the least."""
    return np.where(room >= 1.0, 1.0, np.maximum(least, np.minimum(1.0, room)))


def cofinance(world: World) -> None:
    """Books private money and running costs, tests the rule once a year, and finds who runs out of money."""
    policy, ledger, organisations, relations = world.policy, world.ledger, world.organisations, world.relations
    held = world.members
    who = relations.organisation[held]
    size = world.contacts.size[relations.contact[held]]
    reference, price = world.reference, world.environment.price
    schedule = fees_rule(policy.nums("fees.*", SIZE_NAMES) * rebate(policy), price)
    paid = world.per_organisation(who, schedule[size]) * reference.fee_scale * policy.vec("fees.level")
    large = world.per_organisation(who[size == 3]) / np.maximum(1.0, reference.large_members)
    open_now = np.where(organisations.open, 1.0, 0.0)
    level = policy.vec("sponsorship.level")
    sponsors = sponsors_rule(reference.sponsorship_quarter, price, large, level) * open_now
    funds = reference.foundations_quarter * price * open_now
    ledger.book_own("own_fees", oere(paid))
    ledger.book_own("own_sponsorship", oere(sponsors))
    ledger.book_own("own_foundations", oere(funds))
    private = paid + sponsors + funds + ledger.booked("external_project_cash") / OERE_PER_MKR
    inkind = inkind_rule(
        world.flows.participations,
        policy.num("inkind.hours_per_seat"),
        policy.num("inkind.kr_per_hour"),
        spent_on_pilots(world),
        policy.num("inkind.pilot_share"),
    )
    world.plan.private, world.plan.inkind = private, inkind
    ratio = private_ratio_rule(private, reference.private_quarter, price)
    memory = policy.num("cofinancing.memory_quarters")
    world.organisations.private_ratio = follow_rule(world.organisations.private_ratio, ratio, memory)
    judge(world, private, inkind)
    run_costs(world)


def judge(world: World, private: Floats, inkind: Floats) -> None:
    """Once a year: private money incl. hours against the UFS part, and money that replaces grant under #4."""
    policy, period = world.policy, world.period
    organisations = world.organisations
    organisations.year_private = organisations.year_private + private + inkind
    organisations.year_ufs = organisations.year_ufs + ufs_part(world)
    if period % 4 != 3:
        return
    ratio = covered_rule(organisations.year_private, organisations.year_ufs, policy.num("cofinancing.required"))
    organisations.year_private = organisations.year_ufs = 0.0
    if policy.word("scarcity.money") == "off":
        return
    keep = shortfall_rule(ratio, policy.num("cofinancing.required"), policy.word("cofinancing.consequence"))
    cut = np.stack((1.0 - keep, np.zeros_like(keep)), axis=1)
    if policy.word("cofinancing.budget_rule") == "replaces":
        uncut = total(world.plan.grant_year / np.maximum(1e-9, world.organisations.grant_cut))
        usual, price = world.reference.private_quarter, world.environment.price
        cut = cut + replaced_rule(world.organisations.private_ratio, usual, price, uncut)[:, None]
    world.organisations.grant_cut = np.maximum(0.0, 1.0 - cut)


def run_costs(world: World) -> None:
    """Running costs (drift) are paid from own money, never from the grant (F074); shocks hit equity; the poor cut."""
    policy, ledger, organisations = world.policy, world.ledger, world.organisations
    earned = sum(ledger.booked(word) for word in ("own_fees", "own_sponsorship", "own_foundations", "own_overhead"))
    # Associations budget to balance: running costs follow own income with some delay.
    delay = policy.num("finance.budget_quarters")
    budget = follow_rule(world.organisations.own_income, np.asarray(earned / OERE_PER_MKR), delay)
    world.organisations.own_income = np.where(organisations.open, budget, world.organisations.own_income)
    share, thrift = policy.num("finance.running_share"), policy.num("finance.thrift")
    running = running_rule(budget, share, thrift, organisations.liquidity)
    ledger.book_own("own_running", oere(np.where(organisations.open, running, 0.0)))
    turnover = world.plan.spent + world.organisations.external_year / 4.0
    uniform = world.calendar[Decision.OPERATING_SHOCK][world.period]
    shock = shock_rule(uniform, policy.num("finance.shock_spread"), turnover)
    ledger.book_own("own_shock", oere(np.where(organisations.open, shock, 0.0)))


def solvency(world: World) -> None:
    """After closing the books: liquidity decides next quarter's plans; who is short too long fails (E110, E123)."""
    policy, organisations = world.policy, world.organisations
    if policy.word("scarcity.money") == "off":
        return
    own, turnover = world.ledger.own / OERE_PER_MKR, world.reference.turnover_year
    room = room_rule(own, turnover, world.environment.price, policy.num("finance.overdraft_share"))
    organisations.liquidity = liquidity_rule(room, policy.num("finance.least_activity"))
    short = organisations.open & (room < 0.0)
    organisations.short_quarters = np.where(short, organisations.short_quarters + 1, 0)
