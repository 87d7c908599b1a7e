"""The whole inference on a simulator with known parameters."""

import json

import numpy as np
import pytest

from klyngesim.calibration.abc_check import check
from klyngesim.calibration.misfit import Yardstick
from klyngesim.calibration.pipeline import Calibration, identity_of
from klyngesim.calibration.store import Store
from klyngesim.errors import StoreCorrupt
from klyngesim.posterior import read_posterior, read_rows
from klyngesim.scenario.loading import load
from tests.calibration import toys

pytest.importorskip("sklearn")
pytest.importorskip("emcee")


def store(out):
    """The work of the toy's calibration."""
    settings = toys.settings()
    return Store(out, identity_of(settings, toys.targets(), load(settings.scenario)))


@pytest.fixture(scope="module")
def done(tmp_path_factory):
    out = tmp_path_factory.mktemp("calibration") / "store"
    settings, targets = toys.settings(), toys.targets()
    found = Calibration(settings, targets, store(out), toys.toy).run()
    return out, found


def test_the_truth_is_inside_every_interval_and_the_intervals_are_narrow(done):
    for name, row in done[1]["posterior"].items():
        assert row["low"] <= toys.TRUTH[name] <= row["high"]
        assert row["sd_ratio"] < 0.5


def test_the_posterior_has_the_width_that_the_tolerances_allow(done):
    # The linearised answer: what six numbers with 5 % tolerance and 2 % noise say about three parameters.
    priors = toys.settings().space.priors
    centre = np.array([toys.TRUTH[prior.id] for prior in priors])

    def logs(values):
        a, b, c = values
        return np.log([10 * a + 5 * b, 8 * a * b, 20 * c, 3 * a + c * c, 4 * b + c, a / c])

    step = 1e-4
    slopes = np.array([(logs(centre + step * unit) - logs(centre - step * unit)) / (2 * step) for unit in np.eye(3)])
    expected = np.sqrt(np.diag(np.linalg.inv(slopes @ slopes.T / (0.05**2 + toys.NOISE**2))))
    draws = np.array([[draw[prior.id] for prior in priors] for draw in read_posterior(done[0] / "posterior.csv")[1:]])
    ratio = draws.std(axis=0) / expected
    assert ((ratio > 0.7) & (ratio < 1.4)).all()


def test_waves_narrow_the_space_and_emulators_are_good(done):
    waves = done[1]["waves"]
    shares = [wave["share_of_prior_left"] for wave in waves if "share_of_prior_left" in wave]
    assert shares == sorted(shares, reverse=True) and shares[-1] < 0.2
    assert all(wave["r2_median"] > 0.95 for wave in waves)


def test_the_correction_keeps_most_draws_of_a_good_emulator(done):
    verdict = done[1]["verdict"]
    assert verdict["kept"] == 60
    assert verdict["effective_before"] > 40
    assert 0.6 < verdict["emulator_error_over_expected"] < 1.6


def test_known_parameters_are_found_again(done):
    assert 0.8 <= done[1]["recovery"]["coverage"] <= 1.0
    assert done[1]["recovery"]["trials"] == 20


def test_pyabc_agrees(done):
    pytest.importorskip("pyabc")
    found = done[1]["check"]
    assert found["epsilons"] == sorted(found["epsilons"], reverse=True) and len(set(found["epsilons"])) == 3
    assert found["posterior_less_check_sd"].keys() == toys.TRUTH.keys()
    assert all(abs(difference) < 2.0 for difference in found["posterior_less_check_sd"].values())


def test_a_damaged_database_of_pyabc_is_named(tmp_path):
    pytest.importorskip("pyabc")
    (tmp_path / "check.sqlite").write_text("no database")
    settings, yardstick = toys.settings(), Yardstick.of(toys.targets())
    box = np.array([[0.0] * 3, [1.0] * 3])
    with pytest.raises(StoreCorrupt, match=r"check\.sqlite: damaged; remove this file"):
        check(toys.toy, settings.space, yardstick, np.zeros(3), box, settings.check, tmp_path / "check.sqlite", 1)


def test_files(done):
    out, found = done
    rows = read_rows(out / "posterior.csv")
    assert len(rows) == 61 and all(weight >= 1.0 for weight, _ in rows[1:])
    space = toys.settings().space
    points, weights = np.stack([space.point(values) for _, values in rows]), [weight for weight, _ in rows[1:]]
    np.testing.assert_allclose(points[0], np.average(points[1:], axis=0, weights=weights), atol=1e-3)
    assert json.loads((out / "diagnostics.json").read_text())["verdict"] == found["verdict"]


def test_everything_is_kept_and_nothing_is_done_twice(done):
    out, found = done
    before = (out / "posterior.csv").read_text()
    settings, targets = toys.settings(), toys.targets()
    again = Calibration(settings, targets, store(out), toys.broken).run()
    assert again == found and (out / "posterior.csv").read_text() == before
