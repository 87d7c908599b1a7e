"""What a firm is: a function of its permanent id and the run's seed, worked out for the firms somebody asks about."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from klyngesim.compiled import loop, rule
from klyngesim.population.strongholds import ID_BITS, MICRO
from klyngesim.streams import Decision, Draws, Floats, Ints, uniforms

Bools = NDArray[np.bool_]

_NEVER = -(1 << 15)  # before any quarter; int16 holds it


class FirmTraits(NamedTuple):
    """Numbers behind the traits of firms (all from the parameter registry).

    Attributes:
        employee_floor, employee_span, employee_skew: by size class, shape (5,); see `employees_rule`.
        readiness_mean: by size class, 0-1, shape (5,).
        readiness_spread: half width of the uniform spread of a firm's own mean.
        exporter_bonus: added to the mean readiness of exporters.
        exporter_by_cell: probability of exporting by cell, shape (cells,).
        regional_share: share of firms far from the organisations' offices.
        startup_share: share of young micro firms that are innovative start-ups.
        startup_quarters: age below which a firm can be a start-up.
    """

    employee_floor: Floats
    employee_span: Floats
    employee_skew: Floats
    readiness_mean: Floats
    readiness_spread: float
    exporter_bonus: float
    exporter_by_cell: Floats
    regional_share: float
    startup_share: float
    startup_quarters: int


class Firms(NamedTuple):
    """A register as loops read it.

    Attributes:
        first_row: first row of every cell, and the number of rows, shape (cells + 1,).
        size_class: of every cell, shape (cells,).
        birth, death: first quarter alive and first quarter closed of every row, int16, shape (rows,).
        age_table: quantiles of the age of those alive at 2021Q1, quarters.
        traits: numbers behind the traits.
    """

    first_row: Ints
    size_class: Ints
    birth: NDArray[np.int16]
    death: NDArray[np.int16]
    age_table: Ints
    traits: FirmTraits


class Living(NamedTuple):
    """The firms of a quarter by cell.

    Attributes:
        period: the quarter.
        entered: firms that exist or existed, closed ones included, shape (cells,).
        thinning: chance of keeping a living firm that a proposal among all ever entered falls on, shape (cells,).
        valid_share: share of proposals that fall on a living firm and are kept.
    """

    period: int
    entered: Ints
    thinning: Floats
    valid_share: float


def employees_rule(uniform: Floats, floor: Floats, span: Floats, skew: Floats) -> Floats:
    """Employees from a uniform: a rational, right-skewed quantile curve inside the size class, whole persons.

    The curve is ``floor + span * u / (1 + skew * (1 - u))``; a higher skew puts more firms near the floor.
    """
    return np.asarray(np.floor(floor + span * (uniform / (1.0 + skew * (1.0 - uniform)))))


def exporter_rule(share: Floats, odds_ratio: Floats) -> Floats:
    """Share of exporters where odds are a multiple of those of a wider group (M044; groups: strongholds of Table 4).

    Args:
        share: of exporters in the group, 0 to less than 1, shape (n,).
        odds_ratio: odds of exporting over those of the group, shape (n,).
    """
    odds = odds_ratio * share / (1.0 - share)
    return np.asarray(odds / (1.0 + odds))


@rule
def readiness_rule(uniform: float, mean: float, spread: float, bonus: float) -> float:
    """A firm's own mean innovation readiness (innovationsmodenhed), 0-1."""
    return min(1.0, max(0.0, mean + bonus + spread * (2.0 * uniform - 1.0)))


@rule
def row_of(firms: Firms, ident: int) -> int:
    """Row of a firm in the register."""
    return int(firms.first_row[ident >> ID_BITS]) + (ident & ((1 << ID_BITS) - 1))


@loop
def profiles(firms: Firms, draws: Draws, ids: Ints) -> tuple[Bools, Bools, Floats]:
    """Exporter, regional and mean readiness of firms."""
    traits = firms.traits
    exports = uniforms(draws, Decision.EXPORTER, 0, ids)
    far = uniforms(draws, Decision.REGIONAL, 0, ids)
    ready = uniforms(draws, Decision.READINESS, 0, ids)
    exporter, regional, mean = np.empty(len(ids), np.bool_), np.empty(len(ids), np.bool_), np.empty(len(ids))
    for index in range(len(ids)):
        cell = ids[index] >> ID_BITS
        exporter[index] = exports[index] < traits.exporter_by_cell[cell]
        regional[index] = far[index] < traits.regional_share
        mean[index] = readiness_rule(
            ready[index],
            traits.readiness_mean[firms.size_class[cell]],
            traits.readiness_spread,
            traits.exporter_bonus if exporter[index] else 0.0,
        )
    return exporter, regional, mean


@loop
def born(firms: Firms, rows: Ints, luck: Floats) -> Ints:
    """First quarter of firms; for those alive at 2021Q1 a negative one from the uniforms of their ages."""
    first = np.empty(len(rows), dtype=np.int64)
    for index in range(len(rows)):
        birth = firms.birth[rows[index]]
        first[index] = birth if birth >= 0 else -firms.age_table[int(luck[index] * len(firms.age_table))]
    return first


@loop
def startups_until(firms: Firms, draws: Draws, ids: Ints) -> Ints:
    """First quarter in which each firm is no innovative start-up (iværksætter); very early if it never was one."""
    until = np.full(len(ids), _NEVER)
    micro = np.array([i for i in range(len(ids)) if firms.size_class[ids[i] >> ID_BITS] == MICRO], dtype=np.int64)
    luck = uniforms(draws, Decision.STARTUP, 0, ids[micro])
    age = uniforms(draws, Decision.AGE, 0, ids[micro])
    chosen = luck < firms.traits.startup_share
    rows = np.array([row_of(firms, ident) for ident in ids[micro[chosen]]], dtype=np.int64)
    until[micro[chosen]] = firms.traits.startup_quarters + born(firms, rows, age[chosen])
    return until
