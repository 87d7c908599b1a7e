"""Distances, implausibility, likelihood and the correction by known answers."""

from dataclasses import replace

import numpy as np
import pytest

from klyngesim.calibration.correction import correct, inclusion
from klyngesim.calibration.misfit import (
    FAR,
    Expectation,
    Yardstick,
    bend,
    discrepancies,
    implausibility,
    log_likelihood,
    straighten,
    unexplained,
)
from tests.calibration import toys

CERTAIN = np.zeros(1)


def yardstick(*rows):
    """Targets given as (kind, scale, observed, low, high, tolerance)."""
    template = toys.targets()[0]
    return Yardstick.of(
        [
            replace(
                template, id=f"t{n}", observable=kind, scale=scale, observed=observed, low=low, high=high, tolerance=tol
            )
            for n, (kind, scale, observed, low, high, tol) in enumerate(rows)
        ]
    )


def misses(measure, *values):
    return measure.miss(measure.bent(np.array([values], dtype=float)))[0]


def test_bending_is_its_own_inverse_and_the_identity_near_zero():
    distances = np.array([-FAR, -3.0, -1e-3, 0.0, 1e-3, 3.0, FAR])
    assert straighten(bend(distances)) == pytest.approx(distances)
    assert bend(np.array([1e-3]))[0] == pytest.approx(1e-3, rel=1e-6)


def test_misses_of_numbers_on_both_scales():
    measure = yardstick(("a", "linear", 10.0, None, None, 2.0), ("a", "log", 10.0, None, None, 0.1))
    assert misses(measure, 14.0, 10.0 * np.exp(-0.3)) == pytest.approx([2.0, -3.0])


def test_misses_of_ranges_and_bounds():
    measure = yardstick(
        ("a", "linear", None, 0.1, 0.3, 0.05),
        ("a", "linear", None, 0.5, None, 0.1),
        ("a", "log", None, None, 20.0, 0.5),
    )
    assert misses(measure, 0.2, 0.9, 3.0) == pytest.approx([0.0, 0.0, 0.0], abs=1e-9)
    assert misses(measure, 0.0, 0.2, 20.0 * np.exp(1.0)) == pytest.approx([-2.0, -3.0, 2.0])
    assert misses(measure, 0.4, 0.5, 20.0) == pytest.approx([2.0, 0.0, 0.0], abs=1e-9)


def test_what_is_not_defined_or_has_no_logarithm_is_far_too_low():
    measure = yardstick(("a", "linear", 1.0, None, None, 1.0), ("a", "log", 1.0, None, None, 1.0))
    assert misses(measure, np.nan, 0.0) == pytest.approx([-FAR, -FAR])


def test_implausibility_is_the_root_mean_square_by_kind():
    measure = yardstick(*[("a", "linear", 0.0, None, None, 1.0)] * 2, ("b", "linear", 0.0, None, None, 1.0))
    exact = Expectation(bend(np.array([[3.0, 4.0, 2.0]])), np.zeros(3), np.zeros(3))
    none = np.zeros(2)
    assert implausibility(exact, measure, none)[0] == pytest.approx([np.sqrt(12.5), 2.0])
    # Three times the tolerance's variance added on the straight scale halves what one tolerance gave.
    slope = np.cosh(exact.mean / 2.0) ** 2
    unsure = replace(exact, error=(1.0 / slope)[0], noise=(2.0 / slope)[0])
    assert implausibility(unsure, measure, none)[0] == pytest.approx([np.sqrt(12.5) / 2.0, 1.0])
    assert implausibility(exact, measure, np.array([3.0, 0.0]))[0] == pytest.approx([np.sqrt(12.5) / 2.0, 2.0])


def test_the_likelihood_is_the_normal_one():
    measure = yardstick(("a", "linear", 0.0, None, None, 1.0), ("b", "linear", 0.0, None, None, 1.0))
    exact = Expectation(bend(np.array([[1.0, 2.0]])), np.zeros(2), np.zeros(2))
    assert log_likelihood(exact, measure, np.zeros(2))[0] == pytest.approx(-2.5)
    assert log_likelihood(exact, measure, np.array([0.0, 3.0]))[0] == pytest.approx(-1.0 - np.log(4.0) / 2.0)


def test_discrepancy_is_what_several_organisations_miss_by_together():
    rows = [("many", "linear", 0.0, None, None, 1.0)] * 4 + [("one", "linear", 0.0, None, None, 1.0)]
    found = discrepancies(
        Expectation(bend(np.array([[5.0, -5.0, 5.0, -5.0, 0.5], [9.0, 9.0, 9.0, 9.0, 9.0]])), np.zeros(5), np.zeros(5)),
        yardstick(*rows),
    )
    assert found == pytest.approx([24.0, 0.0])


