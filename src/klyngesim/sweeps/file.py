"""The sweep file: what is varied, how, and what is looked at; read and checked as a whole before anything runs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from klyngesim.comparisons.pairs import comparable
from klyngesim.errors import InputError
from klyngesim.scenario import overrides
from klyngesim.scenario.documents import Document
from klyngesim.scenario.faults import Fault, ScenarioFaults
from klyngesim.scenario.loading import name_from, read_template
from klyngesim.scenario.merging import warnings_of
from klyngesim.scenario.models import validated, with_lines
from klyngesim.scenario.parameters import registry
from klyngesim.scenario.scalars import Scalar, tidy
from klyngesim.scenario.schema import Scenario
from klyngesim.scenario.template import Template
from klyngesim.scenario.yamlsafe import read
from klyngesim.sweeps.design import Design, Factor, Method
from klyngesim.sweeps.emulators import FEWEST_POINTS
from klyngesim.sweeps.factor_choice import Ranges, choose
from klyngesim.sweeps.lever_choice import choose_levers
from klyngesim.sweeps.methods import METHODS
from klyngesim.sweeps.methods.lhs import LatinHypercube
from klyngesim.sweeps.methods.regression import Scattered
from klyngesim.sweeps.methods.table import table_design
from klyngesim.sweeps.schema import (
    SweepFile,
    centre_faults,
    is_there,
    method_faults,
    outcome_faults,
    repeats,
    seed_faults,
    set_faults,
)

_STAND_INS: dict[str, Any] = {"scenario": "baseline", "method": LatinHypercube.name, "outcomes": ["members"]}
"""In place of required keys that are missing or wrong, so that the rest of the file can be looked at."""


@dataclass(frozen=True)
class Sweep:
    """A sweep that can be run.

    Attributes:
        file: what was read, with its settings.
        templates: its scenarios, baseline first; their files are not opened again.
        factors: columns of the design.
        left_out: parameters that a grade or pattern named and that cannot be varied, with the reason.
        fixed: the design of a table, None for the other methods.
        inputs: name and sha256 of the sweep file, and of its table.
        notes: what a user has to know of its levers, a sentence each.
    """

    file: SweepFile
    templates: tuple[Template, ...]
    factors: tuple[Factor, ...]
    left_out: tuple[tuple[str, str], ...]
    fixed: Design | None
    inputs: tuple[tuple[str, str], ...]
    notes: tuple[str, ...] = ()

    @property
    def scenarios(self) -> tuple[Scenario, ...]:
        """Baseline first, at the central values."""
        return tuple(template.scenario for template in self.templates)

    @property
    def method(self) -> Method:
        """How points are laid and analysed."""
        return METHODS[self.file.method]

    @property
    def warnings(self) -> tuple[str, ...]:
        """What a reader of the results has to know, a sentence each; that of the scenarios included."""
        found = [
            f"{one.id} is varied from {tidy(one.prior.low)} to {tidy(one.prior.high)}, without its usual value "
            f"{tidy(one.prior.mode)}"
            for one in self.factors
            if one.prior is not None and not one.prior.low <= one.prior.mode <= one.prior.high
        ]
        k = len(self.factors)
        if isinstance(self.method, Scattered) and self.points < k + 2:
            found.append(f"{self.points} points are too few for indices of {k} factors: those take {k + 2} or more")
        return (*found, *self.notes, *warnings_of(self.scenarios))

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
        return self.method.points(self.factors, self.file.samples or 0, self.file.levels)

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
    assert found is not None  # the stand-ins are sound
    named = [found.scenario] if isinstance(found.scenario, str) else found.scenario
    sources = tuple(seen_from(path, name) for name in named)
    more = [*method_faults(path, found), *seed_faults(path, found), *set_faults(path, found)]
    more += [*outcome_faults(path, found), *repeats(path, found)]
    templates, in_the_way = _templates(path, found, sources)
    more += in_the_way
    # What a grade or pattern means hangs on the scenarios: where some are wrong on the others, else on what is usual.
    at_hand = templates or (read_template("baseline"),)
    levers = choose_levers(found.levers, _named_alone(found), at_hand, str(path))
    chosen = choose(_ranges(found), found.switches, found.dummy, at_hand, str(path), levers.factors)
    more += levers.faults
    # Where levers are wrong, that nothing else is varied is no fault.
    no_lever = bool(levers.faults) or "levers" in wrong
    told = [fault for fault in chosen.faults if not (no_lever and fault.path == "parameters")]
    more += [_in_list(found, fault) for fault in (*told, *centre_faults(path, found, chosen.factors))]
    fixed, inputs = None, [(path.name, document.sha256)]
    method = METHODS[found.method]
    if method.from_table and found.table is not None and is_there(path.parent / found.table):
        needed = _named(found) if in_the_way else {factor.id for factor in chosen.factors}
        fixed, digest, wrong_table = table_design(path.parent / found.table, chosen.factors, needed, _named(found))
        more += wrong_table
        inputs.append((found.table, digest))
    sweep = Sweep(found, templates, chosen.factors, chosen.left_out, fixed, tuple(inputs), levers.notes)
    if not method.from_table and chosen.factors and (found.samples or method.levels is not None):
        try:
            laid = method.points(chosen.factors, found.samples or 1, found.levels)
            if found.surrogate and found.samples and laid < FEWEST_POINTS:
                raise ValueError(f"{laid} points; a surrogate needs {FEWEST_POINTS} or more")
        except ValueError as impossible:
            key = "levels" if found.levels and "levels" in str(impossible) else "samples" if found.samples else "method"
            more.append(Fault(str(path), key, str(impossible), ""))
    # What follows from a key that is wrong itself has been told with it.
    hushed = {"samples", "levels", "table", "discovery", "surrogate", *wrong} if "method" in wrong else wrong
    faults += [fault for fault in more if fault.file != str(path) or fault.path not in hushed]
    if faults:
        raise ScenarioFaults(with_lines(document, faults))
    return sweep


def _templates(path: Path, found: SweepFile, sources: Sequence[str]) -> tuple[tuple[Template, ...], list[Fault]]:
    """The scenarios that are sound, and everything that is wrong with the others or between them."""
    sound: list[Template] = []
    documents: dict[Path, Document] = {}
    faults: list[Fault] = []
    for source in sources:
        try:
            sound.append(read_template(source, found.set, documents=documents))
        except ScenarioFaults as refused:
            faults += [_at_home(path, found, sources, fault) for fault in refused.faults]
    if not faults:
        try:
            comparable(sound)
        except ScenarioFaults as refused:
            faults += [_at_home(path, found, sources, fault) for fault in refused.faults]
        except InputError as refused:
            faults.append(Fault(str(path), "scenario", str(refused).replace("with --set", "under set"), ""))
    return tuple(sound), faults


def _named(found: SweepFile) -> set[str]:
    """Factors that the file names by their ids, among other words."""
    return {*_ranges(found), *found.levers, *([] if isinstance(found.switches, str) else found.switches)}


def _named_alone(found: SweepFile) -> list[str]:
    """Parameters that the file names one by one."""
    return [name for name in _ranges(found) if name in registry()]


def seen_from(path: Path, name: str) -> str:
    """A scenario that a sweep file names, from the working directory: paths in the file start from its folder."""
    beside = path.parent / name
    return str(beside) if beside.suffix in (".yaml", ".yml") else name


def _at_home(path: Path, found: SweepFile, sources: Sequence[str], fault: Fault) -> Fault:
    """A scenario that is not there, or a setting that is wrong, is a fault of the file that names it."""
    if fault.file == overrides.FILE:
        keys = [word.partition("=")[0].strip() for word in found.set]
        meant = (fault.path, fault.path.removeprefix("parameters."))
        places = [place for place, key in enumerate(keys) if key in meant or key.startswith(f"{fault.path}.")]
        where = f"set[{places[0]}]" if places else "set"
        return replace(fault, file=str(path), path=where, value=f"{fault.path}: {fault.value}".removeprefix(": "))
    if fault.path or fault.file not in sources:
        return fault
    where = "scenario" if isinstance(found.scenario, str) else f"scenario[{sources.index(fault.file)}]"
    return replace(fault, file=str(path), path=where, value=f"{fault.file}: {fault.value}")


def _in_list(found: SweepFile, fault: Fault) -> Fault:
    """Where parameters are a list, the place in it."""
    word = fault.path.removeprefix("parameters.")
    if isinstance(found.parameters, list) and word in found.parameters:
        return replace(fault, path=f"parameters[{found.parameters.index(word)}]")
    return fault


def _ranges(found: SweepFile) -> Ranges:
    if isinstance(found.parameters, dict):
        return {key: None if one is None else (one.low, one.high) for key, one in found.parameters.items()}
    words = [found.parameters] if isinstance(found.parameters, str) else found.parameters
    return dict.fromkeys(words)
