"""Indices of functions for which they are known in closed form."""

import numpy as np
import pytest

from klyngesim.priors import Prior
from klyngesim.sweeps.design import Factor
from klyngesim.sweeps.methods.regression import regression, regressors
from tests.sweeps.functions import (
    ISHIGAMI_S1,
    ISHIGAMI_ST,
    design,
    factors,
    indices_of,
    ishigami,
    rows,
    sobol_g,
    sobol_g_indices,
    values_of,
)

SLOPES = np.array([4.0, -2.0, 1.0, 0.0])
SHARES = SLOPES**2 / (SLOPES**2).sum()


def linear(places):
    return 3.0 + places[:, : len(SLOPES)] @ SLOPES


def sweep(method, function, count, samples, levels=None, dummy=False, seed=1):
    columns = factors(count, dummy)
    laid = design(method, columns, samples, seed, levels, {factor.id: 0.5 for factor in columns})
    return indices_of(laid, function(laid.places)[:, None], seed)


def test_sobol_finds_ishigamis_indices():
    """Within four standard errors of a Monte Carlo estimate, which is more than quasi-random points are off."""
    found = sweep("sobol", ishigami, 3, 2048)
    for name, known in (("S1", ISHIGAMI_S1), ("ST", ISHIGAMI_ST)):
        for row, value in zip(rows(found, name).values(), known, strict=True):
            assert row.low <= value <= row.high
            assert abs(row.value - value) < 0.02
            assert row.high - row.low < 0.2
            assert (row.samples, row.method, row.outcome, row.scenario) == (2048, "sobol", "y", "s")


def test_sobol_finds_the_indices_of_sobols_g():
    a = (0.0, 1.0, 4.5, 9.0, 99.0, 99.0)
    found = sweep("sobol", lambda places: sobol_g(places, a), len(a), 2048)
    first, total = sobol_g_indices(a)
    assert first.sum() < 0.95, "there is an interaction to be found"
    assert np.abs(values_of(found, "S1") - first).max() < 0.02
    assert np.abs(values_of(found, "ST") - total).max() < 0.02
    for name, known in (("S1", first), ("ST", total)):
        inside = [row.low <= value <= row.high for row, value in zip(rows(found, name).values(), known, strict=True)]
        assert all(inside)


def test_ninety_per_cent_intervals_hold_the_truth_about_that_often():
    """Thirty seeds and three factors of S1. Quasi-random points err less than resampling supposes, so rather more."""
    held = []
    for seed in range(30):
        found = sweep("sobol", ishigami, 3, 256, seed=seed)
        held += [
            row.low <= value <= row.high for row, value in zip(rows(found, "S1").values(), ISHIGAMI_S1, strict=True)
        ]
    assert np.mean(held) >= 0.85


def test_intervals_of_a_regression_hold_the_truth_about_as_often_as_they_say():
    """Unlike Sobol' points, noise is independent from point to point. Two standard errors of a share of 80."""
    held = []
    for seed in range(20):
        laid = design("lhs", factors(4), 200, seed)
        noisy = linear(laid.places) + np.random.default_rng(seed).normal(0.0, 2.0, 200)
        spread = np.sqrt((SLOPES**2).sum() / 12.0 + 4.0)
        found = rows(indices_of(laid, noisy[:, None], seed), "src").values()
        held += [
            row.low <= slope / np.sqrt(12.0) / spread <= row.high for row, slope in zip(found, SLOPES, strict=True)
        ]
    assert 0.83 <= np.mean(held) <= 0.97


def test_a_straight_line_through_every_method():
    found = sweep("sobol", linear, 4, 1024)
    assert values_of(found, "S1") == pytest.approx(SHARES, abs=0.01)
    assert values_of(found, "ST") == pytest.approx(SHARES, abs=0.01)

    found = sweep("morris", linear, 4, 10)
    assert values_of(found, "mu") == pytest.approx(SLOPES)
    assert values_of(found, "mu_star") == pytest.approx(np.abs(SLOPES))
    assert values_of(found, "sigma") == pytest.approx(0.0, abs=1e-9)
    assert [row.high - row.low for row in found] == pytest.approx([0.0] * 12, abs=1e-9)

    found = sweep("lhs", linear, 4, 2000)
    assert values_of(found, "src") == pytest.approx(np.sign(SLOPES) * np.sqrt(SHARES), abs=0.03)
    assert values_of(found, "r2") == pytest.approx([1.0])
    assert values_of(found, "prcc")[0] > 0.95 and values_of(found, "prcc")[1] < -0.9

    found = sweep("oat", linear, 4, 0, 5)
    assert values_of(found, "range") == pytest.approx(np.abs(SLOPES))
    assert values_of(found, "lowest_at")[:3].tolist() == [0.0, 1.0, 0.0]
    assert values_of(found, "highest_at")[:3].tolist() == [1.0, 0.0, 1.0]
    assert np.isnan([values_of(found, "lowest_at")[3], values_of(found, "highest_at")[3]]).all()

    found = sweep("grid", linear, 4, 0, 3)
    assert values_of(found, "main") == pytest.approx(SHARES)


