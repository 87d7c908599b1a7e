"""Whether a finished directory is as it was left, and whether this version makes its first run again, bit by bit."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Literal

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from klyngesim.results.hashing import content_hash, file_hash
from klyngesim.results.manifest import CRATE, FILE
from klyngesim.results.tables import BUILDERS
from klyngesim.runs.recorded import Recorded
from klyngesim.runs.simulation import run_once

Otherwise = Literal["missing", "changed", "later"]
"""What may be wrong with a file: it is not there, has been changed, or has come since."""


def otherwise(directory: Path, manifest: Mapping[str, Any]) -> Iterator[tuple[str, Otherwise]]:
    """Every file that is not as the manifest has it, with what is wrong."""
    left = {one["path"]: one["sha256"] for one in manifest["outputs"]}
    there = {path.relative_to(directory).as_posix() for path in directory.rglob("*") if path.is_file()}
    there -= {FILE, CRATE}
    for name, digest in left.items():
        if name not in there:
            yield name, "missing"
        elif file_hash(directory / name) != digest:
            yield name, "changed"
    for name in sorted(there - left.keys()):
        yield name, "later"


def first_again(directory: Path, manifest: Mapping[str, Any], run: Recorded) -> tuple[int, list[str]]:
    """Makes the first finished run again; returns its seed and the tables in which it is otherwise.

    Args:
        directory: of the run.
        manifest: its manifest, with a finished run at least.
        run: what the manifest says of it.
    """
    seed = manifest["seeds"]["finished"][0]
    place = manifest["seeds"]["requested"].index(seed)
    draw, scenario = run.drawn[place] if run.drawn else (0, run.template.scenario)
    result = run_once(scenario, seed, draw)
    return seed, [
        f"{name}.parquet"
        for name, build in BUILDERS.items()
        if content_hash(_of_seed(directory / f"{name}.parquet", seed)) != content_hash(build(result))
    ]


def _of_seed(path: Path, seed: int) -> pa.Table:
    """The rows of one run."""
    table = pq.read_table(path)
    return table.filter(pc.equal(table.column("seed"), seed))
