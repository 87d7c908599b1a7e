"""What a user set and does not hold: one rule for every command, told as ``Note:`` on stderr or refused."""

import json

import pytest
from typer.testing import CliRunner

from klyngesim.cli.main import app

CHILD = "name: child\nextends: r4-private-money\nparameters: {fees.level: 3}\n"


@pytest.fixture
def command(tmp_path, monkeypatch):
    """Runs a command in an empty folder, in this process."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "child.yaml").write_text(CHILD, encoding="utf-8")
    return lambda *words: CliRunner().invoke(app, [str(word) for word in words])


def test_check_tells_and_goes_on(command):
    done = command("check", "child.yaml")
    assert done.exit_code == 0 and "OK child.yaml" in done.stdout
    assert "Note: child.yaml:3: parameters.fees.level: 3 holds only up to 2024Q4" in done.stderr


def test_run_tells_and_keeps_it_in_the_manifest(command, tmp_path):
    small = ("--set", "population.scale=0.01", "--set", "period.end=2025Q1")
    done = command("run", "r4-private-money", *small, "--set", "fees.level=3", "--replicates", 1, "--jobs", 1, "-q",
                   "--no-figures", "--out", "run")  # fmt: skip
    assert done.exit_code == 0, done.stderr
    assert "Note: --set: parameters.fees.level: 3 holds in r4-private-money only up to 2024Q4" in done.stderr
    manifest = json.loads((tmp_path / "run" / "manifest.json").read_text(encoding="utf-8"))
    assert [f"Note: {line}" for line in manifest["warnings"]] == done.stderr.splitlines()


@pytest.mark.parametrize(
    "words",
    [
        ("compare", "baseline", "r4-private-money"),
        ("compare", "r4-guard-fees", "baseline"),
        ("ablate", "r4-private-money"),
        ("twin", 1, "baseline", "r4-private-money"),
    ],
)
def test_what_is_to_hold_in_all_runs_and_does_not_is_refused(command, tmp_path, words):
    done = command(*words, "--set", "fees.level=3", "--set", "population.scale=0.01")
    assert done.exit_code == 2
    assert "fees.level: 3 holds in r4-" in done.stderr and "2025Q1" in done.stderr
    assert not list(tmp_path.glob("runs/compare*"))


def test_so_it_is_in_a_sweep_with_one_scenario_or_several(command, tmp_path):
    for scenario in ("r4-private-money", "[baseline, r4-private-money]"):
        text = f"scenario: {scenario}\nset: [population.scale=0.01, fees.level=3]\nmethod: lhs\nsamples: 4\n"
        (tmp_path / "s.yaml").write_text(text + "parameters: [trust.gain]\noutcomes: [members]\n", encoding="utf-8")
        done = command("sweep", "s.yaml", "--dry-run")
        assert done.exit_code == 2
        assert "set[1]" in done.stderr and "fees.level" in done.stderr and "2025Q1" in done.stderr


@pytest.mark.parametrize(
    ("words", "setting", "instead"),
    [
        (("compare", "baseline", "r3-horizon", "--out", "there"), "replicates=3", "--pairs"),
        (("twin", 1, "baseline", "r3-horizon"), "replicates=3", "one run of each scenario"),
        (
            ("ablate", "baseline", "--only", "attendance.rule=*", "--set", "attendance.rule=supply"),
            "seed=3",
            "--seed says the first",
        ),
        (
            ("ablate", "baseline", "--only", "attendance.rule=*", "--set", "attendance.rule=supply"),
            "replicates=3",
            "--replicates says how many",
        ),
    ],
)
def test_settings_that_a_command_has_no_use_for_are_told(command, tmp_path, words, setting, instead):
    (tmp_path / "there").mkdir()  # so that nothing is run, as for what --set holds already
    done = command(*words, "--set", setting, "--set", "population.scale=0.01", "--set", "period.end=2025Q4")
    assert done.exit_code == 2
    (line,) = [line for line in done.stderr.splitlines() if "takes no effect here" in line]
    assert line.startswith(f"Note: --set: {setting.partition('=')[0]}: ") and instead in line
