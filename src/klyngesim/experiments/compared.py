"""What a comparison has made: every scenario on the same lots, with the paired differences at hand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from klyngesim.errors import InputError
from klyngesim.evidence.organisations import organisation_ids
from klyngesim.experiments.lots import Lot
from klyngesim.experiments.paired import Paired, paired
from klyngesim.results.comparison import FEWEST, MAIN
from klyngesim.results.indicators import index
from klyngesim.results.windows import Measured, Window
from klyngesim.results.yearly import Floats
from klyngesim.scenario.faults import Fault, ScenarioFaults
from klyngesim.scenario.loading import read_template
from klyngesim.scenario.span import require, seeds_fault, year_fault
from klyngesim.scenario.warnings import require_held

if TYPE_CHECKING:
    from pathlib import Path

    from klyngesim.scenario.documents import Document
    from klyngesim.scenario.schema import Scenario
    from klyngesim.scenario.template import Template

SMALLEST = "comparison.smallest_effect"
"""Parameter with the smallest effect of interest, as a share of the baseline's level."""


@dataclass
class Runs:
    """All runs of a comparison.

    Attributes:
        scenarios: baseline first, at the central values.
        windows: what the runs were measured in.
        lots: one for each pair.
        measured: a list per scenario, a run for each lot.
        failures: lots that could not be run, with the reason; all scenarios leave them out.
        enough: whether the main intervals are narrower than the smallest effect of interest.
        skipped: lots whose assumed values did not fit together.
        settings: ``PATH=VALUE`` that hold in all runs.
    """

    scenarios: tuple[Scenario, ...]
    windows: tuple[Window, ...]
    lots: list[Lot] = field(default_factory=list)
    measured: list[list[Measured]] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)
    enough: bool = False
    skipped: int = 0
    settings: tuple[str, ...] = ()

    @property
    def organisations(self) -> tuple[str, ...]:
        """Ids of the organisations, in the order of the rows."""
        return organisation_ids()

    @property
    def smallest_effect(self) -> float:
        """Smallest effect of interest, as a share of the baseline's level."""
        return float(self.scenarios[0].values[SMALLEST])

    def values(self, window: int, indicator: str, row: int = -1) -> Floats:
        """An indicator of the programme (or of organisation ``row``), shape (scenarios, pairs)."""
        column = index(indicator)
        return np.array([[run.indicators[window, row, column] for run in runs] for runs in self.measured])

    def paired(self, variant: int, window: int, indicator: str, row: int = -1) -> Paired:
        """The paired differences of a variant (1, 2, ...) from the baseline."""
        values = self.values(window, indicator, row)
        return paired(values[0], values[variant])

    def narrow(self) -> bool:
        """Whether every main interval of the first window is narrower than the smallest effect on either side."""
        if len(self.lots) < FEWEST:
            return False
        for variant in range(1, len(self.scenarios)):
            for indicator in MAIN:
                found = self.paired(variant, 0, indicator)
                if found.n and found.half_width > self.smallest_effect * abs(found.baseline):
                    return False
        return True


def opened(sources: Sequence[str], settings: Sequence[str], seeds: int = 1) -> tuple[Template, ...]:
    """What is to be compared, baseline first; the files are not opened again.

    Args:
        sources: files or shipped names.
        settings: ``PATH=VALUE`` that hold in all of them.
        seeds: how many the comparison may take, from the baseline's first on.

    Raises:
        ScenarioFaults: everything that is wrong with any of them, settings that do not hold in all of them included,
            and what they lack to be measured: seeds, or a whole year.
        InputError: there is no variant, or they differ in population, start or end, or two have one name.
    """
    if len(sources) < 2:
        raise InputError("a comparison needs a baseline and at least one variant: compare BASELINE VARIANT...")
    templates: list[Template] = []
    documents: dict[Path, Document] = {}
    faults: list[Fault] = []
    for source in sources:
        try:
            templates.append(read_template(source, settings, documents=documents))
        except ScenarioFaults as wrong:
            faults += wrong.faults
    if faults:
        raise ScenarioFaults(faults)
    comparable(templates)
    require([seeds_fault(templates[0].origin("seed"), templates[0].scenario.seed, seeds)])
    return tuple(templates)


def comparable(templates: Sequence[Template]) -> None:
    """Checks that scenarios can be compared, and that what is set in all of them holds; raises as `opened`."""
    require_held(template.scenario for template in templates)
    require(year_fault(template) for template in templates)
    base, *variants = (template.scenario for template in templates)
    names = [base.name, *(scenario.name for scenario in variants)]
    for name in names:
        if names.count(name) > 1:
            raise InputError(f"two scenarios are called {name}; in a comparison each needs a name of its own")
    for scenario in variants:
        for what in ("scale", "start", "end"):
            mine, theirs = getattr(scenario, what), getattr(base, what)
            if mine != theirs:
                raise InputError(
                    f"{scenario.name} and {base.name} differ in {what} ({mine} and {theirs}), so their runs cannot be "
                    "paired; take the line out of the variant's file, or set one value for all with --set"
                )
