"""Yearly figures over the replicates of a scenario: what summary.csv, funnel.csv, finance.csv and cohorts.csv say.

Runs are added one at a time and only their yearly figures are kept, so memory does not grow with quarters or
rows.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from klyngesim.results import vocabulary
from klyngesim.results.formats import CohortRow, FinanceRow, FunnelRow, SummaryRow, Yearly
from klyngesim.results.indicators import INDICATORS, index
from klyngesim.results.records import INHERITED, PROGRAMME, RunResult
from klyngesim.results.tables import OERE_PER_MKR
from klyngesim.results.windows import Band, Floats, band, by_year, years_of


class YearAggregates:
    """Yearly figures of the runs of one scenario, added in the order of their seeds (the order of the sums)."""

    def __init__(self) -> None:
        self.scenario = ""
        self.years: list[int] = []
        self.clusters: tuple[str, ...] = ()
        self._accounts: tuple[str, ...] = ()
        self._yearly: list[Floats] = []
        self._finance = np.zeros(0, dtype=np.int64)
        self._funnel = np.zeros(0, dtype=np.int64)
        self._cohorts = np.zeros(0, dtype=np.int64)

    @property
    def n(self) -> int:
        """Number of runs added."""
        return len(self._yearly)

    @property
    def yearly(self) -> Floats:
        """Indicators by year, [R, Y, O+1, K]."""
        return np.stack(self._yearly)

    def add(self, result: RunResult) -> None:
        """Add one run. ValueError if it is not a run of the same scenario over the same quarters."""
        years, values = by_year(result.indicators, result.first_period)
        finance = _finance_by_year(result, years)
        funnel, cohorts = _funnel_by_year(result, years), _cohorts(result)
        if not self._yearly:
            self.scenario, self.years = result.scenario, years
            self.clusters, self._accounts = result.clusters, result.accounts
            self._finance, self._funnel, self._cohorts = finance, funnel, cohorts
        elif (result.scenario, years, result.clusters) != (self.scenario, self.years, self.clusters):
            raise ValueError(f"{result.scenario} seed {result.seed} does not fit the runs of {self.scenario}")
        else:
            self._finance += finance
            self._funnel += funnel
            self._cohorts += cohorts
        self._yearly.append(values)

    def window(self, indicator: str, first: int, last: int, cluster: str = PROGRAMME) -> Band:
        """Mean over the years ``first`` to ``last`` of an indicator, with its band over replicates."""
        chosen = [place for place, year in enumerate(self.years) if first <= year <= last]
        values = self.yearly[:, chosen, self.clusters.index(cluster), index(indicator)]
        there = ~np.isnan(values)
        count = there.sum(axis=1)
        means = np.where(there, values, 0.0).sum(axis=1) / np.maximum(count, 1)
        return band(np.where(count > 0, means, np.nan))

    def rows(self, name: str) -> Iterator[Yearly]:
        """Rows of a table of `formats.YEARLY`; none without a run."""
        made: dict[str, Callable[[], Iterator[Yearly]]] = {
            "summary": self._summary,
            "funnel": self._moves,
            "finance": self._accounts_by_year,
            "cohorts": self._fates,
        }
        return made[name]()

    def _summary(self) -> Iterator[SummaryRow]:
        """Rows of summary.csv: by year, cluster and indicator, where at least one replicate has a value."""
        if not self.n:
            return
        found = band(self.yearly)
        for year, cluster, k in np.argwhere(found.n > 0).tolist():
            item = INDICATORS[k]
            at = (year, cluster, k)
            yield SummaryRow(
                self.scenario, self.years[year], self.clusters[cluster], item.id, item.unit,
                float(found.mean[at]), float(found.low[at]), float(found.high[at]), int(found.n[at]),
            )  # fmt: skip

    def _moves(self) -> Iterator[FunnelRow]:
        """Rows of funnel.csv: moves in each complete year, mean over replicates."""
        for year, cluster, words, mean in self._counted(self._funnel, _FUNNEL_WORDS):
            firm_class, start, end, reason = words
            where = self.scenario, self.years[year], self.clusters[cluster]
            yield FunnelRow(*where, firm_class, start, end, reason, mean, self.n)

    def _fates(self) -> Iterator[CohortRow]:
        """Rows of cohorts.csv: what became of the ideas that entered a stage in a year, mean over replicates."""
        for year, cluster, words, mean in self._counted(self._cohorts, _COHORT_WORDS):
            firm_class, stage, outcome = words
            where = self.scenario, INHERITED + year, self.clusters[cluster]
            yield CohortRow(*where, firm_class, stage, outcome, mean, self.n)

    def _counted(
        self, counts: NDArray[np.int64], vocabularies: Sequence[Sequence[vocabulary.Word]]
    ) -> Iterator[tuple[int, int, list[str], float]]:
        """Year, cluster, words and mean over replicates of every count above zero."""
        for place in np.argwhere(counts > 0).tolist() if self.n else []:
            year, cluster, *codes = place
            words = [names[code].id for names, code in zip(vocabularies, codes, strict=True)]
            yield year, cluster, words, int(counts[tuple(place)]) / self.n

    def _accounts_by_year(self) -> Iterator[FinanceRow]:
        """Rows of finance.csv: accounts of each complete year in mio. kr., mean over replicates."""
        for year, cluster, account in np.ndindex(*self._finance.shape) if self.n else []:
            mkr = int(self._finance[year, cluster, account]) / OERE_PER_MKR / self.n
            name = self._accounts[account]
            yield FinanceRow(self.scenario, self.years[year], self.clusters[cluster], name, mkr, self.n)


_FUNNEL_WORDS = (vocabulary.FIRM_CLASSES, vocabulary.STAGES, vocabulary.STAGES, vocabulary.REASONS)

_COHORT_WORDS = (vocabulary.FIRM_CLASSES, vocabulary.STAGES, vocabulary.OUTCOMES)


def _finance_by_year(result: RunResult, complete: list[int]) -> NDArray[np.int64]:
    """The ledger by complete year, [Y, O, A] oere: payments summed, balances from the first or last quarter."""
    years = years_of(result.first_period, len(result.finance))
    opening = np.array([name.endswith("_opening") for name in result.accounts], dtype=bool)
    closing = np.array([name.endswith("_closing") for name in result.accounts], dtype=bool)
    out = np.zeros((len(complete), *result.finance.shape[1:]), dtype=np.int64)
    for target, year in zip(out, complete, strict=True):
        quarters = result.finance[years == year]
        target[:] = quarters.sum(axis=0)
        target[:, opening] = quarters[0][:, opening]
        target[:, closing] = quarters[-1][:, closing]
    return out


def _funnel_by_year(result: RunResult, complete: list[int]) -> NDArray[np.int64]:
    """Moves by complete year, [Y, O, class, from, to, reason]."""
    rows = result.funnel
    years = years_of(result.first_period, len(result.indicators))[rows.period - result.first_period]
    kept = np.isin(years, complete)
    place = np.searchsorted(complete, years[kept]) if complete else years[:0]
    shape = (len(complete), len(result.organisations), *(len(words) for words in _FUNNEL_WORDS))
    out = np.zeros(shape, dtype=np.int64)
    columns = (rows.organisation, rows.firm_class, rows.from_stage, rows.to_stage, rows.reason)
    np.add.at(out, (place, *(codes[kept] for codes in columns)), rows.count[kept])
    return out


def _cohorts(result: RunResult) -> NDArray[np.int64]:
    """Ideas by year of entry from `INHERITED` on, [Y + 1, O, class, stage, outcome]."""
    rows = result.cohorts
    years = -(-(result.first_period + len(result.indicators)) // 4)
    shape = (1 + years, len(result.organisations), *(len(words) for words in _COHORT_WORDS))
    out = np.zeros(shape, dtype=np.int64)
    place = (rows.entered - INHERITED, rows.organisation, rows.firm_class, rows.stage, rows.outcome)
    np.add.at(out, place, rows.count)
    return out
