"""Emulators answer as what they were fitted with, and know how wrong they are."""

import numpy as np
import pytest

pytest.importorskip("sklearn")

from klyngesim.calibration.emulator import Quadratic, _forward, _network, _quadratic, fit_emulator, seed_noise

GENERATOR = np.random.default_rng(11)
POINTS = GENERATOR.uniform(size=(240, 3))


def exact(points):
    """A quadratic, a bent curve that no quadratic follows, and pure noise around a constant."""
    a, b, c = (2.0 * points - 1.0).T
    return np.stack([1.0 + 2.0 * a - b * c + 0.5 * c * c, np.sin(4.0 * a) + b, 0.0 * a], axis=1)


def runs(points, seeds, noise):
    return exact(points)[:, None, :] + noise * GENERATOR.standard_normal((len(points), seeds, 3))


def test_plain_numbers_answer_as_the_libraries_do():
    scaled, wanted = 2.0 * POINTS - 1.0, exact(POINTS)
    fitted = _quadratic().fit(scaled, wanted)
    assert Quadratic.of(fitted)(scaled) == pytest.approx(fitted.predict(scaled))
    network = _network(scaled, wanted, 1)
    assert _forward(network, scaled) == pytest.approx(network.predict(scaled))


def test_a_quadratic_is_found_and_a_bent_curve_is_not_left_to_it():
    emulator = fit_emulator(POINTS, runs(POINTS, 2, 0.01), 1, "test")
    assert emulator.r2[0] > 0.999 and emulator.r2[1] > 0.98
    assert emulator.kind[0] == 0 and emulator.kind[1] != 0
    fresh = GENERATOR.uniform(0.1, 0.9, size=(500, 3))
    wrong = emulator(fresh).mean - exact(fresh)
    assert np.abs(wrong[:, 0]).max() < 0.02
    # Errors on new points are those that cross-validation announced, edges apart.
    assert (np.sqrt((wrong**2).mean(axis=0))[:2] < 2.0 * np.sqrt(emulator.error[:2]) + 0.01).all()


def test_noise_is_told_from_error():
    emulator = fit_emulator(POINTS, runs(POINTS, 4, 0.5), 1, "test")
    assert np.sqrt(emulator.noise) == pytest.approx(0.5, rel=0.1)
    assert emulator.error[2] < 0.25 * emulator.noise[2]
    assert emulator.r2[2] < 0.1


def test_one_seed_tells_no_noise():
    assert seed_noise(np.ones((5, 1, 3))).tolist() == [0.0, 0.0, 0.0]
    assert seed_noise(np.array([[[0.0], [2.0]], [[1.0], [1.0]]])).tolist() == [1.0]


def test_too_few_candidates():
    with pytest.raises(ValueError, match="at least 10"):
        fit_emulator(POINTS[:9], runs(POINTS[:9], 1, 0.1), 1, "test")


def test_the_same_seed_gives_the_same_emulator():
    data = runs(POINTS, 2, 0.1)
    first, second = (fit_emulator(POINTS, data, 5, "test")(POINTS).mean for _ in range(2))
    assert np.array_equal(first, second)
