"""Entry, life and closing of firms, stationary unless a growth rate is set (E087, E088, E089, E197)."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from klyngesim.compiled import loop
from klyngesim.exact import total
from klyngesim.population.strongholds import ID_BITS, CellPlan
from klyngesim.streams import Decision, Draws, Floats, Ints, Streams, uniforms

Quarters = NDArray[np.int16]

_YEAR = 4
_TABLE = 8192
_LONGEST = 32000  # quarters; int16 holds it


def survival(anchors: Floats, mature_hazard_year: float, quarters: int) -> Floats:
    """Survival of a new firm by age.

    Args:
        anchors: share alive after 1, 2, ... years, shape (years,); linear between the anchors. May be empty.
        mature_hazard_year: yearly rate of closing after the last anchor.
        quarters: length of the table.

    Returns:
        float64, shape (quarters,), starting at 1; made by multiplication only, so equal on every processor.
    """
    young = _YEAR * len(anchors)
    knots = np.concatenate(([1.0], anchors))
    ages = np.arange(young + 1)
    year, part = ages // _YEAR, (ages % _YEAR) / _YEAR
    early = knots[year] + (knots[np.minimum(year + 1, len(anchors))] - knots[year]) * part
    later = np.full(max(0, quarters - young - 1), 1.0 - mature_hazard_year / _YEAR)
    return np.asarray(np.concatenate((early, early[-1] * np.cumprod(later)))[:quarters], dtype=np.float64)


def quantile_table(survivors: Floats, entries: int = _TABLE) -> Ints:
    """Inverse of a survival table: entry i holds the length of life in quarters at quantile (i + 1/2) / entries."""
    levels = (np.arange(entries) + 0.5) / entries
    closed = 1.0 - survivors
    return np.asarray(np.minimum(np.searchsorted(closed, levels, side="right"), _LONGEST), dtype=np.int64)


def discounts(growth_year: float, quarters: int) -> Floats:
    """Weight of each age in a population that grows: older cohorts were smaller when they entered."""
    each = np.full(quarters - 1, 1.0 / (1.0 + growth_year / _YEAR))
    return np.asarray(np.cumprod(np.concatenate(([1.0], each))), dtype=np.float64)


def residual(survivors: Floats, growth_year: float = 0.0) -> Floats:
    """Survival of the remaining life of those alive, in a population with a steady growth (0 = stationary)."""
    weight = discounts(growth_year, len(survivors))
    # Alive at age b >= r and remaining so r quarters on: cohorts b - r of each age, weighted by their size.
    tail = np.cumsum((weight * survivors)[::-1])[::-1] / weight
    return np.asarray(tail / tail[0])


def ages(survivors: Floats, growth_year: float) -> Floats:
    """Share of those alive that are at least as old as each age, in quarters."""
    tail = np.cumsum((discounts(growth_year, len(survivors)) * survivors)[::-1])[::-1]
    return np.asarray(tail / tail[0])


class Demography:
    """Life tables and entry rates by size class.

    Args:
        young_survival: share of new micro firms alive after 1, 2, 3, 4, 5 years (E087, E089), shape (5,).
        micro_entry_year: entrants a year as a share of micro firms (E088); fixes the mature rate of closing.
        closing_year: yearly rate of closing of small, medium and large firms, shape (3,).
        growth_year: net growth of the number of firms a year (E200).
    """

    def __init__(
        self, young_survival: Floats, micro_entry_year: float, closing_year: Floats, growth_year: float
    ) -> None:
        self.growth_year = growth_year
        length = 4 * _YEAR * 100
        young = survival(young_survival, 0.0, _YEAR * len(young_survival) + 1)
        weight = discounts(growth_year, length)
        # Entrants a quarter are one over the discounted years that a firm lives; what the young years leave of them
        # fixes the rate at which mature firms close.
        left = _YEAR / micro_entry_year - float(total(weight[: len(young)] * young))
        ratio = left / (float(weight[len(young) - 1]) * float(young[-1]))
        if ratio <= 0.0:
            raise ValueError("micro firms enter faster than they can close with the given survival of young firms")
        mature = _YEAR * (1.0 - ratio / (1.0 + ratio) * (1.0 + growth_year / _YEAR))
        tables = [survival(young_survival, max(0.0, mature), length)]
        tables += [survival(np.zeros(0), float(rate), length) for rate in closing_year]
        tables.append(tables[1])  # foreign firms come and go like small ones
        self._new = np.stack([quantile_table(table) for table in tables]).astype(np.int16)
        self._rest = np.stack([quantile_table(residual(table, growth_year)) for table in tables]).astype(np.int16)
        self.age_table = quantile_table(ages(tables[0], growth_year))
        self.entry_quarter: Floats = np.array([1.0 / float(total(weight * table)) for table in tables])

    def entrants(self, firms: Ints, size_class: Ints, periods: int | Ints) -> Ints:
        """Firms that enter each cell until the end, int64, shape of ``firms``; of several ends: (ends, firms)."""
        rate = firms * self._rate(size_class)
        return np.asarray(np.floor(rate * (periods - 1)), dtype=np.int64)

    def _rate(self, size_class: Ints) -> Floats:
        return self.entry_quarter[size_class]

    def lives(self, plan: CellPlan, streams: Streams, periods: int) -> tuple[Quarters, Quarters, Ints]:
        """First quarter alive and first quarter closed of every firm, and the number alive.

        Entrants come evenly spread over the quarters; how long a firm lives is one draw at its id.

        Returns:
            Two arrays of shape (rows,): firms of before 2021Q1 have birth -1. Firms alive, shape (cells, periods).
        """
        entrants = self.entrants(plan.firms, plan.size_class, periods)
        rates = plan.firms * self._rate(plan.size_class)
        return _lives(plan.firms, entrants, rates, plan.size_class, self._rest, self._new, streams.draws, periods)


@loop
def _lives(
    firms: Ints,
    entrants: Ints,
    rates: Floats,
    size_class: Ints,
    rest: Quarters,
    new: Quarters,
    draws: Draws,
    periods: int,
) -> tuple[Quarters, Quarters, Ints]:
    """Lives of the ``firms`` and ``entrants`` of every cell, whose lengths the tables by size class give."""
    rows = firms.sum() + entrants.sum()
    birth, death = np.full(rows, -1, dtype=np.int16), np.empty(rows, dtype=np.int16)
    alive, row = np.zeros((len(firms), periods + 1), dtype=np.int64), 0
    for cell in range(len(firms)):
        ids = (cell << ID_BITS) + np.arange(firms[cell] + entrants[cell])
        luck = uniforms(draws, Decision.LIFE, 0, ids)
        size, quarter = size_class[cell], 1
        for index in range(len(ids)):
            quantile = int(luck[index] * _TABLE)
            if index < firms[cell]:
                death[row] = rest[size, quantile]
                alive[cell, 0] += 1
            else:
                # Firm k enters in the first quarter that `entrants` counts more than k of, whatever the run's length.
                while math.floor(rates[cell] * quarter) <= index - firms[cell]:
                    quarter += 1
                birth[row] = quarter
                death[row] = min(quarter + new[size, quantile], _LONGEST)
                alive[cell, quarter] += 1
            alive[cell, min(death[row], periods)] -= 1
            row += 1
        for period in range(1, periods):
            alive[cell, period] += alive[cell, period - 1]
    return birth, death, alive[:, :periods]
