"""Fitting a rival rule anew, on a toy whose answer is known."""

import numpy as np
import pytest

from klyngesim.calibration.simulate import Run
from klyngesim.scenario.loading import read_template
from tests.calibration.toys import FITTED, TRUTH, settings, targets, toy

rival_fit = pytest.importorskip("klyngesim.calibration.rival_fit", exc_type=ImportError)

LEVEL = FITTED[0]
FACTOR = 1.25
RIVAL = {"attendance.rule": "demand"}


def under(draw):
    """The rival rule: everything that the first parameter says counts for more."""
    return {**draw, **RIVAL}


def simulated(jobs, *_):
    """The toy under the rule of its job."""
    found = []
    for job in jobs:
        values = {name: job.scenario.values[name] for name in FITTED}
        values[LEVEL] *= FACTOR if RIVAL.items() <= job.scenario.values.items() else 1.0
        found.append(Run(toy(values, job.seed), None))
    return found


@pytest.fixture
def draws():
    """A posterior of the rules in force, around the truth."""
    chance = np.random.default_rng(7)
    return [{name: value * (1.0 + 0.08 * chance.standard_normal()) for name, value in TRUTH.items()} for _ in range(60)]


def test_a_rival_finds_parameters_of_its_own(monkeypatch, draws):
    monkeypatch.setattr(rival_fit, "simulate_all", simulated)
    work = {"candidates": 200, "wider": 2.5, "walkers": 24, "steps": 600, "burn_in": 200}
    found = rival_fit.refit("toy", under, draws, read_template("baseline"), targets(), {}, settings(rivals=work), 1)
    assert len(found) == len(draws) and all(RIVAL.items() <= draw.items() for draw in found)
    for name in FITTED:
        wanted = TRUTH[name] / (FACTOR if name == LEVEL else 1.0)
        values = np.array([draw[name] for draw in found])
        assert np.median(values) == pytest.approx(wanted, rel=0.06), name
        assert np.quantile(values, 0.05) < wanted < np.quantile(values, 0.95), name


def test_candidates_are_wider_than_the_posterior_and_inside_the_prior():
    points = 0.4 + 0.05 * np.random.default_rng(1).standard_normal((300, 4))
    work = settings().rivals.model_copy(update={"candidates": 5000, "wider": 2.0})
    found = rival_fit.widened(points, work, 1, "any")
    # Twice the spread, a quarter of its variance on top from the half step.
    assert found.std(axis=0) == pytest.approx(2.0 * np.sqrt(1.25) * points.std(axis=0), rel=0.05)
    assert found.mean(axis=0) == pytest.approx(points.mean(axis=0), abs=0.01)
    widest = rival_fit.widened(points, work.model_copy(update={"wider": 30.0}), 1, "any")
    assert widest.min() == 0.0 and widest.max() == 1.0
