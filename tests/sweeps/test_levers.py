"""Levers as factors: dated entries of a timeline at every point, exactly nothing where they stand as they do today."""

import re

import numpy as np
import pytest

from klyngesim.runs.executors import HERE
from klyngesim.scenario.faults import ScenarioFaults
from klyngesim.scenario.loading import from_mapping
from klyngesim.sweeps.design import Design
from klyngesim.sweeps.file import read_sweep
from klyngesim.sweeps.points import scenarios_of
from klyngesim.sweeps.runs import design_of, require_points, run_sweep

SMALL = "name: s\nmethod: lhs\nsamples: 4\ndummy: false\noutcomes: [members]\n"
SHORT = "set: [population.scale=0.01, period.end=2025Q4]\n"
LEVERS = """scenario: baseline
levers:
  grant.horizon_years: {low: 2, high: 20, from: 2025Q1, announced: 2024Q4}
  open_call.wait_quarters: {low: 1, high: 9, from: 2025Q1}
  fees.level: {low: 0.5, high: 2, from: 2025Q1, cluster: made}
"""


def read(tmp_path, text):
    path = tmp_path / "sweep.yaml"
    path.write_text(SMALL + text, encoding="utf-8")
    return read_sweep(path)


def faults(tmp_path, text):
    with pytest.raises(ScenarioFaults) as refused:
        require_points(read(tmp_path, text), "sweep.yaml")
    return [str(fault).rpartition("sweep.yaml:")[2] for fault in refused.value.faults]


def moved(sweep, **values):
    """A design of one point: levers at their values, all others as today."""
    places = [one.place(values.get(one.id.partition(".")[2], one.prior.mode)) for one in sweep.factors]
    return Design(sweep.method, sweep.factors, np.array([places]))


def test_a_lever_is_an_entry_of_the_timeline_from_its_date_on(tmp_path):
    sweep = read(tmp_path, LEVERS + SHORT)
    (scenario,) = scenarios_of(moved(sweep, horizon_years=10.0, level=1.25).point(0), sweep.templates, sweep.standing)
    timeline = [
        {"from": "2025Q1", "announced": "2024Q4", "set": {"grant.horizon_years": 10}},
        {"from": "2025Q1", "cluster": "made", "set": {"fees.level": 1.25}},
    ]
    written = from_mapping({"name": "x", "timeline": timeline})
    assert scenario.timeline == written.timeline


def test_levers_move_in_the_steps_of_the_registry(tmp_path):
    sweep = read(tmp_path, LEVERS.replace("high: 9", "high: 4") + SHORT)
    values = [design_of(sweep).values(point) for point in range(4)]
    assert all((4 * one["grant.horizon_years"]).is_integer() for one in values)
    assert {one["open_call.wait_quarters"] for one in values} == {1.0, 2.0, 3.0, 4.0}
    assert [one.kind for one in sweep.factors] == ["stepped", "whole", "number"]


def test_as_today_is_the_scenario_itself_and_so_differs_by_exactly_nothing(tmp_path):
    sweep = read(tmp_path, LEVERS + SHORT)
    (scenario,) = scenarios_of(moved(sweep).point(0), sweep.templates, sweep.standing)
    assert scenario == sweep.scenarios[0]


def test_what_a_variant_sets_itself_may_be_a_lever_and_the_baseline_stays(tmp_path):
    # Both horizons are all that r3-horizon changes, so that with today's nothing is left of it.
    names = ("grant.horizon_years", "grant.deb_horizon_years")
    levers = "".join(f"  {name}: {{low: 2, high: 20, from: 2025Q1}}\n" for name in names)
    sweep = read(tmp_path, f"scenario: [baseline, r3-horizon]\nlevers:\n{levers}{SHORT}")
    ufs, deb = sweep.factors
    places = [[ufs.place(4.0), deb.place(2.0)], [ufs.place(10.0), deb.place(10.0)]]
    both = Design(sweep.method, sweep.factors, np.array(places))
    base, variant = scenarios_of(both.point(1), sweep.templates, sweep.standing)
    assert base == sweep.scenarios[0] and variant == sweep.scenarios[1]
    difference = run_sweep(sweep, both, None, HERE).compared("members")["r3-horizon"]
    assert difference[0, 0] == 0.0 and difference[1, 0] != 0.0


