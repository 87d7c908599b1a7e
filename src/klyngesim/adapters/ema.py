"""The model inside the EMA Workbench: a sweep file as a model with levers, uncertainties and outcomes.

>>> from ema_workbench import perform_experiments  # doctest: +SKIP
>>> model = SweepModel("sweep.yaml")  # doctest: +SKIP
>>> experiments, outcomes = perform_experiments(model, **model.design())  # doctest: +SKIP

What the workbench draws itself (``scenarios=100, policies=10``) and what it searches for is run as well. Every run is
kept in the store, as those of `klyngesim sweep` are, and is not made again.
"""

from __future__ import annotations

import math
import os
import warnings
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from klyngesim.adapters.workbench import (
    PAIRED,
    AbstractModel,
    Drawn,
    ema_workbench,
    faults_of,
    named,
    parameter,
    points,
    value_of,
)
from klyngesim.comparisons.verdicts import direction
from klyngesim.results.indicators import index, indicator
from klyngesim.results.windows import windows_of
from klyngesim.runs.executors import HERE
from klyngesim.runs.jobs import Failure
from klyngesim.runs.store import DEFAULT, RunStore
from klyngesim.runs.tasks import run_tasks
from klyngesim.scenario.faults import Fault, ScenarioFaults, nearest
from klyngesim.streams import Floats
from klyngesim.sweeps.design import Valued
from klyngesim.sweeps.file import read_sweep
from klyngesim.sweeps.rows import point_means
from klyngesim.sweeps.runs import design_of, tasks_at


def mean_of_seeds(values: Sequence[float]) -> float:
    """The mean over the seeds of a point, as a sweep has it; NaN where all runs failed.

    Args:
        values: one a seed, NaN for a failed run.
    """
    return float(point_means(np.array([values], dtype=np.float64))[0])


