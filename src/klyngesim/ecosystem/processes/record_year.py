"""Step 14, the calendar year: who took part in it, counted at its end as the programme's reports do (Table 3)."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from klyngesim.compiled import loop, rule
from klyngesim.ecosystem.by_organisation import Flow, Organisation
from klyngesim.ecosystem.settings import Values
from klyngesim.ecosystem.state import World
from klyngesim.ecosystem.tables import Bools, Rows
from klyngesim.ecosystem.totals import ratio_rule, with_total
from klyngesim.population.institutions import INSTITUTION_TYPES
from klyngesim.streams import Decision, Draws, Floats, Ints, uniforms


class Matching(NamedTuple):
    """Share of micro firms, and of all by organisation, that the match with the register finds."""

    micro: float
    rate: Floats


def matching(policy: Values) -> Matching:
    """Reads the parameters of the match with the register."""
    return Matching(policy.num("register.match_micro"), policy.vec("register.match_rate"))


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
    organisations, institutions, programme = world.organisations.rows, world.institutions, world.programme
    came = institutions_of_year(
        organisations, institutions.plan.kind, institutions.seen, world.streams.draws, world.period
    )
    programme.institutions_ever = int(institutions.seen.any(axis=0).sum())
    firms_of_year(results, organisations, came, world.policy.once(matching), world.period)
    results[world.count].participants_unique_year = programme.year_firms + came[world.count]
    results[world.count].startups_participating_year = programme.year_startups
    programme.year_firms = programme.year_startups = 0


@loop
def firms_of_year(
    results: Rows[Any], organisations: Rows[Organisation], institutions: Floats, matching: Matching, period: int
) -> None:
    """Firms of the year by organisation, ``institutions`` among the participants; the counts begin anew."""
    count = len(organisations)
    returned = with_total(np.array([organisations[row].year_returned for row in range(count)]))
    before = with_total(np.array([organisations[row].last_year_pairs for row in range(count)]))
    for row in range(count):
        result, organisation = results[row], organisations[row]
        result.participants_unique_year = organisation.year_pairs + institutions[row]
        result.participants_pairs_year = organisation.year_pairs + institutions[row]
        result.startups_participating_year = organisation.year_startup_pairs
        result.registered_own_stronghold_year = registered_rule(
            organisation.year_own_larger, organisation.year_own_micro, matching.micro, matching.rate[row]
        )
        organisation.last_year_pairs = organisation.year_pairs
        organisation.year_pairs = organisation.year_startup_pairs = organisation.year_returned = 0.0
        organisation.year_own_micro = organisation.year_own_larger = 0.0
    if period > 3:
        for row in range(count + 1):
            results[row].return_rate = ratio_rule(returned[row], before[row])


@loop
def institutions_of_year(
    organisations: Rows[Organisation], kinds: Ints, seen: Bools, draws: Draws, period: int
) -> Floats:
    """Institutions that took part this year by organisation and in all, shape (O + 1,).

    An institution with ``v`` expected visits to an organisation is among its participants with chance v / (1 + v).
    """
    count = len(organisations)
    number = np.zeros(len(INSTITUTION_TYPES))
    for kind in kinds:
        number[kind] += 1.0
    ids = np.array([row * 4096 + each for row in range(count) for each in range(len(kinds))], dtype=np.int64)
    luck = uniforms(draws, Decision.INSTITUTION_PRESENT, period, ids).reshape((count, len(kinds)))
    came, anywhere = np.zeros(count + 1), np.zeros(len(kinds))
    for row in range(count):
        organisation = organisations[row]
        for each in range(len(kinds)):
            visits = organisation.year_presence[kinds[each]] / number[kinds[each]]
            if luck[row, each] < present_rule(visits):
                came[row] += 1.0
                anywhere[each] = 1.0
                organisation.institutions_ever += 0.0 if seen[row, each] else 1.0
                seen[row, each] = True
        organisation.year_presence[:] = 0.0
    came[count] = anywhere.sum()
    return came


def add_to_year(world: World) -> None:
    """Adds this quarter's first appearances to the sums of the calendar year."""
    programme = world.programme
    add_flows(world.organisations.rows, world.flows.rows)
    programme.year_firms += programme.fresh_firms
    programme.year_startups += programme.startup_firms


@loop
def add_flows(organisations: Rows[Organisation], flows: Rows[Flow]) -> None:
    """Adds them by organisation."""
    for row in range(len(organisations)):
        organisation, flow = organisations[row], flows[row]
        organisation.year_pairs += flow.fresh_pairs
        organisation.year_startup_pairs += flow.startup_pairs
        organisation.year_own_micro += flow.own_micro
        organisation.year_own_larger += flow.own_larger
        organisation.year_returned += flow.returned_pairs
        organisation.year_presence[:] += flow.institutions_present
