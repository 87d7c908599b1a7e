"""Surrogates of differences: exactly nothing as today, right about known functions, honest about their error."""

import numpy as np
import pytest

from klyngesim.explorer.bases import Coding, Process, Products, as_today
from klyngesim.explorer.payload import stride
from klyngesim.explorer.surrogates import explained, fitted, growth, rounded
from klyngesim.priors import Prior
from klyngesim.sweeps.design import Dated, Factor

FACTORS = (
    Factor("one", "number", Prior("one", "uniform", 0.0, 4.0, 1.0), None, Dated("2025Q1")),
    Factor("two", "number", Prior("two", "uniform", 0.0, 1.0, 0.0), None, Dated("2025Q1")),
    Factor("assumed", "number", Prior("assumed", "uniform", -1.0, 1.0, 0.5)),
)
CODING = Coding.of(FACTORS)
PLACES = np.random.default_rng(1).random((160, 3))
VALUES = np.array([[one.prior.value(place) for one, place in zip(FACTORS, row, strict=True)] for row in PLACES])
CODED = CODING(VALUES)
BASES = (Products.of_levers(2, 3), Process(CODED[:20], np.array([0.7, 0.8, 1.5]), 2))


def test_as_today_is_zero_and_the_farther_end_is_one():
    assert CODING(np.array([[1.0, 0.0, 0.5], [4.0, 1.0, -1.0]])).tolist() == [[0, 0, 0], [1, 1, -1]]


@pytest.mark.parametrize("basis", BASES, ids=["products", "process"])
def test_every_function_is_exactly_zero_as_today_whatever_the_assumptions(basis):
    assert basis(as_today(CODED, 2)).tolist() == np.zeros((160, len(basis.penalty))).tolist()
    assert (np.abs(basis(CODED)).max(axis=0) > 0.0).all()


def test_a_process_less_itself_as_today_has_the_covariances_of_that_difference():
    lengths = np.array([0.7, 0.8, 1.5])

    def covariance(a, b):
        root = np.sqrt(5.0 * (((a - b) / lengths) ** 2).sum())
        return (1.0 + root + root**2 / 3.0) * np.exp(-root)

    one, other = CODED[3], CODED[7]
    without = [point * np.array([0.0, 0.0, 1.0]) for point in (one, other)]
    expected = (
        covariance(one, other)
        - covariance(without[0], other)
        - covariance(one, without[1])
        + covariance(without[0], without[1])
    )
    assert Process(CODED, lengths, 2)(CODED)[3, 7] == pytest.approx(expected, rel=1e-12)


def known(coded, noise=0.0):
    """A bend at as today, a product, and an assumption that scales it all; the second year has twice of it."""
    one, two, assumed = coded.T
    bent = 3.0 * one + 2.0 * np.maximum(one, 0.0) + one * two - 1.5 * two * assumed
    luck = noise * np.random.default_rng(2).standard_normal(len(coded))
    return np.stack([bent + luck, 2.0 * bent + luck], axis=1)


def test_a_known_function_is_found():
    found = fitted("members", CODING, CODED, known(CODED), [0, 1], 1)
    fresh = CODING(VALUES * 0.9)
    assert found.kind == "quadratic" and found.r2 > 0.999
    assert found(fresh) == pytest.approx(known(fresh), abs=1e-3)
    assert found(as_today(CODED, 2)).tolist() == np.zeros((160, 2)).tolist()


def test_what_no_quadratic_follows_is_left_to_the_process():
    waves = np.sin(4.0 * CODED[:, :1]) * np.array([1.0, 1.0])
    found = fitted("members", CODING, CODED, waves, [0, 1], 1)
    assert found.kind == "gaussian process" and found.r2 > 0.95


def test_the_band_holds_nine_of_ten_and_nothing_else_as_today():
    found = fitted("members", CODING, CODED, known(CODED, 0.2), [0, 1], 1)
    places = np.random.default_rng(3).random((400, 3))
    fresh = CODING(np.array([[f.prior.value(p) for f, p in zip(FACTORS, row, strict=True)] for row in places]))
    inside = np.abs(found(fresh) - known(fresh, 0.2)) <= found.half * growth(fresh, 2, found.near)[:, None]
    assert (np.abs(inside.mean(axis=0) - 0.9) < 0.05).all()
    assert growth(as_today(fresh, 2), 2, 1.0).tolist() == [0.0] * 400


def test_the_band_grows_as_what_is_left_over_does():
    moved = np.sqrt((CODED[:, :2] ** 2).sum(axis=1))
    luck = np.random.default_rng(5).standard_normal(160)
    near = [
        fitted("members", CODING, CODED, known(CODED) + (0.3 * luck * size)[:, None], [0, 1], 1).near
        for size in (moved, np.ones(160))
    ]
    assert near[0] > near[1]


def test_points_without_a_value_are_left_out():
    torn = known(CODED)
    torn[5] = np.nan
    assert fitted("members", CODING, CODED, torn, [0, 1], 1).r2 > 0.999


def test_outcomes_with_and_without_missing_values_have_the_same_centres():
    waves = np.sin(4.0 * CODED[:, :1]) * np.array([1.0, 1.0])
    torn = waves.copy()
    torn[CODED[:, 0] < -0.2] = np.nan
    whole, less = (fitted("members", CODING, CODED, one, [0, 1], 1) for one in (waves, torn))
    assert whole.kind == less.kind == "gaussian process"
    assert whole.basis.centres.tolist() == less.basis.centres.tolist() and len(less.weights) == 80
    assert (whole.points, less.points) == (160, 160 - int((CODED[:, 0] < -0.2).sum()))


def test_luck_alone_is_not_followed():
    luck = np.random.default_rng(4).standard_normal((160, 2))
    assert fitted("members", CODING, CODED, luck, [0, 1], 1).r2 < 0.2
    assert explained(np.zeros(3), np.array([-1.0, 0.0, 1.0])) == 0.0


def test_sliders_have_round_steps_on_which_the_usual_value_stands():
    assert stride(0.5, 1.5, 1.0) == 0.05 and stride(0.0, 2.0, 0.0) == 0.1
    assert stride(0.02, 0.3, 0.154) == pytest.approx(0.007)
    assert rounded(np.array([1.23456789])).tolist() == [1.234568]


def test_an_outcome_that_nothing_moves_stays_where_it_is():
    found = fitted("members", CODING, CODED, np.zeros((160, 2)), [0, 1], 1)
    assert found(CODED).tolist() == np.zeros((160, 2)).tolist() and found.half_window == 0.0


def test_points_where_no_lever_moves_say_nothing_of_the_band():
    coded = CODED.copy()
    coded[:8] = as_today(coded[:8], 2)
    found = fitted("members", CODING, coded, known(coded, 0.2) * coded[:, :2].any(axis=1)[:, None], [0, 1], 1)
    assert np.isfinite(found.half).all() and found.half_window > 0.0