def test_regression_recovers_coefficients_exactly():
    """Without noise the coefficients times standard deviations are exact, whatever the points; so is r2."""
    x = np.random.default_rng(1).random((30, 4))
    y = linear(x)
    slopes, partial, explained = (found[..., 0] for found in regression(x, y[:, None]))
    assert slopes * y.std() / x.std(axis=0) == pytest.approx(SLOPES)
    assert (partial.round(6).tolist(), explained) == ([1.0, -1.0, 1.0, 0.0], pytest.approx(1.0))


def test_partial_correlations_are_those_of_residuals():
    """By the definition: the correlation of what is left of both once the other factors are regressed out."""
    chance = np.random.default_rng(2)
    x = chance.random((50, 3))
    x[:, 2] += x[:, 0]
    y = x @ [1.0, 0.5, -1.0] + chance.normal(size=50)
    expected = []
    for column in range(3):
        others = np.column_stack([np.ones(50), np.delete(x, column, axis=1)])
        left = [v - others @ np.linalg.lstsq(others, v, rcond=None)[0] for v in (x[:, column], y)]
        expected.append(np.corrcoef(*left)[0, 1])
    assert regression(x, y[:, None])[1][:, 0] == pytest.approx(expected)


def test_rank_correlation_sees_a_monotone_curve_where_regression_does_not():
    found = sweep("lhs", lambda places: np.exp(12.0 * places[:, 0]), 2, 400)
    assert rows(found, "prcc")["x1"].value == pytest.approx(1.0)
    assert rows(found, "prcc")["x2"].value == 0.0
    assert rows(found, "r2")["all"].value < 0.6


def test_morris_finds_a_product_and_the_direction_of_a_curve():
    """x1 x2 has effects x2 on x1: mean 1/2, and deviation over places 0, 1/3, 2/3, 1 of sqrt(5)/6."""
    found = sweep("morris", lambda places: places[:, 0] * places[:, 1] - (places[:, 2] - 0.5) ** 2, 3, 4000)
    assert rows(found, "mu")["x1"].value == pytest.approx(0.5, abs=0.02)
    assert rows(found, "sigma")["x1"].value == pytest.approx(5.0**0.5 / 6.0, abs=0.02)
    # From 0 to 2/3 and from 1/3 to 1: the parabola is at -1/4 and -1/36, so effects are of +1/3 and of -1/3.
    assert rows(found, "mu")["x3"].value == pytest.approx(0.0, abs=0.02)
    assert rows(found, "mu_star")["x3"].value == pytest.approx(1.0 / 3.0)


def test_oat_finds_the_place_of_an_optimum_inside_the_range():
    found = sweep("oat", lambda places: -((places[:, 0] - 0.25) ** 2), 1, 0, 5)
    assert [row.value for row in found] == pytest.approx([0.5625, 1.0, 0.25])
    assert [row.samples for row in found] == [5, 5, 5]


def test_grid_leaves_an_interaction_to_neither_factor():
    found = sweep("grid", lambda places: (places[:, 0] - 0.5) * (places[:, 1] - 0.5), 2, 0, 5)
    assert values_of(found, "main") == pytest.approx([0.0, 0.0], abs=1e-12)


def stepped(method, samples):
    """A switch worth 3 (variance 9/4), a whole number of 0-3 (5/4) and a number of 0-1 (1/12), added up."""
    columns = [Factor("M01", "switch"), Factor("w", "whole", Prior("w", "uniform", 0.0, 3.0, 1.0)), *factors(1)]
    laid = design(method, columns, samples, 1, 4, {"w": 0.5, "x1": 0.5})
    runs = [laid.values(point) for point in range(len(laid))]
    y = np.array([3.0 * run["M01"] + run["w"] + run["x1"] for run in runs])
    return indices_of(laid, y[:, None], 1)


def test_switches_and_whole_numbers_work_on_their_places():
    known = np.array([9.0 / 4.0, 5.0 / 4.0, 1.0 / 12.0])
    assert values_of(stepped("sobol", 1024), "S1") == pytest.approx(known / known.sum(), abs=0.01)
    found = stepped("lhs", 1024)
    assert values_of(found, "src") == pytest.approx(np.sqrt(known / known.sum()), abs=0.03)
    assert values_of(found, "r2") == pytest.approx([1.0])
    assert values_of(stepped("oat", 0), "range") == pytest.approx([3.0, 3.0, 1.0])
    # Four places of 0-1 have the variance 5/36. Values have four digits.
    known[2] = 5.0 / 36.0
    assert values_of(stepped("grid", 0), "main") == pytest.approx(known / known.sum(), rel=1e-3)


def test_morris_divides_the_whole_worth_of_a_switch_by_a_step_of_two_thirds():
    """So does it with steps of a whole number of four values, two of which lie between any two places of a step."""
    assert values_of(stepped("morris", 20), "mu") == pytest.approx([4.5, 3.0, 1.0], rel=1e-3)


def test_regression_goes_by_the_value_of_a_switch():
    laid = design("lhs", [Factor("M01", "switch"), *factors(1)], 8, 1)
    assert sorted(regressors(laid)[:, 0].tolist()) == [0.0] * 4 + [1.0] * 4
    assert (regressors(laid)[:, 1] == laid.places[:, 1]).all()
