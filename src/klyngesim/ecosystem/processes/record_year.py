"""Step 14, the calendar year: who took part in it, counted at its end as the programme's reports do (Table 3)."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from klyngesim.compiled import loop, rule
from klyngesim.ecosystem.processes.membership import left_in
from klyngesim.ecosystem.settings import each, number
from klyngesim.ecosystem.state import State, World
from klyngesim.ecosystem.tables import Bools, Rows
from klyngesim.ecosystem.totals import ratio_rule, summed, with_total
from klyngesim.population.institutions import INSTITUTION_TYPES
from klyngesim.streams import Decision, Floats, Ints, uniforms

_INSTITUTIONS = 4096
"""Institutions that there can be: the draws of one are at the organisation x 4096 + its number."""


MEMBER_QUARTERS = 12
"""Quarters over which members are counted together: Table 2 covers three years."""


class Terms(NamedTuple):
    """Share of micro firms, and of all by organisation, that the match with the register finds."""

    micro: float = number("register.match_micro")
    rate: Floats = each("register.match_rate")


@rule
def registered_rule(larger: float, micro: float, match_micro: float, match_rate: float) -> float:
    """Participants of the own stronghold that the register match finds; micro firms are found less often."""
    return (larger + match_micro * micro) * match_rate


@rule
def present_rule(visits: float) -> float:
    """Chance that an institution with so many expected visits is among the participants of the year."""
    return visits / (1.0 + visits)


def record_year(world: World, results: Rows[Any]) -> None:
    """Yearly counts at Q4: unique participants, pairs, start-ups, return rate and the register's view (Table 3)."""
    state, here, programme, everybody = world.state, world.institutions, world.programme, results[world.count]
    came = institutions_of_year(state, here.plan.kind, here.seen)
    programme.institutions_ever = int(here.seen.any(axis=0).sum())
    firms_of_year(results, state, came, world.policy.terms(Terms))
    members_of_years(results, state)
    everybody.participants_unique_year = programme.year_firms + came[world.count]
    everybody.startups_participating_year = programme.year_startups
    everybody.participating_firms_year, everybody.participating_firms_all_year = (
        programme.year_firms,
        programme.year_everybody,
    )
    programme.year_firms = programme.year_startups = programme.year_everybody = 0


@loop
def firms_of_year(results: Rows[Any], state: State, institutions: Floats, terms: Terms) -> None:
    """Firms of the year by organisation, ``institutions`` among the participants; the counts begin anew."""
    returned = with_total(np.array([firms.year_returned for firms in state.organisations]))
    before = with_total(np.array([firms.last_year_pairs for firms in state.organisations]))
    for row in range(len(state.organisations)):
        result, firms = results[row], state.organisations[row]
        result.participants_unique_year = firms.year_pairs + institutions[row]
        result.participants_pairs_year = firms.year_pairs + institutions[row]
        result.participating_firms_year = firms.year_pairs
        result.participating_firms_all_year = firms.year_pairs_all
        result.startups_participating_year = firms.year_startup_pairs
        larger, micro = firms.year_own_larger, firms.year_own_micro
        result.registered_own_stronghold_year = registered_rule(larger, micro, terms.micro, terms.rate[row])
        firms.last_year_pairs = firms.year_pairs
        firms.year_pairs = firms.year_pairs_all = firms.year_startup_pairs = firms.year_returned = 0.0
        firms.year_own_micro = firms.year_own_larger = 0.0
    if state.period > 3:
        for row in range(len(returned)):
            results[row].return_rate = ratio_rule(returned[row], before[row])


@loop
def members_of_years(results: Rows[Any], state: State) -> None:
    """Members at any time of the last `MEMBER_QUARTERS`, by organisation and once in all; from the third year on."""
    first = state.period - MEMBER_QUARTERS + 1
    if first < 0:
        return
    each, everybody = np.zeros(len(state.organisations)), np.zeros(len(state.contacts), dtype=np.bool_)
    for relation in state.relations:
        if relation.member or relation.since <= left_in(first):
            each[relation.organisation] += 1.0
            everybody[relation.contact] = True
    for row in range(len(each)):
        results[row].members_three_years = each[row]
    results[len(each)].members_three_years = everybody.sum()


@loop
def institutions_of_year(state: State, kinds: Ints, seen: Bools) -> Floats:
    """Institutions that took part this year by organisation and in all, shape (O + 1,).

    An institution with ``v`` expected visits to an organisation is among its participants with chance v / (1 + v).
    """
    count = len(state.organisations)
    number = np.bincount(kinds, minlength=len(INSTITUTION_TYPES))
    ids = np.array([row * _INSTITUTIONS + one for row in range(count) for one in range(len(kinds))], dtype=np.int64)
    luck = uniforms(state.draws, Decision.INSTITUTION_PRESENT, state.period, ids).reshape((count, len(kinds)))
    came, anywhere = np.zeros(count + 1), np.zeros(len(kinds))
    for row in range(count):
        organisation = state.organisations[row]
        for one in range(len(kinds)):
            visits = organisation.year_presence[kinds[one]] / number[kinds[one]]
            if luck[row, one] < present_rule(visits):
                came[row] += 1.0
                anywhere[one] = 1.0
                organisation.institutions_ever += 0.0 if seen[row, one] else 1.0
                seen[row, one] = True
        organisation.year_presence[:] = 0.0
    came[count] = summed(anywhere)
    return came


def add_to_year(world: World) -> None:
    """Adds this quarter's first appearances to the sums of the calendar year."""
    programme = world.programme
    add_flows(world.state)
    programme.year_firms += programme.fresh_firms
    programme.year_everybody += programme.fresh_everybody
    programme.year_startups += programme.startup_firms


@loop
def add_flows(state: State) -> None:
    """Adds them by organisation."""
    for row in range(len(state.organisations)):
        organisation, flow = state.organisations[row], state.flows[row]
        organisation.year_pairs += flow.fresh_pairs
        organisation.year_pairs_all += flow.fresh_pairs_all
        organisation.year_startup_pairs += flow.startup_pairs
        organisation.year_own_micro += flow.own_micro
        organisation.year_own_larger += flow.own_larger
        organisation.year_returned += flow.returned_pairs
        organisation.year_presence[:] += flow.institutions_present
