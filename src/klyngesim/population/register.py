"""The register of firms: 282,487 firms of Table 1, foreign firms and future entrants, one permanent id each.

Firms of one industry group and size class form a *cell*; their ids are consecutive inside it. What a firm is
(employees, exporter, readiness, ...) is a function of its id and the run's seed, evaluated for the firms somebody
asks about. Only the dates of birth and closing are worked out for everybody at the start, because the number of
firms alive is counted every quarter.
"""

from __future__ import annotations

import copy
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from klyngesim.packed import pack
from klyngesim.population.demography import Demography
from klyngesim.population.strongholds import FOREIGN, ID_BITS, CellPlan
from klyngesim.population.traits import Firms, FirmTraits, Living, born, employees_rule, profiles, startups_until
from klyngesim.streams import Decision, Floats, Ints, Streams

_INDEX_MASK = (1 << ID_BITS) - 1
_MANY = 100  # firms from which a cell's share of living firms is more than luck


class Register:
    """All firms that exist or will enter until the end of the run.

    Args:
        plan: cells with industry group, size class and number of firms alive at 2021Q1.
        demography: entry rates and life tables by size class.
        traits: numbers behind the traits.
        streams: the run's random numbers.
        periods: number of quarters simulated.

    Attributes:
        birth, death: int16, shape (rows,): first quarter alive (negative: before 2021Q1) and first quarter closed.
        alive_at_start: firms alive at 2021Q1 by cell, shape (cells,).
        firms: all of it that loops read.
    """

    def __init__(
        self, plan: CellPlan, demography: Demography, traits: FirmTraits, streams: Streams, periods: int
    ) -> None:
        self.plan = plan
        self.traits = traits
        self._streams = streams
        self.alive_at_start = plan.firms
        entrants = demography.entrants(plan.firms, plan.size_class, periods)
        self.capacity: Ints = plan.firms + entrants
        if int(self.capacity.max()) > _INDEX_MASK:
            raise ValueError("a cell holds more firms than its ids can count; shorten the period")
        self.first_row: Ints = np.concatenate(([0], np.cumsum(self.capacity)))
        self.rows = int(self.first_row[-1])
        self.birth, self.death, alive = demography.lives(plan, streams, periods)
        self.firms = pack(Firms(self.first_row, plan.size_class, self.birth, self.death, demography.age_table, traits))
        self._living = self._by_quarter(demography, alive)

    def __deepcopy__(self, memo: dict[int, Any]) -> Self:
        """The same firms, which nothing changes, with the random numbers of another run."""
        other = copy.copy(self)
        memo[id(self)] = other
        other._streams = copy.deepcopy(self._streams, memo)
        return other

    def cell_of_row(self, rows: Ints) -> Ints:
        """Cell of each row; shape of ``rows``."""
        return np.asarray(np.searchsorted(self.first_row, rows, side="right") - 1, dtype=np.int64)

    def ids(self, rows: Ints, cells: Ints | None = None) -> Ints:
        """Permanent ids of rows: cell number and index inside the cell, independent of the simulated period."""
        at = self.cell_of_row(rows) if cells is None else cells
        return np.asarray((at << ID_BITS) | (rows - self.first_row.take(at)), dtype=np.int64)

    def row_of_id(self, ident: int) -> int:
        """Row of a permanent id; raises KeyError when no such firm exists in this run."""
        cell, index = ident >> ID_BITS, ident & _INDEX_MASK
        if not 0 <= cell < len(self.capacity) or index >= self.capacity[cell]:
            raise KeyError(f"no firm with id {ident} in this run")
        return int(self.first_row[cell]) + index

    def death_of(self, ids: Ints) -> Ints:
        """First quarter in which each firm is closed, by permanent id; int64, shape of ``ids``."""
        rows = self.first_row[ids >> ID_BITS] + (ids & _INDEX_MASK)
        return np.asarray(self.death[rows], dtype=np.int64)

    def size_class(self, rows: Ints) -> Ints:
        """Size class code of each row (0 micro ... 3 large, 4 foreign)."""
        return self.plan.size_class[self.cell_of_row(rows)]

    def group(self, rows: Ints) -> Ints:
        """Industry group code of each row; see `CellPlan`."""
        return self.plan.group[self.cell_of_row(rows)]

    def living(self, period: int) -> Living:
        """The firms of a quarter, for loops."""
        return self._living[period]

    def _by_quarter(self, demography: Demography, alive: Ints) -> list[Living]:
        """The firms of every quarter; those ``alive`` have shape (cells, periods).

        Where firms close faster, fewer of those that ever entered live; keeping all of the others less often makes
        the proposals of every cell as frequent as its weight says.
        """
        later = demography.entrants(self.plan.firms, self.plan.size_class, 1 + np.arange(alive.shape[1])[:, None])
        entered = np.minimum(self.plan.firms + later, self.capacity)
        share = alive.T / np.maximum(1, entered)
        # Cells of a handful of firms may have lost all but one; they do not set the measure.
        large = self.plan.firms >= _MANY
        valid = np.maximum(0.01, (share[:, large] if large.any() else share).min(axis=1))
        thinning = np.minimum(1.0, valid[:, None] / np.where(share > 0.0, share, 1.0))
        quarters = zip(range(len(valid)), entered, thinning, valid.tolist(), strict=True)
        return [pack(Living(*quarter)) for quarter in quarters]

    def alive(self, rows: Ints, period: int) -> NDArray[np.bool_]:
        """Whether each firm is alive in a quarter."""
        return (self.birth[rows] <= period) & (period < self.death[rows])

    def employees(self, rows: Ints) -> Floats:
        """Employees (årsværk), whole numbers as float64."""
        cells = self.cell_of_row(rows)
        size = self.plan.size_class[cells]
        uniform = self._streams.uniform(Decision.EMPLOYEES, 0, self.ids(rows, cells))
        traits = self.traits
        return employees_rule(
            uniform, traits.employee_floor[size], traits.employee_span[size], traits.employee_skew[size]
        )

    def exporter(self, rows: Ints) -> NDArray[np.bool_]:
        """Whether the firm exports."""
        cells = self.cell_of_row(rows)
        uniform = self._streams.uniform(Decision.EXPORTER, 0, self.ids(rows, cells))
        return np.asarray(uniform < self.traits.exporter_by_cell[cells])

    def regional(self, rows: Ints) -> NDArray[np.bool_]:
        """Whether the firm is far from the organisations' offices (two-valued, M053)."""
        return self._streams.uniform(Decision.REGIONAL, 0, self.ids(rows)) < self.traits.regional_share

    def readiness_mean(self, rows: Ints) -> Floats:
        """The firm's own mean readiness, to which readiness reverts; 0-1."""
        return self.profile(self.ids(rows))[2]

    def profile(self, ids: Ints) -> tuple[NDArray[np.bool_], NDArray[np.bool_], Floats]:
        """Exporter, regional and mean readiness of firms, in one go for those who meet many firms."""
        return profiles(self.firms, self._streams.draws, ids)

    def age(self, rows: Ints, period: int) -> Ints:
        """Age in quarters; firms alive at the start get an age from the stationary age distribution."""
        return period - born(self.firms, rows, self._streams.uniform(Decision.AGE, 0, self.ids(rows)))

    def startup(self, rows: Ints, period: int) -> NDArray[np.bool_]:
        """Whether the firm is an innovative start-up (iværksætter) in a quarter."""
        return np.asarray(period < self.startup_until(rows))

    def startup_until(self, rows: Ints) -> Ints:
        """First quarter in which each firm is no innovative start-up (iværksætter); very early if it never was one."""
        return startups_until(self.firms, self._streams.draws, self.ids(rows))

    def counts(self, periods: int) -> tuple[Ints, Ints, Ints]:
        """Firms entering, closing and alive by quarter, foreign ones left out; each int64, shape (periods,)."""
        domestic = self.rows - int(self.capacity[self.plan.size_class == FOREIGN].sum())
        birth, death = self.birth[:domestic], self.death[:domestic]
        entered = np.bincount(np.clip(birth, -1, periods) + 1, minlength=periods + 2)
        closed = np.bincount(np.clip(death, 0, periods), minlength=periods + 1)
        alive = np.cumsum(entered)[1 : periods + 1] - np.cumsum(closed)[:periods]
        return entered[1 : periods + 1], closed[:periods], alive
