"""Reading runs: the same questions for one run and for many.

>>> RunSet.open("runs/baseline").summary()  # doctest: +SKIP
>>> RunSet.open("runs/baseline", "runs/r3-ten-year-horizon").series("members")  # doctest: +SKIP
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

from klyngesim.results import manifest as manifests
from klyngesim.results.formats import YEARLY, Yearly
from klyngesim.results.records import PROGRAMME, RunResult

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa


class RunSet:
    """Runs of one or several scenarios, from directories or straight from the model.

    Tables come as pandas DataFrames and are read when asked for; nothing is kept. ``manifests`` holds one
    manifest per directory and is empty for runs in memory.
    """

    def __init__(
        self,
        long: Callable[[str], pa.Table],
        yearly: Callable[[str], pd.DataFrame],
        manifests: Sequence[dict[str, Any]] = (),
    ) -> None:
        """For internal use; see ``open`` and ``of``."""
        self._long = long
        self._yearly = yearly
        self.manifests = tuple(manifests)

    @classmethod
    def open(cls, *directories: Path | str) -> RunSet:
        """The runs in these directories. FileNotFoundError or ValueError if one is no run directory."""
        paths = [Path(directory) for directory in directories]
        found = [manifests.read(path) for path in paths]

        def long(name: str) -> pa.Table:
            import pyarrow as pa
            import pyarrow.parquet as pq

            from klyngesim.results.tables import SCHEMAS

            files = [path / f"{name}.parquet" for path in paths]
            tables = [pq.read_table(file) for file in files if file.is_file()]
            whole = pa.concat_tables(tables) if tables else SCHEMAS[name].empty_table()
            return whole.unify_dictionaries()

        def yearly(name: str) -> pd.DataFrame:
            import pandas as pd

            files = [path / f"{name}.csv" for path in paths]
            frames = [pd.read_csv(file) for file in files if file.is_file()]
            return pd.concat(frames, ignore_index=True) if frames else _frame(name, [])

        return cls(long, yearly, found)

    @classmethod
    def of(cls, results: Sequence[RunResult]) -> RunSet:
        """Runs in memory, as ``Ecosystem.run`` returns them."""
        ordered = sorted(results, key=lambda result: (result.scenario, result.seed, result.draw))

        def long(name: str) -> pa.Table:
            import pyarrow as pa

            from klyngesim.results import tables

            parts = [tables.BUILDERS[name](result) for result in ordered]
            whole = pa.concat_tables(parts) if parts else tables.SCHEMAS[name].empty_table()
            return whole.unify_dictionaries()

        def yearly(name: str) -> pd.DataFrame:
            from klyngesim.results.aggregate import YearAggregates

            by_scenario: dict[str, YearAggregates] = {}
            for result in ordered:
                by_scenario.setdefault(result.scenario, YearAggregates()).add(result)
            rows = [row for found in by_scenario.values() for row in found.rows(name)]
            return _frame(name, rows)

        return cls(long, yearly)

    @property
    def run_ids(self) -> tuple[str, ...]:
        """Run ids of the directories."""
        return tuple(manifest["run_id"] for manifest in self.manifests)

    @property
    def failures(self) -> list[dict[str, Any]]:
        """Replicates that did not finish, over all directories."""
        return [failure for manifest in self.manifests for failure in manifest["failures"]]

    def indicators(self, indicator: str | None = None, cluster: str | None = None) -> pd.DataFrame:
        """``scenario, seed, draw, period, cluster, indicator, value``, of one indicator or cluster or of all."""
        return self._filtered("indicators", indicator=indicator, cluster=cluster)

    def funnel(self, cluster: str | None = None) -> pd.DataFrame:
        """Moves of episodes by quarter."""
        return self._filtered("funnel", cluster=cluster)

    def finance(self, account: str | None = None, cluster: str | None = None) -> pd.DataFrame:
        """The ledger by quarter, in mio. kr."""
        return self._filtered("finance", account=account, cluster=cluster)

    def cohorts(self, cluster: str | None = None) -> pd.DataFrame:
        """Ideas by stage and year of entry, and what became of them."""
        return self._filtered("cohorts", cluster=cluster)

    def series(self, indicator: str, cluster: str = PROGRAMME) -> pd.DataFrame:
        """One indicator, a row per period and a column per (scenario, seed, draw)."""
        long = self.indicators(indicator, cluster)
        for column in ("scenario", "period"):  # a pivot over categories would make columns for absent ones
            long[column] = long[column].astype(str)
        wide = long.pivot(index="period", columns=["scenario", "seed", "draw"], values="value")
        return wide.sort_index(axis=1)

    def summary(self) -> pd.DataFrame:
        """``scenario, year, cluster, indicator, unit, mean, low, high, n``."""
        return self._yearly("summary")

    def funnel_by_year(self) -> pd.DataFrame:
        """Moves of episodes by year, mean over replicates."""
        return self._yearly("funnel")

    def finance_by_year(self) -> pd.DataFrame:
        """The ledger by year in mio. kr., mean over replicates."""
        return self._yearly("finance")

    def cohorts_by_year(self) -> pd.DataFrame:
        """Ideas by stage and year of entry, mean over replicates."""
        return self._yearly("cohorts")

    def _filtered(self, name: str, **equal: str | None) -> pd.DataFrame:
        import pyarrow.compute as pc

        table = self._long(name)
        for column, word in equal.items():
            if word is not None:
                table = table.filter(pc.equal(table.column(column).cast("string"), word))
        frame: pd.DataFrame = table.to_pandas()
        return frame


def _frame(name: str, rows: list[Yearly]) -> pd.DataFrame:
    import pandas as pd

    columns = [field.name for field in fields(YEARLY[name])]
    return pd.DataFrame([asdict(row) for row in rows], columns=columns)
