"""A calibration and a judgement simulate the scenario that was read, whatever becomes of its file."""

import pickle

import numpy as np
import pytest

from klyngesim.calibration.pipeline import identity_of
from klyngesim.calibration.simulate import WINDOW, ModelSimulator, draws_of
from klyngesim.scenario.loading import read_template
from tests.calibration import toys

TEXT = "name: own\nextends: baseline\nparameters: {trust.gain: 0.35}\n"
SMALL = [WINDOW, "population.scale=0.005"]


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "own.yaml"
    path.write_text(TEXT, encoding="utf-8")
    return path


def test_candidates_are_simulated_from_what_was_read(file):
    simulator = ModelSimulator(read_template(file, SMALL), (("participants", "made"), ("members", "made")))
    before = simulator(toys.TRUTH, 1)
    file.write_text(TEXT.replace("0.35", "0.1"), encoding="utf-8")
    again = pickle.loads(pickle.dumps(simulator))  # as a worker process gets it
    np.testing.assert_array_equal(again(toys.TRUTH, 1), before)
    assert (ModelSimulator(read_template(file, SMALL), simulator.wanted)(toys.TRUTH, 1) != before).any()


def test_draws_are_judged_in_what_was_read(file):
    template = read_template(file, SMALL)
    file.unlink()
    jobs = draws_of([toys.TRUTH, {}], [("members", "made")], template, 7)
    assert [(job.scenario, job.seed) for job in jobs] == [(template.at(toys.TRUTH), 7), (template.scenario, 8)]
    assert jobs[0].scenario.values["spending.absorption"] == toys.TRUTH["spending.absorption"]


def test_the_work_of_a_calibration_belongs_to_its_scenario(file):
    settings, targets = toys.settings(), toys.targets()
    before = identity_of(settings, targets, read_template(file, SMALL).scenario)
    file.write_text(f"# a remark changes nothing\n{TEXT}", encoding="utf-8")
    assert identity_of(settings, targets, read_template(file, SMALL).scenario) == before
    file.write_text(TEXT.replace("0.35", "0.1"), encoding="utf-8")
    assert identity_of(settings, targets, read_template(file, SMALL).scenario) != before
