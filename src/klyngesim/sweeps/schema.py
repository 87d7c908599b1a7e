"""The keys of a sweep file, and the checks that need several of them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import Field

from klyngesim.comparisons.verdicts import direction
from klyngesim.results.comparison import FEWEST
from klyngesim.results.indicators import IDS, indicator
from klyngesim.scenario.faults import Fault, nearest
from klyngesim.scenario.layers import Origin
from klyngesim.scenario.limits import MOST_SEEDS, seeds_fault
from klyngesim.scenario.models import Line, Strict, Text, Whole
from klyngesim.scenario.parameters import registry
from klyngesim.scenario.scalars import tidy
from klyngesim.scenario.schema import DIALECT
from klyngesim.scenario.suggestions import LONGEST, NAME
from klyngesim.sweeps.design import MOST_POINTS, Factor
from klyngesim.sweeps.emulators import need_sklearn
from klyngesim.sweeps.methods import METHODS
from klyngesim.sweeps.prim import prim_class

if TYPE_CHECKING:
    MethodName = str
else:
    MethodName = Literal[tuple(METHODS)]


class Range(Strict):
    """A range of the file's own, inside the registry's bounds."""

    low: float
    high: float


class LeverRange(Strict):
    """A lever as a factor: its range, and the entry of a timeline that sets it."""

    low: float
    high: float
    start: str = Field(alias="from")
    announced: str | None = None
    cluster: str | None = None


class ExploreKeys(Strict):
    """What the page of klyngesim explore has beside levers and parameters.

    Attributes:
        presets: scenarios on buttons, as exact runs.
        pairs: pairs of runs of every preset with the scenario.
        held_out: points that the surrogates are tested on and not fitted to.
        trade_off: two outcomes to weigh against each other; the first two unless said.
        note: what a reader has to know of the assumptions, by language: those that decide and have no slider.
    """

    presets: Annotated[list[str], Field(min_length=1, max_length=12)]
    pairs: Annotated[Whole, Field(ge=FEWEST, le=1000)] = 20
    held_out: Annotated[Whole, Field(ge=30, le=1000)] = 40
    trade_off: Annotated[list[str], Field(min_length=2, max_length=2)] | None = None
    note: dict[Literal["en", "da"], Line] = Field(default_factory=dict)


class SweepFile(Strict):
    """What stands in the file.

    Attributes:
        scenario: a file or shipped name, or several, the baseline first: outcomes are then paired differences.
        method: how points are laid.
        samples: Sobol base samples (a power of two), Morris trajectories, points of an lhs; not for oat, grid, table.
        levels: places of every factor, for oat, morris and grid.
        replicates: seeds at every point.
        parameters: a grade, ids and patterns, or a map of these to ranges (empty = the registry's).
        levers: parameters with a range that hold from a date on, in every scenario but the baseline of several.
        switches: M ids and ``parameter=value`` of rival rules as factors, or ``all``.
        dummy: whether a factor that changes the seeds alone is added as a noise floor.
        outcomes: indicators.
        discovery: whether to look for the futures in which a variant loses (extra ``discover``).
        surrogate: whether to work out Sobol indices on a surrogate, with its error (extra ``calibrate``).
        table: CSV file with a column for each parameter and a row for each point, for the method table.
        set: ``PATH=VALUE`` for all runs, such as ``period.end=2034Q4``.
        explore: what `klyngesim explore` needs to make a page of the sweep.
    """

    name: Annotated[str, Field(pattern=f"^{NAME.pattern}$", max_length=LONGEST)]
    title: dict[Literal["en", "da"], Line] = Field(default_factory=dict)
    question: Text = ""
    scenario: str | Annotated[list[str], Field(min_length=1)]
    method: MethodName
    samples: Annotated[Whole, Field(ge=1, le=MOST_POINTS)] | None = None
    levels: Annotated[Whole, Field(ge=2, le=1000)] | None = None
    replicates: Annotated[Whole, Field(ge=1, le=MOST_SEEDS)] = 1
    seed: Annotated[Whole, Field(ge=0)] = 1
    parameters: str | list[str] | dict[str, Range | None] = Field(default_factory=list)
    levers: dict[str, LeverRange | None] = Field(default_factory=dict)
    switches: Literal["all"] | list[str] = Field(default_factory=list)
    dummy: bool = True
    outcomes: Annotated[list[str], Field(min_length=1)]
    discovery: bool = False
    surrogate: bool = False
    table: str | None = None
    set: list[str] = Field(default_factory=list)
    explore: ExploreKeys | None = None

    def settings(self) -> dict[str, Any]:
        """The keys as plain data; those of levers and pages only where they are used: other sweeps keep their ids."""
        unused = {key for key in ("levers", "explore") if not getattr(self, key)}
        return self.model_dump(mode="json", by_alias=True, exclude=unused)


def json_schema() -> dict[str, Any]:
    """The JSON Schema of sweep files: keys and types from `SweepFile`, words of the model where a list has them."""
    found = SweepFile.model_json_schema()
    properties: dict[str, Any] = found["properties"]
    for told in (found, found["$defs"]["ExploreKeys"]):
        about = dict(re.findall(r"^ {4}(\w+): (.+)$", told.pop("description"), re.MULTILINE))
        for key, text in about.items():
            told["properties"][key]["description"] = text[0].upper() + text[1:]
    properties["outcomes"]["items"] = {"enum": list(IDS)}
    ranges = {name: {"anyOf": [{"$ref": "#/$defs/Range"}, {"type": "null"}]} for name in registry()}
    properties["parameters"]["anyOf"][-1]["properties"] = ranges
    dated = {name: {"$ref": "#/$defs/LeverRange"} for name, one in registry().items() if one.dated and not one.choices}
    properties["levers"] |= {"properties": dated, "additionalProperties": False}
    return {"$schema": DIALECT, "title": "klyngesim sweep file", **_standard(found)}


def _standard(node: Any) -> Any:
    """The same in the words of JSON Schema for bounds, which pydantic keeps under its own where a type is ours."""
    if isinstance(node, dict):
        return {{"ge": "minimum", "le": "maximum"}.get(key, key): _standard(value) for key, value in node.items()}
    return [_standard(value) for value in node] if isinstance(node, list) else node


def centre_faults(path: Path, found: SweepFile, factors: Sequence[Factor]) -> list[Fault]:
    """Ranges that leave out the value which all other factors are moved around."""
    if not METHODS[found.method].centred:
        return []
    return [
        Fault(
            str(path),
            f"{'levers' if one.dated else 'parameters'}.{one.id}",
            f"{tidy(one.prior.low)} to {tidy(one.prior.high)}",
            f"a range with the usual value {tidy(one.prior.mode)} in it, which the others are moved around",
        )
        for one in factors
        if one.prior is not None and not one.prior.low <= one.prior.mode <= one.prior.high
    ]


def method_faults(path: Path, found: SweepFile) -> list[Fault]:
    """Keys that the method needs, or has no use for."""
    faults = []
    method = METHODS[found.method]
    if method.samples and found.samples is None:
        faults.append(Fault(str(path), "samples", "missing", f"a whole number, for method {found.method}"))
    if not method.samples and found.samples is not None:
        faults.append(Fault(str(path), "samples", str(found.samples), f"nothing, for method {found.method}"))
    if method.levels is None and found.levels is not None:
        faults.append(Fault(str(path), "levels", str(found.levels), f"nothing, for method {found.method}"))
    if method.from_table != (found.table is not None):
        allowed = "a CSV file" if method.from_table else f"nothing, for method {found.method}"
        faults.append(Fault(str(path), "table", str(found.table or "missing"), allowed))
    elif found.table is not None and not is_there(path.parent / found.table):
        tables = [one.name for one in path.parent.glob("*.csv")]
        what, near = "no such file", nearest(found.table, tables)
        if found.table in tables:
            what, near = "not a regular file", None
        faults.append(Fault(str(path), "table", f"{found.table}: {what}", "a CSV file beside this one", near))
    several = not isinstance(found.scenario, str) and len(found.scenario) > 1
    if found.discovery and not (method.spreads and several):
        those = ", ".join(one.name for one in METHODS.values() if one.spreads)
        allowed = f"false, but for a baseline with variants and points all over the space ({those})"
        faults.append(Fault(str(path), "discovery", "true", allowed))
    if found.surrogate and not method.surrogate:
        those = " and ".join(one.name for one in METHODS.values() if one.surrogate)
        faults.append(Fault(str(path), "surrogate", "true", f"false, but for the methods {those}"))
    faults += [Fault(str(path), key, said, "") for key, said in _missing(found.discovery, found.surrogate)]
    return faults


def is_there(path: Path) -> bool:
    """Whether there is such a file; no for a name that no file can have."""
    try:
        return path.is_file()
    except (OSError, ValueError):
        return False


def repeats(path: Path, found: SweepFile) -> list[Fault]:
    """What stands twice in a list."""
    lists = {"outcomes": found.outcomes, "parameters": found.parameters, "switches": found.switches}
    return [
        Fault(str(path), f"{key}[{place}]", name, "each of them once")
        for key, names in lists.items()
        if isinstance(names, list)
        for place, name in enumerate(names)
        if name in names[:place]
    ]


def seed_faults(path: Path, found: SweepFile) -> list[Fault]:
    """A first seed after which there are not enough."""
    fault = seeds_fault(Origin(str(path), "seed"), found.seed, found.replicates * (2 if found.dummy else 1))
    return [] if fault is None else [fault]


def set_faults(path: Path, found: SweepFile) -> list[Fault]:
    """Settings that the sweep file has keys of its own for, or that would give all scenarios one name."""
    faults = []
    for place, word in enumerate(found.set):
        key = word.partition("=")[0].strip()
        if key in ("seed", "replicates"):
            faults.append(Fault(str(path), f"set[{place}]", word, f"{key} as a key of the sweep file"))
        elif key == "name":
            faults.append(Fault(str(path), f"set[{place}]", word, "no name: scenarios keep their own"))
    return faults


def _missing(discovery: bool, surrogate: bool) -> list[tuple[str, str]]:
    """What has to be installed for what is asked, by key and in words."""
    found = []
    for key, asked, look in (("discovery", discovery, prim_class), ("surrogate", surrogate, need_sklearn)):
        try:
            if asked:
                look()
        except ImportError as error:
            found.append((key, str(error)))
    return found


def outcome_faults(path: Path, found: SweepFile) -> list[Fault]:
    """Outcomes that are no indicators, or have no better and worse where that is asked for."""
    known: Sequence[str] = IDS
    faults = []
    ways = [direction(indicator(name)) for name in found.outcomes if name in known]
    if found.discovery and ways and not any(ways):
        allowed = "an outcome of which more or less is better, for discovery"
        faults.append(Fault(str(path), "outcomes", ", ".join(found.outcomes), allowed))
    return faults + [
        Fault(str(path), f"outcomes[{place}]", name, "an indicator (klyngesim indicators)", nearest(name, known))
        for place, name in enumerate(found.outcomes)
        if name not in known
    ]
