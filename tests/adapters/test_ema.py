"""A sweep in the EMA Workbench: the same numbers to the last bit, no run made twice, and words for what is wrong."""

import pickle
import subprocess
import sys
import warnings

import ema_workbench as workbench
import numpy as np
import pandas as pd
import pytest

import klyngesim as ks
from klyngesim.adapters import ema
from klyngesim.experiments.ablation import variants
from klyngesim.runs import tasks
from klyngesim.scenario.faults import ScenarioFaults
from klyngesim.scenario.parameters import registry
from klyngesim.sweeps.rows import point_means
from tests.adapters.worlds import FACTORS, written

Scenario, Policy = (getattr(workbench, name, None) or workbench.Sample for name in ("Scenario", "Policy"))
VARIANT = "r3-ten-years"


@pytest.fixture(scope="module")
def swept(tmp_path_factory):
    """A sweep by itself, and the same one in the workbench, each with a store of its own."""
    folder = tmp_path_factory.mktemp("ema")
    results = ks.sweep(written(folder), store=folder / "store", out=folder / "swept")
    model = ema.SweepModel(folder / "small.yaml", store=folder / "other")
    model.outcomes = [workbench.ArrayOutcome("by_seed", variable_name=f"members__{ema.named(VARIANT)}")]
    return folder, results, workbench.perform_experiments(model, **model.design())


def differences(results, outcome):
    """Variant less baseline, shape (points, seeds), out of the table of all runs."""
    runs = results.table("runs.parquet").sort_values(["point", "seed"])
    sides = [runs[runs["scenario"] == name][outcome].to_numpy().reshape(-1, 2) for name in (VARIANT, "baseline")]
    return sides[0] - sides[1]


def test_the_design_of_the_sweep_gives_its_numbers_to_the_last_bit(swept):
    _, results, (experiments, outcomes) = swept
    assert outcomes["by_seed"].tolist() == differences(results, "members").tolist()
    for outcome in ("members", "participants_unique_year"):
        expected = point_means(differences(results, outcome))
        assert outcomes[f"{outcome}__r3_ten_years"].tolist() == expected.tolist()
        assert expected.any()
    laid = results.table("design")
    for column in laid.columns.drop("point"):
        own = experiments[ema.named(column)].astype(float)
        assert own.to_numpy() == pytest.approx(laid[column].to_numpy(), rel=1e-9), column
    assert experiments["scenario"].tolist() == experiments["policy"].tolist() == laid["point"].tolist()


def test_runs_that_a_sweep_has_made_are_not_made_again(swept, monkeypatch):
    folder, _, (_, before) = swept

    def made(*_):
        raise AssertionError("a run is made again")

    monkeypatch.setattr(tasks, "run_together", made)
    model = ema.SweepModel(folder / "small.yaml", store=folder / "store")
    _, outcomes = workbench.perform_experiments(pickle.loads(pickle.dumps(model)), **model.design())
    for name, values in outcomes.items():
        assert values.tolist() == before[name].tolist()


def test_levers_are_policy_levers_in_steps_and_the_rest_is_uncertain(swept):
    folder, _, _ = swept
    model = ema.SweepModel(folder / "small.yaml", store=folder / "store")
    assert model.name.isalnum() and model.name.isidentifier()
    assert [one.name for one in model.levers] == ["grant_horizon_years", "open_call_wait_quarters", "fees_level"]
    numbers = ["trust_gain", "membership_renewal_elasticity", "evaluation_loss"]
    assert [one.name for one in model.uncertainties] == [*numbers, "M085", "attendance_rule_demand", "dummy"]
    assert [one.kind for one in model.outcomes] == [1, 1]
    assert "grant_horizon_years" in str(model.as_dict() | {"levers": [repr(one) for one in model.levers]})
    horizon, wait, level = model.levers
    drawn = horizon.dist.ppf((np.arange(7300) + 0.5) / 7300)
    values, counts = np.unique(drawn, return_counts=True)
    assert values.tolist() == [2.0 + 0.25 * step for step in range(73)] and set(counts) == {100}
    assert (wait.lower_bound, wait.upper_bound, wait.default) == (1, 9, 4) and isinstance(wait.default, int)
    assert (level.lower_bound, level.upper_bound, level.default) == (0.5, 2.0, 1.0)
    prior = next(one.prior for one in model.sweep.factors if one.id == "trust.gain")
    gain = model.uncertainties["trust_gain"]
    assert gain.dist.ppf([0.1, 0.5]).tolist() == [prior.value(0.1), prior.value(0.5)]
    assert (gain.lower_bound, gain.upper_bound, gain.default) == (prior.low, prior.high, prior.mode)


def test_what_the_workbench_draws_runs_and_what_is_left_out_is_as_today(tmp_path):
    factors = FACTORS.partition("parameters:")[0] + "parameters: [trust.gain]\n"
    model = ema.SweepModel(written(tmp_path, "baseline", factors=factors), store=tmp_path / "store")
    experiments, outcomes = workbench.perform_experiments(model, scenarios=2, policies=2)
    assert len(experiments) == 4 and len(set(outcomes["members"])) > 1
    assert (4 * experiments["grant_horizon_years"] % 1 == 0).all()
    _, untouched = workbench.perform_experiments(model, policies=[Policy("nothing"), Policy("none")])
    today = ks.run("baseline", seed=5, replicates=2, settings=["population.scale=0.01", "period.end=2026Q4"])
    members = today.runs.series("members")
    ends = [label for label in members.index if str(label) in ("2025Q4", "2026Q4")]
    assert untouched["members"].tolist() == [members.loc[ends].to_numpy().mean()] * 2
    between = [Policy("step", grant_horizon_years=10.0), Policy("near", grant_horizon_years=10.1)]
    _, moved = workbench.perform_experiments(model, policies=between)
    assert moved["members"][0] == moved["members"][1] != untouched["members"][0]


