"""``klyngesim calibrate`` and ``klyngesim run --posterior`` from outside."""

import csv
import json
import subprocess
import sys

import pytest
import yaml

from klyngesim.posterior import shipped_file
from klyngesim.scenario.parameters import registry
from tests.cli.commands import environment, klyngesim

TINY = {
    "waves": [20, 20],
    "chains": {"walkers": 32, "steps": 40, "burn_in": 10},
    "verdict": {"draws": 6, "seeds_per_draw": 1, "first_seed": 900_001},
    "shipped": 3,
    "recovery": {"trials": 1, "walkers": 32, "steps": 40, "burn_in": 10},
    "check": {"population": 4, "generations": 1},
}


def tiny_settings(folder, **changes):
    """The shipped settings with less work under --quick."""
    data = yaml.safe_load(shipped_file("settings.yaml").read_text(encoding="utf-8"))
    data["quick"] |= TINY
    path = folder / "settings.yaml"
    path.write_text(yaml.safe_dump(data | changes), encoding="utf-8")
    return path


@pytest.mark.slow
def test_quick_from_start_to_posterior(tmp_path):
    pytest.importorskip("sklearn")
    settings = tiny_settings(tmp_path)
    command = ("calibrate", settings, "--quick", "--out", "out", "--jobs", 1)
    done = klyngesim(*command, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "wave-1: 0 of 20" in done.stderr and "verdict: 6 of 6" in done.stderr
    assert "Posterior:   out/posterior.csv" in done.stdout
    with (tmp_path / "out" / "posterior.csv").open() as file:
        rows = list(csv.DictReader(file))
    # So few candidates on so few firms can leave a single draw with weight; three are asked for at most.
    assert [row["draw"] for row in rows] == [str(number) for number in range(len(rows))]
    assert 2 <= len(rows) <= 4
    for row in rows:
        assert all(registry()[name].validate(float(value)) is None for name, value in list(row.items())[2:])
    found = json.loads((tmp_path / "out" / "diagnostics.json").read_text())
    assert list(found["posterior"]) == list(rows[0])[2:]

    batches = {path: path.stat().st_mtime_ns for path in (tmp_path / "out").rglob("batch-*.json")}
    again = klyngesim(*command, cwd=tmp_path)
    assert again.returncode == 0 and again.stdout == done.stdout
    assert batches == {path: path.stat().st_mtime_ns for path in (tmp_path / "out").rglob("batch-*.json")}

    first = min(batches)
    first.write_bytes(first.read_bytes()[:-40])
    broken = klyngesim(*command, cwd=tmp_path)
    assert broken.returncode == 2 and first.name in broken.stderr and "simulated again" in broken.stderr
    other = klyngesim("calibrate", settings, "--out", "out", cwd=tmp_path)
    assert other.returncode == 2 and "differs in scenario, settings" in other.stderr


def test_wrong_settings_run_nothing(tmp_path):
    settings = tiny_settings(tmp_path, cut_off=0, period_end="2023Q9")
    done = klyngesim("calibrate", settings, "--out", "out", cwd=tmp_path)
    assert done.returncode == 2 and "cut_off" in done.stderr
    settings = tiny_settings(tmp_path, period_end="2023Q9")
    done = klyngesim("calibrate", settings, "--out", "out", cwd=tmp_path)
    assert done.returncode == 2 and "period_end: '2023Q9'" in done.stderr and not (tmp_path / "out").exists()


@pytest.mark.parametrize("missing", ["sklearn", "emcee"])
def test_without_the_extra_it_says_what_to_install(tmp_path, missing):
    code = f"import sys; sys.modules[{missing!r}] = None; from klyngesim.cli.main import app; app(['calibrate'])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=tmp_path, env=environment())
    assert done.returncode == 2
    assert f"needs {missing}: make install in a checkout, or pip install 'klyngesim[calibrate]'" in done.stderr


def test_runs_under_posterior_draws(tmp_path):
    small = ("--set", "population.scale=0.01", "--set", "period.end=2022Q4", "--no-figures", "--jobs", 1)
    done = klyngesim("run", "baseline", "--posterior", 3, "--seed", 5, *small, "--out", "out", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    manifest = json.loads((tmp_path / "out" / "manifest.json").read_text())
    draws = [run["draw"] for run in manifest["runs"]]
    assert [run["seed"] for run in manifest["runs"]] == [5, 6, 7]
    assert manifest["draws"] == draws and len(set(draws)) == 3 and min(draws) >= 1
    assert manifest["calibrated"] is True
    # A draw alone gives what it gave among the others: run it by hand.
    with shipped_file("posterior.csv").open() as file:
        row = list(csv.DictReader(file))[draws[1]]
    values = [item for name in list(row)[2:] for item in ("--set", f"{name}={row[name]}")]
    alone = klyngesim("run", "baseline", "--replicates", 1, "--seed", 6, *small, *values, "--out", "one", cwd=tmp_path)
    assert alone.returncode == 0, alone.stderr
    import pandas as pd

    together = pd.read_parquet(tmp_path / "out" / "indicators.parquet").query("seed == 6")
    single = pd.read_parquet(tmp_path / "one" / "indicators.parquet")
    assert together["value"].tolist() == single["value"].tolist()
    assert set(together["draw"]) == {draws[1]}


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--posterior", 3, "--replicates", 2), "give it without --replicates"),
        (("--posterior", 100_000), "allowed: 1 to"),
        (("--posterior", 0), "greater than or equal to 1"),
    ],
)
def test_impossible_numbers_of_draws(tmp_path, arguments, words):
    done = klyngesim("run", "baseline", *arguments, "--out", "out", cwd=tmp_path)
    assert done.returncode == 2 and words in done.stderr
    assert not (tmp_path / "out").exists()


def test_a_run_is_called_calibrated_under_the_central_draw_only(tmp_path):
    with shipped_file("posterior.csv").open() as file:
        central = {name: float(value) for name, value in list(next(csv.DictReader(file)).items())[2:]}
    small = ("--set", "population.scale=0.01", "--set", "period.end=2021Q4", "--replicates", 1, "--no-figures")
    values = [item for name, value in central.items() for item in ("--set", f"{name}={value!r}")]
    cases = {"plain": [], "central": values, "beside": [*values[:-1], f"{values[-1].partition('=')[0]}=0.5"]}
    for name, settings in cases.items():
        done = klyngesim("run", "baseline", *small, *settings, "--out", name, cwd=tmp_path)
        assert done.returncode == 0, done.stderr
        manifest = json.loads((tmp_path / name / "manifest.json").read_text())
        expected = all(manifest["scenario"]["parameters"][key] == value for key, value in central.items())
        assert manifest["calibrated"] is expected
        assert ("not the calibrated parameters" in done.stdout) is not expected
        assert expected or name != "central"
        assert not expected or name != "beside"