def test_what_is_wrong_with_a_lever_is_said_with_what_to_type(tmp_path):
    levers = """levers:
  grant.horizon_years: {low: 1.1, high: 20, from: 2025Q1}
  grant.budget_facter: {low: 0, high: 1.5, from: 2025Q1}
  grant.budget_factor: {low: 0, high: 1.5, from: 2024Q1, announced: 2026Q4}
  fees.level: {low: 0.5, high: 2, from: 2025-01-01, cluster: mde}
  trust.gain: {low: 0.1, high: 0.2, from: 2025Q1}
  attendance.rule: {low: 0, high: 1, from: 2025Q1}
  sponsorship.level: {low: 0.5, high: 2, from: 2025Q1}
  activity_mix.internationalisation: {low: 0, high: 0.2, from: 2025Q1}
  depth.shift: {low: 0, high: 0.2, form: 2025Q1}
parameters: {sponsorship.level: {low: 0.5, high: 2}}
"""
    found = "\n".join(faults(tmp_path, "scenario: baseline\n" + levers + SHORT))
    for words in (
        "levers.grant.horizon_years: 1.1 to 20; allowed: low below high, inside 0.25 to 40, in steps of 0.25",
        "levers.grant.budget_facter: grant.budget_facter; allowed: a lever (klyngesim levers); "
        "did you mean grant.budget_factor?",
        "levers.grant.budget_factor.announced: '2026Q4'; allowed: a quarter not after 'from' (2024Q1)",
        "levers.fees.level.from: '2025-01-01'",
        "did you mean 2025Q1?",
        "levers.fees.level.cluster: 'mde' is no cluster organisation",
        "did you mean made?",
        "levers.trust.gain: trust.gain; it has no date; vary it in all years: parameters: {trust.gain: {low",
        "levers.attendance.rule: attendance.rule; a choice has no range",
        "levers.sponsorship.level: sponsorship.level; it is varied under parameters too",
        "the organisations' values differ as it begins; name one of them: cluster: made",
        "levers.depth.shift.form: '2025Q1'; allowed: no key of this name; did you mean from?",
    ):
        assert words in found, (words, found)


def test_a_lever_that_the_scenario_overrules_is_refused(tmp_path):
    own = "scenario: r3-ten-years\nlevers: {grant.horizon_years: {low: 2, high: 20, from: 2023Q1}}\n"
    (found,) = faults(tmp_path, own + SHORT)
    assert re.search(r"levers.grant.horizon_years: 2 holds in r3-ten-years only up to 2024Q4: .* 2025Q1", found)
    assert "let it begin no earlier than that" in found
    (found,) = faults(tmp_path, "scenario: r3-ten-years\nparameters: [grant.horizon_years]\n" + SHORT)
    assert "as a lever it can be: levers: {grant.horizon_years: {low: ..., high: ..., from: 2025Q1}}" in found


def test_points_that_cannot_stand_together_are_refused_before_a_run(tmp_path):
    efforts = ("recruit", "retain", "broker", "apply", "project")
    levers = "".join(f"  effort.{name}: {{low: 0, high: 1, from: 2025Q1}}\n" for name in efforts)
    (tmp_path / "points.csv").write_text(",".join(f"effort.{name}" for name in efforts) + "\n1,0,0,0,0\n0,0,0,0,0\n")
    path = tmp_path / "sweep.yaml"
    text = (
        SMALL.replace("lhs\nsamples: 4", "table\ntable: points.csv") + f"scenario: baseline\nlevers:\n{levers}{SHORT}"
    )
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ScenarioFaults) as refused:
        require_points(read_sweep(path), "sweep.yaml")
    (fault,) = refused.value.faults
    assert fault.path == "point 1" and "0" in fault.value


def test_what_has_to_be_known_of_a_lever_is_said(tmp_path):
    text = "scenario: baseline\nlevers: {evaluation.loss: {low: 0.02, high: 0.3, from: 2025Q1}}\n"
    (note,) = [one for one in read(tmp_path, text + SHORT).warnings if one.startswith("levers.")]
    assert "takes no effect" in note and "evaluation.every_years" in note
