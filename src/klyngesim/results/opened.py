"""Finished directories as a program reads them: tables as pandas, by the names of their files."""

from __future__ import annotations

import tempfile
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING

from klyngesim.results.directories import COMPARISON, PAGE, RUN, SWEEP, any_manifest
from klyngesim.results.indicators import HEADLINES
from klyngesim.results.records import PROGRAMME
from klyngesim.results.runset import RunSet
from klyngesim.scenario.faults import nearest

if TYPE_CHECKING:
    import pandas as pd

MAIN = {RUN: "summary.csv", COMPARISON: "comparison.csv", SWEEP: "indices.csv", PAGE: "validation.csv"}
"""The table that a notebook shows, by what a directory holds."""
SHOWN = 30
"""Rows of it that are shown."""
DIFFERENCE = (
    "scenario",
    "indicator",
    "window",
    "mean_difference",
    "low",
    "high",
    "verdict",
    "outlook",
    "rests_on",
    "n_pairs",
)
"""Columns that are shown of a comparison: the difference, how sure it is, and what it rests on."""


class Results:
    """The tables of a finished directory: of runs, a comparison, a sweep or a page to explore.

    Tables are read when they are asked for; nothing is kept in memory.

    Attributes:
        directory: where they lie.
        kind: what they are of, and which command makes it.
        manifest: what was run, with what, and what came of it.
    """

    def __init__(self, directory: Path | str, temporary: tempfile.TemporaryDirectory[str] | None = None) -> None:
        """Opens a directory that `klyngesim run`, `compare`, `sweep` or `explore` has left.

        Args:
            directory: its path.
            temporary: what holds the directory where nobody asked to keep it; it goes with this object.

        Raises:
            InputError: it is none of these, or of another version; a ValueError.
        """
        self.directory, self._temporary = Path(directory), temporary
        self.kind, self.manifest = any_manifest(self.directory)

    @property
    def names(self) -> tuple[str, ...]:
        """File names of the tables."""
        return tuple(sorted(file.name for file in self.directory.iterdir() if file.suffix in (".csv", ".parquet")))

    def table(self, name: str) -> pd.DataFrame:
        """One table; without an ending ``name`` means the CSV file, or else the Parquet file, of that name.

        Raises:
            KeyError: there is none; the message names the nearest one, and all of them.
        """
        import pandas as pd

        for candidate in (name, f"{name}.csv", f"{name}.parquet"):
            if candidate in self.names:
                path = self.directory / candidate
                return pd.read_csv(path) if path.suffix == ".csv" else pd.read_parquet(path)
        likely = nearest(name, self.names)
        meant = f"; did you mean {likely}?" if likely else ""
        raise KeyError(f"{self.directory} has no table {name!r}{meant} There are {', '.join(self.names)}.")

    @property
    def runs(self) -> RunSet:
        """Runs by quarter, cluster and indicator.

        Raises:
            ValueError: these are no runs.
        """
        if self.kind != RUN:
            raise ValueError(f"{self.directory} holds a {self.kind.name}; only results of `run` have runs by quarter")
        return RunSet.open(self.directory)

    def headline(self) -> pd.DataFrame:
        """The table that says most: of runs the programme in the last full year, else the main table's first rows."""
        main = self.table(MAIN[self.kind])
        if self.kind != RUN:
            return main.head(SHOWN)[list(DIFFERENCE)] if self.kind == COMPARISON else main.head(SHOWN)
        last = main[(main["cluster"] == PROGRAMME) & (main["year"] == main["year"].max())]
        order = {name: position for position, name in enumerate(HEADLINES)}
        chosen = last[last["indicator"].isin(order)].sort_values("indicator", key=lambda names: names.map(order))
        shown: pd.DataFrame = chosen[["indicator", "unit", "year", "mean", "low", "high", "n"]]
        return shown.reset_index(drop=True)

    def __repr__(self) -> str:
        return f"<{self.kind.name} {self._title} in {self.directory}>"

    def _repr_html_(self) -> str:
        """What a notebook shows: what it is, and the table that says most."""
        table = self.headline().to_html(index=False, na_rep="", border=0, float_format=lambda value: f"{value:,.4g}")
        return f"<p><b>{escape(self._title)}</b> ({self.kind.name})</p>{table}"

    @property
    def _title(self) -> str:
        """What was run, and its id."""
        found = self.manifest
        if self.kind == COMPARISON:
            return f"{', '.join(found['variants'])} against {found['baseline']} {found['comparison_id']}"
        if self.kind == SWEEP:
            return f"{', '.join(found['scenarios'])} at {found['points']} points {found['sweep_id']}"
        return f"{found['name']} {found['run_id']}"
