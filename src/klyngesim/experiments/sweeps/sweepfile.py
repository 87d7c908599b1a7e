"""The sweep file: what is varied, how, and what is looked at; read and checked as a whole before anything runs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from klyngesim.experiments.compared import ComparisonRefused, opened
from klyngesim.experiments.sweeps.choosing import Ranges, choose
from klyngesim.experiments.sweeps.designs import LEVELS, points
from klyngesim.experiments.sweeps.factors import Design, Factor
from klyngesim.experiments.sweeps.peeling import prim_class
from klyngesim.experiments.sweeps.reading import validated, with_lines
from klyngesim.experiments.sweeps.stand_ins import need_sklearn
from klyngesim.experiments.sweeps.table import table_design
from klyngesim.experiments.verdicts import direction
from klyngesim.results.hashing import file_hash
from klyngesim.results.indicators import IDS, indicator
from klyngesim.scenario.faults import Fault, ScenarioFaults, nearest
from klyngesim.scenario.loading import load, name_from
from klyngesim.scenario.scalars import Scalar, tidy
from klyngesim.scenario.schema import Scenario
from klyngesim.scenario.yamlsafe import read

Method = Literal["oat", "morris", "sobol", "lhs", "grid", "table"]


_STAND_INS: dict[str, Any] = {"scenario": "baseline", "method": "lhs", "outcomes": ["members"]}
"""In place of required keys that are missing or wrong, so that the rest of the file can be looked at."""


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Range(_Strict):
    """A range of the file's own, inside the registry's bounds."""

    low: float
    high: float


class SweepFile(_Strict):
    """What stands in the file.

    Attributes:
        scenario: a file or shipped name, or several, the baseline first: outcomes are then paired differences.
        method: how points are laid.
        samples: Sobol base samples (a power of two), Morris trajectories, points of an lhs; not for oat, grid, table.
        levels: places of every factor, for oat, morris and grid.
        replicates: seeds at every point.
        parameters: a grade, ids and patterns, or a map of these to ranges (empty = the registry's).
        switches: M ids and ``parameter=value`` of rival rules as factors, or ``all``.
        dummy: whether a factor that changes the seeds alone is added as a noise floor.
        outcomes: indicators.
        discovery: whether to look for the futures in which a variant loses (extra ``discover``).
        surrogate: whether to work out Sobol indices on a surrogate, with its error (extra ``calibrate``).
        table: CSV file with a column for each parameter and a row for each point, for the method table.
        set: ``PATH=VALUE`` for all runs, such as ``period.end=2034Q4``.
    """

    name: Annotated[str, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")]
    title: dict[Literal["en", "da"], str] = {}
    question: str = ""
    scenario: str | Annotated[list[str], Field(min_length=1)]
    method: Method
    samples: Annotated[int, Field(ge=1)] | None = None
    levels: Annotated[int, Field(ge=2)] | None = None
    replicates: Annotated[int, Field(ge=1)] = 1
    seed: Annotated[int, Field(ge=0)] = 1
    parameters: str | list[str] | dict[str, Range | None] = []
    switches: Literal["all"] | list[str] = []
    dummy: bool = True
    outcomes: Annotated[list[str], Field(min_length=1)]
    discovery: bool = False
    surrogate: bool = False
    table: str | None = None
    set: list[str] = []


@dataclass(frozen=True)
class Sweep:
    """A sweep that can be run.

    Attributes:
        file: what was read, with its settings.
        scenarios: baseline first, at the central values.
        sources: what they are loaded from.
        factors: columns of the design.
        left_out: parameters that a grade or pattern named and that cannot be varied, with the reason.
        fixed: the design of a table, None for the other methods.
        inputs: name and sha256 of the sweep file, and of its table.
    """

    file: SweepFile
    scenarios: tuple[Scenario, ...]
    sources: tuple[str, ...]
    factors: tuple[Factor, ...]
    left_out: tuple[tuple[str, str], ...]
    fixed: Design | None
    inputs: tuple[tuple[str, str], ...]

    @property
    def levels(self) -> int:
        """Places of every factor, for the methods that have them."""
        return self.file.levels or LEVELS.get(self.file.method, 2)

    @property
    def standing(self) -> tuple[Mapping[str, Scalar], ...]:
        """What holds for the whole programme in any scenario at any time, the baseline's beginning first."""
        found: list[Mapping[str, Scalar]] = []
        for scenario in self.scenarios:
            found.append(scenario.values)
            for lever in scenario.timeline:
                if lever.cluster is None:
                    found.append({**found[-1], **lever.values})
        return tuple(found)

    @property
    def points(self) -> int:
        """Number of points."""
        if self.fixed is not None:
            return len(self.fixed)
        return points(self.file.method, self.factors, self.file.samples or 0, self.levels)

    @property
    def runs(self) -> int:
        """Number of runs: points times scenarios times replicates."""
        return self.points * len(self.scenarios) * self.file.replicates


def read_sweep(path: Path) -> Sweep:
    """The sweep in a file.

    Raises:
        ScenarioFaults: everything that is wrong with the file or its scenarios, at once.
    """
    document = read(path)
    found, wrong, faults = validated(SweepFile, document, {"name": name_from(path)}, _STAND_INS)
    named = [found.scenario] if isinstance(found.scenario, str) else found.scenario
    sources = tuple(_source(path, name) for name in named)
    more = [*_method_faults(path, found), *_outcome_faults(path, found)]
    scenarios: tuple[Scenario, ...] = ()
    try:
        scenarios = opened(sources, found.set) if len(sources) > 1 else (load(sources[0], found.set),)
    except ScenarioFaults as refused:
        more += [_at_home(path, sources, fault) for fault in refused.faults]
    except ComparisonRefused as refused:
        more.append(Fault(str(path), "scenario", str(refused), ""))
    at_hand, from_where = (scenarios, sources) if scenarios else ((load("baseline"),), ("baseline",))
    settings = found.set if scenarios else []
    chosen = choose(_ranges(found), found.switches, found.dummy, at_hand, from_where, settings, str(path))
    more += [*chosen.faults, *_centre_faults(path, found, chosen.factors)]
    fixed, inputs = None, [(path.name, document.sha256)]
    if found.method == "table" and found.table is not None:
        fixed, wrong_table = table_design(path.parent / found.table, chosen.factors)
        more += wrong_table
        inputs += [(found.table, file_hash(path.parent / found.table))] if fixed is not None else []
    sweep = Sweep(found, scenarios, sources, chosen.factors, chosen.left_out, fixed, tuple(inputs))
    if found.method != "table" and chosen.factors and (found.samples or found.method in LEVELS):
        try:
            sweep.points  # noqa: B018 - what the method cannot do is said here
        except ValueError as impossible:
            more.append(Fault(str(path), "samples" if found.samples else "method", str(impossible), ""))
    # What follows from a key that is wrong itself has been told with it.
    hushed = {"samples", "levels", "table", "discovery", "surrogate", *wrong} if "method" in wrong else wrong
    faults += [fault for fault in more if fault.file != str(path) or fault.path not in hushed]
    if faults:
        raise ScenarioFaults(with_lines(document, faults))
    return sweep


def _source(path: Path, name: str) -> str:
    """A scenario as seen from the working directory: paths in the file start from its folder."""
    beside = path.parent / name
    return str(beside) if beside.suffix in (".yaml", ".yml") else name


def _at_home(path: Path, sources: Sequence[str], fault: Fault) -> Fault:
    """A scenario that is not there is a fault of the file that names it."""
    if fault.path or fault.file not in sources:
        return fault
    return replace(fault, file=str(path), path="scenario", value=f"{fault.file}: {fault.value}")


def _ranges(found: SweepFile) -> Ranges:
    if isinstance(found.parameters, dict):
        return {key: None if one is None else (one.low, one.high) for key, one in found.parameters.items()}
    words = [found.parameters] if isinstance(found.parameters, str) else found.parameters
    return dict.fromkeys(words)


def _centre_faults(path: Path, found: SweepFile, factors: Sequence[Factor]) -> list[Fault]:
    """Ranges that leave out the value which all other factors are moved around."""
    if found.method != "oat":
        return []
    return [
        Fault(
            str(path),
            f"parameters.{one.id}",
            f"{tidy(one.prior.low)} to {tidy(one.prior.high)}",
            f"a range with the usual value {tidy(one.prior.mode)} in it, which the others are moved around",
        )
        for one in factors
        if one.prior is not None and not one.prior.low <= one.prior.mode <= one.prior.high
    ]


def _method_faults(path: Path, found: SweepFile) -> list[Fault]:
    """Keys that the method needs, or has no use for."""
    faults = []
    needs = found.method in ("morris", "sobol", "lhs")
    if needs and found.samples is None:
        faults.append(Fault(str(path), "samples", "missing", f"a whole number, for method {found.method}"))
    if not needs and found.samples is not None:
        faults.append(Fault(str(path), "samples", str(found.samples), f"nothing, for method {found.method}"))
    if found.method not in LEVELS and found.levels is not None:
        faults.append(Fault(str(path), "levels", str(found.levels), f"nothing, for method {found.method}"))
    if (found.method == "table") != (found.table is not None):
        allowed = "a CSV file" if found.method == "table" else f"nothing, for method {found.method}"
        faults.append(Fault(str(path), "table", str(found.table or "missing"), allowed))
    several = not isinstance(found.scenario, str) and len(found.scenario) > 1
    if found.discovery and (found.method in ("oat", "morris") or not several):
        allowed = "false, but for a baseline with variants and points all over the space (lhs, sobol, grid, table)"
        faults.append(Fault(str(path), "discovery", "true", allowed))
    if found.surrogate and found.method not in ("lhs", "sobol"):
        faults.append(Fault(str(path), "surrogate", "true", "false, but for the methods lhs and sobol"))
    faults += [Fault(str(path), "", said, "") for said in _missing(found.discovery, found.surrogate)]
    return faults


def _missing(discovery: bool, surrogate: bool) -> list[str]:
    """What has to be installed for what is asked, in words."""
    found = []
    for asked, look in ((discovery, prim_class), (surrogate, need_sklearn)):
        try:
            if asked:
                look()
        except ImportError as error:
            found.append(str(error))
    return found


def _outcome_faults(path: Path, found: SweepFile) -> list[Fault]:
    known: Sequence[str] = IDS
    faults = [
        Fault(str(path), "outcomes", name, "each outcome once")
        for name in dict.fromkeys(found.outcomes)
        if found.outcomes.count(name) > 1
    ]
    ways = [direction(indicator(name)) for name in found.outcomes if name in known]
    if found.discovery and ways and not any(ways):
        allowed = "an outcome of which more or less is better, for discovery"
        faults.append(Fault(str(path), "outcomes", ", ".join(found.outcomes), allowed))
    return faults + [
        Fault(str(path), f"outcomes[{place}]", name, "an indicator (klyngesim indicators)", nearest(name, known))
        for place, name in enumerate(found.outcomes)
        if name not in known
    ]
