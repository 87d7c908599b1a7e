"""Every file that a user names is read once: what happens to it while a command runs changes nothing.

The model is made up, so that the commands take seconds: its numbers follow every value of a scenario and the seed.
"""

import hashlib
import json
import sys
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from klyngesim.cli.main import app
from klyngesim.comparisons import pairs
from klyngesim.experiments import ablation
from klyngesim.posterior import shipped_file
from klyngesim.results.indicators import IDS
from klyngesim.results.vocabulary import FIRM_CLASSES, STAGES
from klyngesim.results.windows import BY_ORGANISATION, Measured
from klyngesim.runs import replicates
from klyngesim.runs.tasks import run_tasks
from klyngesim.sweeps import runs as sweep_runs
from tests.results import fakes
from tests.runs.workers import Singly

FILES = {
    "parent.yaml": "name: parent\nextends: baseline\nparameters: {trust.gain: 0.31}\n",
    "variant.yaml": "name: variant\nextends: parent.yaml\n"
    "timeline: [{from: 2025Q1, set: {segmentation.level: 1, fees.level: 1.5}}]\n",
    "points.csv": "trust.decay_quarter,evaluation.loss,M085\n0.02,0.1,0\n0.03,0.2,1\n0.04,0.05,0\n",
    "asked.yaml": "name: asked\nscenario: [baseline, variant.yaml]\nmethod: table\ntable: points.csv\nreplicates: 2\n"
    "parameters: [trust.decay_quarter, evaluation.loss]\nswitches: [M085]\ndummy: false\n"
    "outcomes: [members]\nset: [period.end=2026Q4]\n",
}
OTHERS = {
    "parent.yaml": FILES["parent.yaml"].replace("0.31", "0.4"),
    "variant.yaml": FILES["variant.yaml"].replace("1.5", "3").replace("variant", "other"),
    "points.csv": FILES["points.csv"].replace("0.05", "0.25"),
    "asked.yaml": FILES["asked.yaml"].replace("2026Q4", "2027Q4"),
}
COMMANDS = {
    "compare": "compare parent.yaml variant.yaml --end 2026Q4 --pairs 25 --at-least 2 --breakeven 2 --switches 1 "
    "--over posterior --store store --jobs 1 --no-figures --quiet --out out",
    "sweep": "sweep asked.yaml --store store --jobs 1 --no-figures --quiet --out out",
    "run": "run variant.yaml --posterior 4 --jobs 1 --no-figures --quiet --out out",
    "ablate": "ablate variant.yaml --replicates 2 --only M0* --jobs 1 --quiet --out effects.csv",
}
SCENARIO = {"parent.yaml", "variant.yaml"}
USED = {"compare": SCENARIO, "sweep": set(FILES), "run": SCENARIO, "ablate": SCENARIO}
TIMES = ("begun", "wall_seconds")
SHIPPED = {"compare": {"posterior.csv"}, "run": {"posterior.csv"}}


def level(scenario, seed):
    """A number that follows every value that a scenario has, at any date and for anybody."""
    parts = [scenario.values, *scenario.organisation_values.values(), *(lever.values for lever in scenario.timeline)]
    numbers = [value for part in parts for value in part.values() if isinstance(value, float)]
    return float(np.log1p(np.abs(numbers)) @ np.arange(1.0, len(numbers) + 1.0)) + 0.37 * seed


def measured(scenario, seed, windows):
    """What is kept of a made-up run."""
    numbers = level(scenario, seed) + np.arange(14.0 * len(IDS)).reshape(1, 14, len(IDS)).repeat(len(windows), axis=0)
    moves = np.zeros((len(windows), 14, len(FIRM_CLASSES), len(STAGES)))
    years = (scenario.end + 1) // 4
    parts = np.ones((years, len(numbers[0]) - 1, len(BY_ORGANISATION)))
    return Measured(numbers, moves, np.tile(numbers[0, -1], (years, 1)), parts)


def simulated(scenario, seed, draw=0):
    """A made-up run as it is recorded."""
    run = fakes.simulate(fakes.FakeScenario(scenario.name), seed, draw)
    run.indicators[:] = level(scenario, seed) + run.indicators
    return run


def means(scenario, seed):
    """What an ablation keeps of a made-up run."""
    return level(scenario, seed) + np.arange(float(len(ablation.INDICATORS)))


@pytest.fixture
def made(tmp_path, monkeypatch):
    """``made(command, disturb)`` gives everything in the directory it leaves; ``disturb`` is called in every run."""

    def run(command, disturb):
        folder = tmp_path / disturb.__name__
        folder.mkdir()
        monkeypatch.chdir(folder)
        for name, text in FILES.items():
            (folder / name).write_text(text, encoding="utf-8")

        def between(function):
            return lambda *given: (disturb(), function(*given))[1]

        for module in (pairs, sweep_runs):
            monkeypatch.setattr(module, "run_tasks", partial(run_tasks, measured=Singly(between(measured))))
        monkeypatch.setattr(replicates, "run_once", between(simulated))
        monkeypatch.setattr(ablation, "measure", between(means))
        done = CliRunner().invoke(app, COMMANDS[command].split())
        assert done.exit_code == 0, done.output
        left = [path for path in folder.rglob("*") if path.is_file() and path.name not in FILES]
        found = {path.relative_to(folder).as_posix(): path.read_bytes() for path in left if "store" not in path.parts}
        manifest = json.loads(found.pop("out/manifest.json", b"{}"))
        sworn = {key: value for key, value in manifest.items() if key not in TIMES}
        return found, sworn, done.stdout

    return run


def nothing():
    """The files stay as they are."""


def edited():
    """The files change, all at once."""
    for name, text in OTHERS.items():
        Path(name).write_text(text, encoding="utf-8")


@pytest.mark.parametrize("command", COMMANDS)
def test_files_that_are_edited_midway_change_nothing(command, made):
    tables, manifest, said = made(command, nothing)
    assert tables and said
    assert made(command, edited) == (tables, manifest, said)
    if manifest:
        inputs = {entry["path"]: entry["sha256"] for entry in manifest["inputs"]}
        assert inputs.keys() == USED[command] | {"baseline.yaml"} | SHIPPED.get(command, set())
        digests = {name: hashlib.sha256(text.encode()).hexdigest() for name, text in FILES.items()}
        digests["posterior.csv"] = hashlib.sha256(shipped_file("posterior.csv").read_bytes()).hexdigest()
        assert all(inputs[name] == digest for name, digest in digests.items() if name in inputs)


OPENED: list[str] | None = None


def _heed(event, given):
    if OPENED is not None and event == "open" and isinstance(given[0], str) and "r" in (given[1] or "r"):
        OPENED.append(given[0].rpartition("/")[2])


sys.addaudithook(_heed)


@pytest.mark.parametrize("command", COMMANDS)
def test_every_file_is_opened_once(command, made):
    global OPENED
    OPENED = []
    try:
        made(command, nothing)
        assert sorted(name for name in OPENED if name in FILES) == sorted(USED[command])
    finally:
        OPENED = None