def test_a_point_and_a_run_that_fail_are_missing_with_a_reason_and_the_others_go_on(tmp_path, monkeypatch):
    made = tasks.run_together

    def some_fail(scenarios, seed):
        if any(lever.values.get("fees.level", 1.0) > 1.5 for one in scenarios for lever in one.timeline):
            yield from ((place, ArithmeticError("too dear")) for place in range(len(scenarios)))
        else:
            yield from made(scenarios, seed)

    monkeypatch.setattr(tasks, "run_together", some_fail)
    levers = "levers:\n  fees.level: {low: 0.5, high: 2, from: 2025Q1}\n"
    names = ("recruit", "retain", "broker", "apply", "project")
    efforts = "".join(f"  effort.{name}: {{low: 0, high: 1, from: 2025Q1}}\n" for name in names)
    path = written(tmp_path, scenario="baseline", factors=levers + efforts)
    model = ema.SweepModel(path, store=tmp_path / "store")
    today = {one.name: one.default for one in model.levers}
    idle = {f"effort_{name}": 0.0 for name in names}
    changes = {"good": {"fees_level": 1.2}, "dear": {"fees_level": 1.8}, "idle": idle}
    policies = [Policy(name, **{**today, **change}) for name, change in changes.items()]
    with pytest.warns(UserWarning) as told:
        _, outcomes = workbench.perform_experiments(model, policies=policies)
    assert np.isnan(outcomes["members"]).tolist() == [False, True, True]
    said = [str(one.message) for one in told]
    assert any("small.yaml: a run failed: ArithmeticError: too dear" in text for text in said)
    assert any("small.yaml: a point is left out: " in text and "effort" in text for text in said)


@pytest.mark.parametrize(
    ("scenario", "policy", "said"),
    [
        ({"trust_gian": 0.2}, {}, r"trust_gian: no such factor; allowed: .*did you mean trust_gain\?"),
        ({}, {"fees_level": 7.0}, "fees_level: 7; allowed: a number from 0.5 to 2"),
        ({"trust_gain": float("nan")}, {}, r"trust_gain: \.nan; allowed: a number from"),
        ({"M085": 0.5}, {}, "M085: 0.5; allowed: True or False"),
        ({"fees_level": 1.2}, {}, "fees_level: in a scenario; allowed: in a policy"),
        ({}, {"trust_gain": 0.2}, "trust_gain: in a policy; allowed: in a scenario"),
    ],
)
def test_what_is_no_point_of_the_sweep_is_refused(swept, scenario, policy, said):
    model = ema.SweepModel(swept[0] / "small.yaml", store=swept[0] / "store")
    with pytest.raises(ValueError, match=f"small.yaml: {said}"):
        model.run_model(Scenario("one", **scenario), Policy("one", **policy))
    with pytest.raises(workbench.EMAError, match=f"small.yaml: {said}"):
        workbench.perform_experiments(model, scenarios=[Scenario("one", **scenario)], policies=[Policy("p", **policy)])


def test_an_outcome_that_is_not_kept_and_a_constant_are_refused(swept):
    model = ema.SweepModel(swept[0] / "small.yaml", store=swept[0] / "store")
    model.outcomes = [workbench.ScalarOutcome("staff_fte")]
    model.constants = [workbench.Constant("period", 4)]
    with pytest.raises(ScenarioFaults) as refused:
        model.run_model(Scenario("one"), Policy("one"))
    said = str(refused.value)
    assert "staff_fte; allowed: members__r3_ten_years, participants_unique_year__r3_ten_years; add an indicator" in said
    assert "period: a constant; allowed: none: what holds in all runs stands in the sweep file, under set" in said


def test_a_sweep_file_with_faults_is_refused_as_by_the_command_and_leaves_no_store(tmp_path):
    path = written(tmp_path, factors=FACTORS.replace("fees.level", "fees.levle"))
    with pytest.raises(ValueError, match=r"small.yaml:\d+: levers.fees.levle: .*did you mean fees.level\?"):
        ema.SweepModel(path, store=tmp_path / "store")
    assert not (tmp_path / "store").exists()


def test_what_a_reader_has_to_know_is_a_warning(tmp_path):
    with pytest.warns(UserWarning, match="3 points are too few for indices of"):
        ema.SweepModel(written(tmp_path), store=tmp_path / "store")


def test_every_factor_has_a_name_of_its_own_that_is_no_word_of_the_model(swept):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model = ema.SweepModel(swept[0] / "small.yaml", store=swept[0] / "store")
    ids = [*registry(), *(one.id for one in variants()), "dummy"]
    names = [ema.named(one) for one in ids]
    assert all(name.isidentifier() for name in names) and len(set(names)) == len(set(ids))
    assert not [name for name in names if hasattr(model, name)]


@pytest.mark.parametrize("module", ["klyngesim.adapters.ema", "klyngesim.adapters.workbench"])
def test_without_the_workbench_it_says_what_to_install(module):
    code = f"import sys\nsys.modules['ema_workbench'] = None\nimport {module}"
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stderr.splitlines()[-1]
    needs = "ImportError: klyngesim.adapters.ema needs the EMA Workbench: make install in a checkout, or pip install"
    assert said == f"{needs} 'klyngesim[discover]'"


def test_the_table_of_experiments_is_pandas(swept):
    experiments, _ = swept[2]
    assert isinstance(experiments, pd.DataFrame) and experiments["M085"].dtype == bool
    assert experiments["open_call_wait_quarters"].dtype == int
