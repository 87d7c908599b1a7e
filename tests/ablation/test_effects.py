"""The comparison itself: windowed, paired by seed, and honest about what could not be run."""

import csv
import io

import numpy as np
import pytest

from klyngesim.experiments import ablation
from klyngesim.results.indicators import IDS, INDICATORS
from klyngesim.results.records import FunnelRows, RunResult
from klyngesim.scenario.loading import read_template
from tests.cli.commands import klyngesim

SMALL = ("population.scale=0.01", "period.end=2022Q4")


def result(early, late, quarters=48):
    """A run whose indicators are ``early`` until 2024 and ``late`` from 2025 on, in every quarter."""
    values = np.full((quarters, 2, len(IDS)), float(early))
    values[16:] = late
    nothing = FunnelRows(*[np.zeros(0, dtype=np.int64)] * 7)
    money = np.zeros((quarters, 1, 1), dtype=np.int64)
    return RunResult("s", 1, 0, 0, ("a",), values, IDS, nothing, money, ("x",), 0, 0.0)


@pytest.mark.parametrize(("quarters", "level"), [(48, 5.0), (12, 3.0)])
def test_means_look_at_2025_and_later_or_at_a_short_run_as_a_whole(quarters, level):
    found = dict(zip(ablation.INDICATORS, ablation.means(result(3.0, 5.0, quarters)), strict=True))
    kinds = {item.id: item.kind for item in INDICATORS}
    for name, value in found.items():
        assert value == (4 * level if kinds[name] == "flow" else level), name


def test_effects_are_paired_by_seed(monkeypatch):
    """Seeds differ by hundreds, the switch by ten: the band of the differences knows only the ten."""

    def fake(scenario, seed):
        return np.full(len(ablation.INDICATORS), 100.0 * seed + (10.0 if scenario.mechanisms_off else 0.0))

    monkeypatch.setattr(ablation, "measure", fake)
    chosen = [variant for variant in ablation.variants() if variant.id == "M011"]
    found = ablation.ablate(read_template("baseline"), chosen, [1, 2, 3])
    assert not found.failures and len(found.effects) == len(ablation.INDICATORS)
    for effect in found.effects:
        assert (effect.difference, effect.low, effect.high, effect.n) == (10.0, 10.0, 10.0, 3)
        assert (effect.baseline, effect.relative, effect.window) == (200.0, 0.05, "2025-2034")


def test_a_variant_that_fails_is_named_and_costs_the_others_nothing(monkeypatch):
    def fake(scenario, seed):
        if scenario.mechanisms_off == ("M012",) and seed == 2:
            raise ValueError("no luck")
        return np.ones(len(ablation.INDICATORS))

    monkeypatch.setattr(ablation, "measure", fake)
    chosen = [variant for variant in ablation.variants() if variant.id in ("M011", "M012")]
    found = ablation.ablate(read_template("baseline"), chosen, [1, 2])
    assert dict(found.failures) == {"M012": "seed 2: ValueError: no luck"}
    assert {effect.variant for effect in found.effects} == {"M011"}


def test_a_switch_that_is_overruled_or_held_is_not_made(tmp_path):
    path = tmp_path / "own.yaml"
    path.write_text(
        "name: own\nextends: baseline\nclusters: {made: {segmentation.level: 0.5}}\n"
        "timeline: [{from: 2025Q1, set: {attendance.rule: demand, attention.response: monotone}}]\n",
        encoding="utf-8",
    )
    template = read_template(path, ["rival.complacency=0.2", "calls.success_rule=capped"])
    found = {variant.id for variant in ablation.variants() if not ablation.reaches(variant, template)}
    overruled = {"attention.response=interior_optimum"}
    held = {"M035", "calls.success_rule=fixed", "rival.complacency=0.5"}
    assert found == overruled | held
    assert all(ablation.reaches(variant, read_template("baseline")) for variant in ablation.variants())


def test_jobs_change_nothing():
    chosen = [variant for variant in ablation.variants() if variant.id in ("M011", "attendance.rule=demand")]
    one, two = (ablation.ablate(read_template("baseline", SMALL), chosen, [1, 2], jobs) for jobs in (1, 2))
    assert one == two
    assert any(effect.difference != 0.0 for effect in one.effects)


def test_the_command_prints_and_writes_every_effect(tmp_path):
    settings = [word for setting in SMALL for word in ("--set", setting)]
    arguments = ("ablate", "--replicates", "2", "--jobs", "1", "--only", "M01*", "--only", "calls.*", *settings)
    done = klyngesim(*arguments, "--out", "effects.csv", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "M011" in done.stdout and "calls.success_rule=fixed" in done.stdout and "paired" in done.stdout
    rows = list(csv.DictReader(io.StringIO((tmp_path / "effects.csv").read_text(encoding="utf-8"))))
    assert {row["indicator"] for row in rows} == set(ablation.INDICATORS)
    assert {row["variant"] for row in rows} >= {"M011", "M018", "calls.success_rule=fixed"}
    again = klyngesim(*arguments, "--out", "effects.csv", cwd=tmp_path)
    assert again.returncode == 2 and "exists already" in again.stderr


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--only", "M999"), "no mechanism or rule"),
        (("nonesuch",), "no such scenario"),
        (("--set", "trust.gian=1"), "trust.gain"),
        (("--out", "nowhere/effects.csv"), "does not exist"),
    ],
)
def test_wrong_input_is_refused_before_anything_runs(arguments, words, tmp_path):
    done = klyngesim("ablate", *arguments, cwd=tmp_path)
    assert done.returncode == 2 and words in done.stderr and "Traceback" not in done.stderr
    assert list(tmp_path.iterdir()) == []