def test_draws_show_the_discrepancy_that_the_likeliest_point_hides():
    # Six targets, three parameters, a linear model; printed values are off by tolerance (1), model (9) and luck (0.25).
    generator = np.random.default_rng(7)
    design, measure = generator.standard_normal((6, 3)), yardstick(*[("many", "linear", 0.0, None, None, 1.0)] * 6)
    chances = np.linalg.cholesky(np.linalg.inv(design.T @ design) * 10.25)
    shown, flattered = [], []
    for _ in range(300):
        printed = np.sqrt(10.25) * generator.standard_normal(6)
        fitted = np.linalg.lstsq(design, printed, rcond=None)[0]
        drawn = (fitted + generator.standard_normal((200, 3)) @ chances.T) @ design.T - printed
        runs, again = (at + 0.5 * generator.standard_normal((200, 6)) for at in (drawn, 0.0))
        shown.append(unexplained(bend(runs), bend(again), measure)[0])
        likeliest = Expectation(bend(design @ fitted - printed)[None], np.zeros(6), np.full(6, 0.25))
        flattered.append(discrepancies(likeliest, measure)[0])
    assert np.mean(shown) == pytest.approx(9.0, rel=0.1)
    assert np.mean(flattered) < 5.0


def test_what_is_not_defined_in_a_run_tells_nothing_of_the_discrepancy():
    measure = yardstick(*[("many", "linear", 0.0, None, None, 1.0)] * 3, ("one", "linear", 0.0, None, None, 1.0))
    runs = measure.bent(np.array([[3.0, -3.0, 3.0, 9.0], [np.nan, 3.0, -3.0, 9.0], [-3.0, 3.0, np.nan, 9.0]]))
    assert unexplained(runs, np.zeros((4, 4)), measure) == pytest.approx([8.0, 0.0])


def test_targets_that_cannot_be_fitted_are_refused():
    with pytest.raises(ValueError, match="nothing to fit"):
        Yardstick.of([])
    with pytest.raises(ValueError, match=r"without a tolerance.*t0"):
        yardstick(("a", "linear", 0.0, None, None, None))


@pytest.mark.parametrize("count", [1, 3, 7, 10])
def test_chances_of_being_kept_add_up_and_follow_the_weights(count):
    weight = np.array([8.0, 4.0, 2.0, 1.0, 1.0, 1.0, 0.5, 0.25, 0.125, 0.125])
    chance = inclusion(weight, count)
    assert chance.sum() == pytest.approx(count) and chance.max() <= 1.0
    free = chance < 1.0
    if free.any():
        assert np.ptp(chance[free] / weight[free]) < 1e-12
        # Nobody is certain whose weight would not make it so.
        assert (weight[~free] >= (weight[free] / chance[free]).max() - 1e-12).all()


def test_the_correction_moves_draws_to_where_the_model_puts_them():
    # An emulator that is wrong by a tolerance: draws spread around 0.5, the model's target lies at 0.6.
    generator = np.random.default_rng(3)
    points = (0.5 + 0.1 * generator.standard_normal((4000, 1))).clip(0.0, 1.0)
    measure = yardstick(("a", "linear", 0.0, None, None, 1.0))

    def emulator(at):
        return Expectation(bend((at - 0.5) / 0.1), CERTAIN, CERTAIN)

    emulator.noise = CERTAIN
    runs = bend((points - 0.6) / 0.1)[:, None, :]
    kept = correct(points, runs, emulator, measure, np.zeros(1), 800, 1)
    chosen = points[kept.chosen, 0]
    assert len(kept.chosen) == 800 == len(set(kept.chosen.tolist()))
    # Weights of exp(x) on a standard normal have an effective share of 1/e.
    assert kept.effective == pytest.approx(4000 / np.e, rel=0.25)
    assert np.average(chosen, weights=kept.weight) == pytest.approx(0.6, abs=0.015)
    assert kept.weight.min() == 1.0
    assert kept.central == pytest.approx(np.average(points[kept.chosen], axis=0, weights=kept.weight))


def test_a_draw_that_weighs_next_to_nothing_is_left_out_and_the_effective_number_stays_finite():
    points = np.array([[0.1], [0.2], [0.3], [0.4]])

    def emulator(at):
        return Expectation(np.zeros((len(at), 1)), CERTAIN, CERTAIN)

    emulator.noise = CERTAIN
    # The third draw is e^-240 as likely as the first two, the fourth beyond the smallest number.
    runs = np.array([0.0, 0.0, 22.0, 80.0])[:, None, None]
    kept = correct(points, runs, emulator, yardstick(("a", "linear", 0.0, None, None, 1.0)), np.zeros(1), 4, 1)
    assert sorted(kept.chosen.tolist()) == [0, 1]
    assert kept.weight.tolist() == [1.0, 1.0] and kept.effective_kept == pytest.approx(2.0)
