"""Writing a run: long tables as the replicates arrive, yearly tables and manifest at the end.

Only one replicate's arrays are in memory at a time. Replicates must be added in the order of their seeds,
which makes the files and their hashes independent of how many processes made them.
"""

from __future__ import annotations

from contextlib import ExitStack, suppress
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from time import perf_counter
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from klyngesim.errors import OutputFailed
from klyngesim.results import manifest as manifests
from klyngesim.results.aggregate import YearAggregates
from klyngesim.results.csv_tables import write_exact
from klyngesim.results.formats import YEARLY
from klyngesim.results.hashing import ContentHash
from klyngesim.results.records import RunResult
from klyngesim.results.tables import BUILDERS, SCHEMAS
from klyngesim.runs.directory import Place
from klyngesim.runs.jobs import Failure, Run


class RunWriter:
    """Writes one run directory, as a context manager: leaving it by an exception removes what was written.

    The order of calls is ``add`` for every replicate, ``fail`` for every one that failed, ``finish``, then
    ``publish``. Errors of the disk come out as ``OutputFailed``.
    """

    def __init__(self, place: Place, description: dict[str, Any]) -> None:
        """Begin to write into a claimed place; ``description`` comes from ``manifest.describe``."""
        self.place = place
        self.manifest = description
        self.aggregates = YearAggregates()
        self.failures: list[tuple[Run, Failure]] = []
        self._files = ExitStack()
        self._writers: dict[str, pq.ParquetWriter] = {}
        self._hashes: dict[str, ContentHash] = {}
        self._runs: list[dict[str, Any]] = []
        self._last: tuple[int, int] | None = None
        self._published = False
        self._begun = datetime.now(UTC)
        self._clock = perf_counter()

    def __enter__(self) -> RunWriter:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: object) -> None:
        with suppress(OSError, pa.ArrowException):  # a writer that failed fails again when it is closed
            self._files.close()
        if self._published:
            return
        self.place.discard()
        if isinstance(error, OSError | pa.ArrowException):
            raise OutputFailed(f"{self.place.failure(error)}; nothing was kept") from error

    def add(self, result: RunResult) -> None:
        """Write one replicate. ValueError if seeds do not arrive in ascending order."""
        key = (result.seed, result.draw)
        if self._last is not None and key <= self._last:
            raise ValueError(f"seed and draw {key} after {self._last}: they have to ascend")
        self._last = key
        self.aggregates.add(result)
        for name, build in BUILDERS.items():
            table = build(result)
            self._writer(name).write_table(table, row_group_size=max(table.num_rows, 1))
            self._hashes[name].update(table)
        if result.firms_by_class:
            self.manifest.setdefault("population", {"firms_by_class": dict(result.firms_by_class)})
        self.manifest["seeds"]["finished"].append(result.seed)
        self._runs.append({"seed": result.seed, "draw": result.draw, "uniforms": result.uniforms})
        self._runs[-1]["wall_seconds"] = round(result.wall_seconds, 4)

    def fail(self, run: Run, failure: Failure) -> None:
        """Note a replicate that did not finish."""
        self.failures.append((run, failure))

    def finish(self, interrupted: bool = False) -> None:
        """Close the tables, write the yearly ones and the manifest. After this the directory can be read."""
        self._files.close()
        if self.aggregates.n:
            for name, kind in YEARLY.items():
                write_exact(self.place.partial / f"{name}.csv", self.aggregates.rows(name), kind)
        self.manifest["status"] = manifests.status(self.aggregates.n, len(self.failures), interrupted)
        self.manifest["failures"] = [
            {"scenario": run.scenario.name, "seed": run.seed, "draw": run.draw, **asdict(failure)}
            for run, failure in self.failures
        ]
        self.manifest["runs"] = self._runs
        content = {f"{name}.parquet": digest.hexdigest() for name, digest in self._hashes.items()}
        self.manifest["content"] = content
        self.write_manifest()

    def write_manifest(self) -> None:
        """Write the manifest with the hashes of all files there are by now; figures may come after ``finish``."""
        self.manifest["begun"] = self._begun.isoformat(timespec="seconds")
        self.manifest["wall_seconds"] = round(perf_counter() - self._clock, 3)
        manifests.seal(self.place.partial, self.manifest)

    def publish(self) -> Path:
        """Give the directory its name and return it."""
        self._published = True  # also if the name was taken meanwhile: the data are whole and stay where they are
        self.place.publish()
        return self.place.path

    def _writer(self, name: str) -> pq.ParquetWriter:
        """The open parquet file of this table, made at the first replicate."""
        if name not in self._writers:
            path = self.place.partial / f"{name}.parquet"
            self._writers[name] = self._files.enter_context(
                pq.ParquetWriter(path, SCHEMAS[name], compression="zstd", version="2.6")
            )
            self._hashes[name] = ContentHash()
        return self._writers[name]
