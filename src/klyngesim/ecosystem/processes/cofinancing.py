"""Step 11: private co-financing (privat medfinansiering), running costs, and whether the money lasts.

Private total = fees + sponsorship + foundations + firms' project cash (Table 7 "private"); hours in kind apart. The
rule of UFS tests private money including hours against the UFS part (F338, A19, L19). What follows from a shortfall
is an assumption, as is whether more private money is added to the grant or replaces it (#4).
"""

from __future__ import annotations

import numpy as np

from klyngesim.ecosystem.ledger import OERE_PER_MKR, oere
from klyngesim.ecosystem.processes.membership import fees_by_size
from klyngesim.ecosystem.processes.planning import ufs_part
from klyngesim.ecosystem.processes.projects import spent_on_pilots
from klyngesim.ecosystem.relations import members
from klyngesim.ecosystem.state import World
from klyngesim.exact import total
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


def shock_rule(uniform: Floats, spread: float, turnover: Floats) -> Floats:
    """Surplus or loss on projects this quarter, mkr: uniform around zero with standard deviation spread x turnover."""
    return np.asarray((uniform - 0.5) * _ROOT12 * spread * turnover)


def cofinance(world: World) -> None:
    """Books private money and running costs, tests the rule once a year, and finds who runs out of money."""
    policy, ledger, organisations, relations = world.policy, world.ledger, world.organisations, world.relations
    held = members(world)
    who = relations.organisation[held]
    size = world.contacts.size[relations.contact[held]]
    schedule = fees_by_size(world) * world.environment.price / 1e6 / 4.0
    paid = world.per_organisation(who, schedule[size]) * organisations.reference["fee_scale"] * policy.vec("fees.level")
    large = world.per_organisation(who[size == 3]) / np.maximum(1.0, organisations.reference["large_members"])
    open_now = np.where(organisations.open, 1.0, 0.0)
    sponsors = (
        organisations.reference["sponsorship_quarter"]
        * world.environment.price
        * large
        * policy.vec("sponsorship.level")
        * open_now
    )
    funds = organisations.reference["foundations_quarter"] * world.environment.price * open_now
    ledger.book_own("own_fees", oere(paid))
    ledger.book_own("own_sponsorship", oere(sponsors))
    ledger.book_own("own_foundations", oere(funds))
    ledger.book_own("own_initiatives", oere(world.plan["initiative_money"] * open_now))
    ledger.book_own("own_activity", oere(world.plan["initiative_money"] * open_now))
    private = paid + sponsors + funds + ledger.booked("external_project_cash") / OERE_PER_MKR
    hours = world.tally.get("participations") * policy.num("inkind.hours_per_seat")
    inkind = hours * policy.num("inkind.kr_per_hour") / 1e6
    inkind = inkind + spent_on_pilots(world) * policy.num("inkind.pilot_share")
    world.plan["private"], world.plan["inkind"] = private, inkind
    memory = policy.num("cofinancing.memory_quarters")
    usual = organisations.reference["private_quarter"]
    ratio = private / world.environment.price / np.where(usual > 0.0, usual, 1.0)
    world.plan["private_ratio"] = world.plan["private_ratio"] + (ratio - world.plan["private_ratio"]) / memory
    test_rule(world, private, inkind)
    run_costs(world)


def test_rule(world: World, private: Floats, inkind: Floats) -> None:
    """Once a year: private money incl. hours against the UFS part, and money that replaces grant under #4."""
    policy, period = world.policy, world.period
    year = world.plan["year_private"] + private + inkind, world.plan["year_ufs"] + ufs_part(world)
    world.plan["year_private"], world.plan["year_ufs"] = year
    if period % 4 != 3:
        return
    world.plan["year_private"], world.plan["year_ufs"] = np.zeros(world.count), np.zeros(world.count)
    ratio = np.where(year[1] > 0.0, year[0] / np.where(year[1] > 0.0, year[1], 1.0), policy.num("cofinancing.required"))
    if policy.word("scarcity.money") == "off":
        return
    keep = shortfall_rule(ratio, policy.num("cofinancing.required"), policy.word("cofinancing.consequence"))
    cut = np.stack((1.0 - keep, np.zeros_like(keep)), axis=1)
    if policy.word("cofinancing.budget_rule") == "replaces":
        uncut = total(world.plan["grant_year"] / np.maximum(1e-9, world.plan["grant_cut"]))
        usual = world.organisations.reference["private_quarter"] * world.environment.price
        extra = 4.0 * np.maximum(0.0, world.plan["private_ratio"] - 1.0) * usual
        cut = cut + (extra / np.maximum(1e-9, uncut))[:, None]
    world.plan["grant_cut"] = np.maximum(0.0, 1.0 - cut)


def run_costs(world: World) -> None:
    """Running costs (drift) are paid from own money, never from the grant (F074); shocks hit equity; the poor cut."""
    policy, ledger, organisations = world.policy, world.ledger, world.organisations
    earned = sum(ledger.booked(word) for word in ("own_fees", "own_sponsorship", "own_foundations", "own_overhead"))
    # Associations budget to balance: running costs follow own income with some delay.
    pace = 1.0 / policy.num("finance.budget_quarters")
    budget = world.plan["own_income"] + (earned / OERE_PER_MKR - world.plan["own_income"]) * pace
    world.plan["own_income"] = np.where(organisations.open, budget, world.plan["own_income"])
    # Who is short of cash saves on what can be saved.
    thrift = 1.0 - policy.num("finance.thrift") * (1.0 - organisations.liquidity)
    running = policy.num("finance.running_share") * budget * thrift
    ledger.book_own("own_running", oere(np.where(organisations.open, running, 0.0)))
    turnover = world.plan["spent"] + world.plan["external_year"] / 4.0
    uniform = world.calendar[Decision.OPERATING_SHOCK][world.period]
    shock = shock_rule(uniform, policy.num("finance.shock_spread"), turnover)
    ledger.book_own("own_shock", oere(np.where(organisations.open, shock, 0.0)))


def solvency(world: World) -> None:
    """After closing the books: liquidity decides next quarter's plans; who is short too long fails (E110, E123)."""
    policy, organisations = world.policy, world.organisations
    if policy.word("scarcity.money") == "off":
        return
    overdraft = (
        policy.num("finance.overdraft_share") * organisations.reference["turnover_year"] * world.environment.price
    )
    room = (world.ledger.own / OERE_PER_MKR + overdraft) / np.maximum(1e-9, overdraft)
    organisations.liquidity = np.where(
        room >= 1.0, 1.0, np.maximum(policy.num("finance.least_activity"), np.minimum(1.0, room))
    )
    short = organisations.open & (room < 0.0)
    organisations.short_quarters = np.where(short, organisations.short_quarters + 1, 0)