class SweepModel(AbstractModel):
    """A sweep file as a model of the EMA Workbench.

    ``levers`` are the levers of the file, ``uncertainties`` its parameters, switches and dummy, by their ids with
    underscores for points. What a scenario or policy leaves out is as usual, a lever as today; a value between steps is
    taken to the nearest step.

    ``outcomes`` are means over the seeds of the file: of one scenario ``members``, of several the difference of every
    variant from the baseline, paired by seed, ``members__r3_ten_years``. Each seed's own value is to be had with
    ``model.outcomes = ArrayOutcome("by_seed", variable_name="members")``. A run that fails, and a point that a scenario
    refuses, is NaN, and a warning says why.

    Attributes:
        sweep: the file as it was read.
        store: where finished runs are kept.
    """

    def __init__(self, file: str | os.PathLike[str], store: str | os.PathLike[str] | None = None) -> None:
        """Reads a sweep file; what a reader of its results has to know is a Python warning.

        Args:
            file: a sweep file.
            store: where finished runs are kept; None = the command's.

        Raises:
            ScenarioFaults: with everything that is wrong with the file; a ValueError.
            StoreRefused: the store cannot be used; a ValueError.
        """
        self.sweep = read_sweep(Path(file))
        self._file = os.fspath(file)
        for told in self.sweep.warnings:
            warnings.warn(told, stacklevel=2)
        # The workbench wants letters and digits here, a letter first.
        super().__init__(f"sweep{self.sweep.file.name.title().replace('-', '')}")
        self.store = RunStore(DEFAULT if store is None else Path(store))
        self._window = windows_of(self.sweep.scenarios[0])[0]
        self._measured = dict(self._kept())
        self.levers = [parameter(one) for one in self.sweep.factors if one.dated is not None]
        self.uncertainties = [parameter(one) for one in self.sweep.factors if one.dated is None]
        self.outcomes = [
            ema_workbench.ScalarOutcome(
                name, kind=direction(indicator(outcome)), variable_name=name, function=mean_of_seeds
            )
            for name, (outcome, _) in self._measured.items()
        ]

    def design(self) -> dict[str, Any]:
        """The points of the sweep, as arguments of ``perform_experiments``; their names are their numbers."""
        laid = design_of(self.sweep)
        valued = {number: laid.point(number) for number in range(len(laid))}
        found: dict[str, Any] = {}
        for key, kind, dated in (("scenarios", "Scenario", False), ("policies", "Policy", True)):
            part = {
                number: [(factor, value) for factor, value in point if (factor.dated is not None) == dated]
                for number, point in valued.items()
            }
            if any(part.values()):
                found[key] = points(kind, part)
        return found | ({"combine": PAIRED} if len(found) == 2 else {})

    def run_model(self, scenario: Drawn, policy: Drawn, *constants: Drawn) -> None:
        """Makes the runs of an experiment that the store does not have; called by the workbench.

        Raises:
            ScenarioFaults: a name that is none of the model's, or a value outside its range; a ValueError.
            StoreFailed: the store cannot be written any more.
        """
        faults = [*self._misplaced(scenario, policy), *self._unknown()]
        if faults:
            raise ScenarioFaults(faults)
        point = [(one, value_of(one, scenario if one.dated is None else policy)) for one in self.sweep.factors]
        values = self._values(point)
        self.outcomes_output = {
            name: (values[outcome][place] - values[outcome][0] if place else values[outcome][0]).tolist()
            for name, (outcome, place) in self._measured.items()
        }

    def _kept(self) -> Iterator[tuple[str, tuple[str, int]]]:
        """Every outcome by name: its indicator, and the place of its scenario, 0 where there is but one."""
        for outcome in self.sweep.file.outcomes:
            if len(self.sweep.scenarios) == 1:
                yield outcome, (outcome, 0)
            for place, variant in list(enumerate(self.sweep.scenarios))[1:]:
                yield f"{outcome}__{named(variant.name)}", (outcome, place)

    def _misplaced(self, scenario: Drawn, policy: Drawn) -> Iterator[Fault]:
        """What is wrong with names and values of an experiment.

        The workbench 3.0 leaves the levers of one experiment in the scenario of the next: that is no fault.
        """
        factors = {named(one.id): one for one in self.sweep.factors}
        for here, there, of_levers in ((scenario, policy, False), (policy, scenario, True)):
            for name, value in here.items():
                if name not in factors:
                    allowed = "a factor of the sweep: a name in model.levers or model.uncertainties"
                    yield Fault(self._file, name, "no such factor", allowed, nearest(name, factors))
                elif (factors[name].dated is not None) == of_levers:
                    yield from faults_of(factors[name], value, self._file)
                elif name not in there:
                    said, allowed = ("in a policy", "in a scenario") if of_levers else ("in a scenario", "in a policy")
                    yield Fault(self._file, name, said, allowed)
        for constant in self.constants:
            allowed = "none: what holds in all runs stands in the sweep file, under set"
            yield Fault(self._file, constant.name, "a constant", allowed)

    def _unknown(self) -> Iterator[Fault]:
        """Outcomes that somebody has added and that are not kept."""
        for outcome in self.outcomes:
            for variable in outcome.variable_name:
                if variable not in self._measured:
                    allowed = f"{', '.join(self._measured)}; add an indicator to the outcomes of the sweep file"
                    yield Fault(self._file, outcome.name, variable, allowed, nearest(variable, self._measured))

    def _values(self, point: Valued) -> dict[str, Floats]:
        """Indicators of the programme, shape (scenarios, replicates); NaN = failed, and a warning says why."""
        shape = (len(self.sweep.scenarios), self.sweep.file.replicates)
        found = {outcome: np.full(shape, math.nan) for outcome in self.sweep.file.outcomes}
        try:
            placed = list(tasks_at(self.sweep, point, self._window))
        except ScenarioFaults as refused:
            warnings.warn(f"{self._file}: a point is left out: {refused}", stacklevel=2)
            return found
        tasks = {task.key: task for _, _, task in placed}  # scenarios that come to the same are one run
        for key, run in run_tasks(tasks.values(), self.store, HERE):
            if isinstance(run, Failure):
                warnings.warn(f"{self._file}: a run failed: {run.reason}", stacklevel=2)
                continue
            for place, replicate, task in placed:
                if task.key == key:
                    for outcome, values in found.items():
                        values[place, replicate] = run.indicators[0, -1, index(outcome)]
        return found
