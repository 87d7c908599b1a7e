"""What a shell is offered behind a Tab, asked as a shell asks."""

import os
import subprocess
import sys

import pytest


def offered(*words):
    """What is offered for the last of some words of the command."""
    settings = {"COMP_WORDS": " ".join(("klyngesim", *words)), "COMP_CWORD": str(len(words))}
    environment = {**os.environ, **settings, "_KLYNGESIM_COMPLETE": "complete_bash"}
    code = "import sys; sys.argv = ['klyngesim']; from klyngesim.cli.main import app; app(prog_name='klyngesim')"
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=False)
    return done.stdout.split()


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (("comp",), ["compare"]),
        (("run", "baseline-"), ["baseline-indexed"]),
        (("compare", "baseline", "r3-h"), ["r3-horizon"]),
        (("run", "baseline", "--set", "fees.l"), ["fees.level=", "fees.large="]),
        (("plot", "members_j"), ["members_joined"]),
        (("firms", "--cluster", "ma"), ["made"]),
    ],
)
def test_names_are_completed(words, expected):
    found = offered(*words)
    assert set(expected) <= set(found)
    assert all(name.startswith(words[-1]) for name in found)


def test_scenario_files_are_offered_beside_names(tmp_path, monkeypatch):
    (tmp_path / "mine.yaml").touch()
    (tmp_path / "minutes.txt").touch()
    (tmp_path / "mine").mkdir()
    monkeypatch.chdir(tmp_path)
    assert offered("run", "min") == ["mine/", "mine.yaml"]
    assert offered("run", f"{tmp_path}/mine.") == [f"{tmp_path}/mine.yaml"]


def test_behind_the_equals_sign_nothing_is_offered():
    assert offered("run", "baseline", "--set", "fees.level=") == []
