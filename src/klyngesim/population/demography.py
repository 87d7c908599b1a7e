"""Entry, life and closing of firms, stationary unless a growth rate is set (E087, E088, E089, E197)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from klyngesim.exact import total
from klyngesim.population.strongholds import ID_BITS
from klyngesim.streams import Decision, Floats, Ints, Streams

if TYPE_CHECKING:
    from klyngesim.population.register import Register

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
    table = np.ones(quarters)
    knots = np.concatenate(([1.0], anchors))
    for age in range(1, quarters):
        year, quarter = divmod(age, _YEAR)
        if year + 1 < len(knots) or (year + 1 == len(knots) and quarter == 0):
            ahead = knots[min(year + 1, len(knots) - 1)]
            table[age] = knots[year] + (ahead - knots[year]) * (quarter / _YEAR)
        else:
            table[age] = table[age - 1] * (1.0 - mature_hazard_year / _YEAR)
    return table


def quantile_table(survivors: Floats, entries: int = _TABLE) -> Ints:
    """Inverse of a survival table: entry i holds the length of life in quarters at quantile (i + 1/2) / entries."""
    levels = (np.arange(entries) + 0.5) / entries
    closed = 1.0 - survivors
    return np.asarray(np.minimum(np.searchsorted(closed, levels, side="right"), _LONGEST), dtype=np.int64)


def residual(survivors: Floats) -> Floats:
    """Survival of the remaining life in a stationary population: tail sums of ``survivors`` over their total."""
    tail = np.cumsum(survivors[::-1])[::-1]
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
        young_years = float(total(survival(young_survival, 1.0, len(young_survival) * _YEAR))) / _YEAR
        # Entrants replace those who close and add the growth, so fewer than the entrants close.
        left = 1.0 / (micro_entry_year - growth_year) - young_years
        if left <= 0:
            raise ValueError("micro firms enter faster than they can close with the given survival of young firms")
        mature = float(young_survival[-1]) / left
        tables = [survival(young_survival, mature, length)]
        tables += [survival(np.zeros(0), float(rate), length) for rate in closing_year]
        tables.append(tables[1])  # foreign firms come and go like small ones
        self._new = np.stack([quantile_table(table) for table in tables])
        self._rest = np.stack([quantile_table(residual(table)) for table in tables])
        self.age_table = quantile_table(residual(tables[0]))
        self.entry_quarter: Floats = np.array([1.0 / float(total(table)) for table in tables])

    def entrants(self, firms: Ints, size_class: Ints, periods: int) -> Ints:
        """Firms that enter each cell until the end, int64, shape of ``firms``."""
        rate = firms * self._rate(size_class)
        return np.asarray(np.floor(rate * (periods - 1)), dtype=np.int64)

    def _rate(self, size_class: Ints) -> Floats:
        return np.maximum(0.0, self.entry_quarter[size_class] + self.growth_year / _YEAR)

    def lives(self, register: Register, streams: Streams, periods: int) -> tuple[NDArray[np.int16], NDArray[np.int16]]:
        """First quarter alive and first quarter closed of every firm.

        Entrants come evenly spread over the quarters; how long a firm lives is one draw at its id.

        Returns:
            Two int16 arrays, shape (rows,). Firms of before 2021Q1 have birth -1.
        """
        birth = np.full(register.rows, -1, dtype=np.int16)
        death = np.full(register.rows, _LONGEST, dtype=np.int16)
        plan = register.plan
        rates = plan.firms * self._rate(plan.size_class)
        for cell in range(len(plan.firms)):
            start, stop = int(register.first_row[cell]), int(register.first_row[cell + 1])
            middle = start + int(plan.firms[cell])
            size = int(plan.size_class[cell])
            ids = (cell << ID_BITS) | np.arange(stop - start)
            quantile = (streams.uniform(Decision.LIFE, 0, ids) * _TABLE).astype(np.int64)
            death[start:middle] = self._rest[size][quantile[: middle - start]]
            if stop > middle:
                # Firm k enters in the first quarter that `entrants` counts more than k of, whatever the run's length.
                so_far = np.floor(rates[cell] * np.arange(periods))
                born = np.searchsorted(so_far, np.arange(1, stop - middle + 1))
                birth[middle:stop] = born
                death[middle:stop] = np.minimum(born + self._new[size][quantile[middle - start :]], _LONGEST)
        return birth, death
