"""Indices of a surrogate where the answer is known."""

import sys

import numpy as np
import pytest

from klyngesim.priors import Prior
from klyngesim.sweeps.design import Design, Factor
from klyngesim.sweeps.emulators import coded, folds
from klyngesim.sweeps.methods import METHODS
from klyngesim.sweeps.rows import DUMMY
from klyngesim.sweeps.surrogate import LEAST_R2, Surrogate, surrogate_indices
from tests.sweeps.functions import design

pytest.importorskip("sklearn")


def numbers(count: int) -> tuple[Factor, ...]:
    return tuple(Factor(f"x{at}", "number", Prior(f"x{at}", "uniform", 0.0, 1.0, 0.5)) for at in range(count))


def ishigami(places: np.ndarray) -> np.ndarray:
    """Ishigami & Homma 1990, a = 7, b = 0.1, at places of 0-1."""
    x = np.pi * (2.0 * places - 1.0)
    return np.sin(x[:, 0]) + 7.0 * np.sin(x[:, 1]) ** 2 + 0.1 * x[:, 2] ** 4 * np.sin(x[:, 0])


def known_ishigami() -> dict[str, list[float]]:
    """S1 and ST by formula, of three factors and a dummy."""
    a, b = 7.0, 0.1
    one = 0.5 * (1.0 + b * np.pi**4 / 5.0) ** 2
    two = a * a / 8.0
    both = b * b * np.pi**8 * (1.0 / 18.0 - 1.0 / 50.0)
    total = one + two + both
    return {
        "S1": [one / total, two / total, 0.0, 0.0],
        "ST": [(one + both) / total, two / total, both / total, 0.0],
    }


def held(found: Surrogate, known: dict[str, list[float]], error: float) -> None:
    """Every index is within the error of the known one, and its interval holds it."""
    for name, values in known.items():
        rows = [row for row in found.rows if row.index == name]
        for row, value in zip(rows, values, strict=True):
            assert abs(row.value - value) < error, row
            assert row.low - 0.005 <= value <= row.high + 0.005, row


@pytest.fixture(scope="module")
def of_ishigami() -> Surrogate:
    points = design("lhs", (*numbers(3), Factor(DUMMY, DUMMY)), 192, seed=1)
    return surrogate_indices(points, ishigami(points.places), seed=1, samples=512, refits=8)


def test_ishigami(of_ishigami):
    assert of_ishigami.usable and of_ishigami.why == "" and of_ishigami.points == 192
    assert of_ishigami.chosen.kind == "gaussian process" and of_ishigami.chosen.r2 > 0.9
    held(of_ishigami, known_ishigami(), 0.06)


def test_every_row_says_surrogate_and_the_error(of_ishigami):
    assert len(of_ishigami.rows) == 8
    for row in of_ishigami.rows:
        assert row.method == "surrogate" and row.kind == of_ishigami.chosen.kind
        assert (row.r2, row.rmse) == (of_ishigami.chosen.r2, of_ishigami.chosen.rmse)
        assert row.low < row.value < row.high


def test_the_better_kind_is_chosen_and_errors_agree(of_ishigami):
    process, boosting = of_ishigami.tested
    assert of_ishigami.chosen is min(of_ishigami.tested, key=lambda one: one.rmse)
    for one in of_ishigami.tested:
        assert one.r2 == pytest.approx(1.0 - (one.rmse / one.rmse_of_mean) ** 2)
    assert 0.8 <= process.coverage <= 1.0 and np.isnan(boosting.coverage)


def test_a_linear_model_with_noise():
    weights = np.array([4.0, 2.0, 1.0, 0.0])
    points = design("lhs", numbers(4), 100, seed=1)
    noisy = points.places @ weights + np.random.default_rng(0).normal(0.0, 0.1, 100)
    found = surrogate_indices(points, noisy, seed=1, samples=512, refits=15)
    shares = list(weights**2 / (weights**2).sum())
    assert found.usable and found.chosen.rmse == pytest.approx(0.1, abs=0.05)
    held(found, {"S1": shares, "ST": shares}, 0.03)


