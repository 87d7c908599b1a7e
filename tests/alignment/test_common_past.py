"""Runs that share their past are the same as runs from the beginning, whatever differs after it."""

import numpy as np
import pytest

from klyngesim.ecosystem.model import Ecosystem
from klyngesim.runs.simulation import run_once, run_together
from klyngesim.scenario.loading import from_mapping, load, shipped
from klyngesim.scenario.schema import parting

SMALL = ["population.scale=0.01", "period.end=2026Q4"]


def equal(one, other):
    """To the last byte."""
    assert one.scenario == other.scenario
    assert one.uniforms == other.uniforms
    assert one.firms_by_class == other.firms_by_class
    np.testing.assert_array_equal(one.indicators, other.indicators)
    np.testing.assert_array_equal(one.finance, other.finance)
    for name in ("period", "organisation", "firm_class", "from_stage", "to_stage", "reason", "count"):
        np.testing.assert_array_equal(getattr(one.funnel, name), getattr(other.funnel, name))


@pytest.mark.slow
def test_every_shipped_scenario_is_the_same_from_the_common_past_as_from_the_beginning():
    scenarios = [load("baseline", SMALL)]
    scenarios += [
        variant
        for name in shipped()
        if name != "baseline" and 0 < parting(scenarios[0], variant := load(name, SMALL)) <= variant.end
    ]
    assert len(scenarios) > 20
    runs = dict(run_together(scenarios, 5))
    assert runs.keys() == set(range(len(scenarios)))
    for place, scenario in enumerate(scenarios):
        equal(runs[place], run_once(scenario, 5))


def lever(start, **values):
    timeline = [{"from": start, "set": values}]
    return from_mapping({"extends": "baseline", "timeline": timeline}, f"from {start}", SMALL)


def test_scenarios_leave_one_after_the_other_and_some_never_or_at_once():
    late, early = lever("2026Q3", **{"grant.budget_factor": 0.0}), lever("2021Q2", **{"grant.budget_factor": 2.0})
    other = load("baseline", [*SMALL, "trust.gain=0.2"])
    scenarios = [load("baseline", SMALL), late, early, load("baseline", SMALL), other]
    runs = list(run_together(scenarios, 7))
    assert [place for place, _ in runs] == [4, 2, 1, 3, 0]
    for place, run in runs:
        equal(run, run_once(scenarios[place], 7))
    assert not np.array_equal(dict(runs)[0].indicators[-1], dict(runs)[1].indicators[-1], equal_nan=True)


def test_a_branch_leaves_the_model_alone_and_a_late_one_is_refused():
    base, variant = load("baseline", SMALL), lever("2022Q1", **{"grant.budget_factor": 0.0})
    model = Ecosystem(base, 3)
    model.run_until(4)
    branch = model.branch(variant)
    branch.run()
    model.step()
    with pytest.raises(ValueError, match="part in quarter 4, before quarter 5"):
        model.branch(variant)
    equal(model.run(), run_once(base, 3))


def breaking(monkeypatch, when):
    """Makes a quarter of the model fail."""
    step = Ecosystem.step

    def broken(self):
        if when(self):
            raise ArithmeticError(f"{self.scenario.name} in {self.world.period}")
        step(self)

    monkeypatch.setattr(Ecosystem, "step", broken)


def three():
    """The baseline and two that leave it in quarters 4 and 8."""
    cut = {"grant.budget_factor": 0.5}
    return [load("baseline", SMALL), lever("2022Q1", **cut), lever("2023Q1", **cut)]


def outcomes(scenarios):
    return {place: str(run) if isinstance(run, Exception) else "run" for place, run in run_together(scenarios, 3)}


def test_what_fails_after_the_parting_fails_alone(monkeypatch):
    scenarios = three()
    breaking(monkeypatch, lambda model: model.scenario is scenarios[1] and model.world.period == 6)
    assert outcomes(scenarios) == {0: "run", 1: "from 2022Q1 in 6", 2: "run"}


def test_what_fails_in_the_common_past_fails_for_all_who_share_it(monkeypatch):
    scenarios = three()
    breaking(monkeypatch, lambda model: model.scenario is scenarios[0] and model.world.period == 6)
    assert outcomes(scenarios) == {0: "baseline in 6", 1: "run", 2: "baseline in 6"}