def test_jumps_are_for_boosting_and_switches_are_two_places():
    factors = (*numbers(2), Factor("M031", "switch"))
    points = design("lhs", factors, 150, seed=2)
    on = points.places[:, 2] >= 0.5
    steps = np.floor(points.places[:, 0] * 6.0) % 2
    found = surrogate_indices(points, 2.0 * on + steps, seed=2, samples=256, refits=3)
    assert found.chosen.kind == "boosting" and found.usable
    # Variances of the switch and of the steps are 1 and 1/4.
    held(found, {"S1": [0.2, 0.0, 0.8], "ST": [0.2, 0.0, 0.8]}, 0.06)


def test_pure_noise_is_refused():
    points = design("lhs", numbers(4), 100, seed=1)
    found = surrogate_indices(points, np.random.default_rng(0).normal(size=100), seed=1)
    assert not found.usable and found.rows == () and found.least_r2 == LEAST_R2
    assert found.chosen.r2 < 0.2 and f"{found.chosen.r2:.2f}" in found.why and "0.80 is asked" in found.why


def test_noise_is_refused_too_where_points_share_coordinates():
    """In a Sobol design a factor without effect repeats points with their outcome: blocks are left out as a whole."""
    points = design("sobol", (*numbers(2), Factor(DUMMY, DUMMY)), 32, seed=1)
    chance = np.random.default_rng(4)
    lots = {tuple(row): chance.normal() for row in np.unique(points.places[:, :2], axis=0)}
    outcomes = np.array([lots[tuple(row)] for row in points.places[:, :2]])
    found = surrogate_indices(points, outcomes, seed=1)
    assert not found.usable and found.chosen.r2 < 0.2


def test_points_without_an_outcome_are_left_out():
    points = design("lhs", numbers(2), 60, seed=1)
    outcomes = points.places @ np.array([3.0, 1.0])
    outcomes[[3, 17]] = np.nan
    found = surrogate_indices(points, outcomes, seed=1, samples=256, refits=3)
    assert found.points == 58
    held(found, {"S1": [0.9, 0.1], "ST": [0.9, 0.1]}, 0.03)


def test_the_same_seed_gives_the_same_answer():
    points = design("lhs", numbers(2), 40, seed=1)
    outcomes = points.places @ np.array([3.0, 1.0])
    one, two = (surrogate_indices(points, outcomes, seed=6, samples=64, refits=2) for _ in range(2))
    assert one.rows == two.rows


def test_what_cannot_be_done_is_refused():
    points = design("lhs", numbers(2), 60, seed=1)
    outcomes = points.places.sum(axis=1)
    with pytest.raises(ValueError, match="not a design morris"):
        surrogate_indices(Design(METHODS["morris"], points.factors, points.places), outcomes, seed=1)
    with pytest.raises(ValueError, match="60 points need as many outcomes"):
        surrogate_indices(points, outcomes[:5], seed=1)
    with pytest.raises(ValueError, match="too few"):
        surrogate_indices(points, np.where(np.arange(60) < 29, outcomes, np.nan), seed=1)
    with pytest.raises(ValueError, match="depends on nothing"):
        surrogate_indices(points, np.full(60, 7.0), seed=1)
    with pytest.raises(ValueError, match="power of two"):
        surrogate_indices(points, outcomes, seed=1, samples=100)
    with pytest.raises(ValueError, match="1 refits"):
        surrogate_indices(points, outcomes, seed=1, refits=1)


def test_places_as_the_model_sees_them():
    factors = (*numbers(1), Factor("s", "switch"), Factor("w", "whole", Prior("w", "uniform", 1.0, 3.0, 2.0)))
    places = np.array([[0.3, 0.2, 0.1], [0.7, 0.5, 0.5], [1.0, 0.9, 1.0]])
    assert coded(factors, places).tolist() == [[0.3, 0.0, 0.0], [0.7, 1.0, 0.5], [1.0, 1.0, 1.0]]


def test_folds_keep_groups_together_and_leave_out_every_point_once():
    groups = [row // 4 for row in range(40)]
    parts = folds(groups, 5, chance=1)
    assert sorted(np.concatenate(parts).tolist()) == list(range(40))
    assert all(len(part) == 8 and len({groups[row] for row in part}) == 2 for part in parts)


def test_a_missing_extra_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "sklearn.gaussian_process", None)
    points = design("lhs", numbers(2), 60, seed=1)
    with pytest.raises(ImportError, match=r"make install in a checkout, or pip install 'klyngesim\[calibrate\]'"):
        surrogate_indices(points, points.places.sum(axis=1), seed=1)
