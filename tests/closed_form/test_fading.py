"""With decay alone, trust, ties and readiness are what a geometric series says, to the last bits."""

import numpy as np
import pytest

from tests.closed_form.worlds import alone

QUIET = {
    "attendance.return_base": 0.0,
    "attendance.return_trust": 0.0,
    "staff.trust_loss": 0.0,
    "tie.background_birth": 0.5,
}
"""Nobody comes back, and nobody takes trust along."""

YEAR_HALF = 1.0 - 0.5**0.25
"""A loss a quarter that halves in a year."""


def fading(parameters, quarters=8, scale=0.05):
    """The model, its relations' trust, ties and readiness at the start, and those never touched on the way."""
    model = alone(QUIET | parameters, "2023Q4", scale)
    world = model.world
    start = world.relations.trust.copy(), dict(zip(world.ties.key.tolist(), world.ties.strength.tolist(), strict=True))
    busy = set(world.episodes.ident.tolist())
    history = []
    for _ in range(quarters):
        model.step()
        history.append(world.relations.trust[: len(start[0])].copy())
    return world, start, busy, history


def test_trust_halves_in_the_year_in_which_it_should():
    world, (start, _), _, history = fading({"trust.decay_quarter": YEAR_HALF, "trust.floor": 0.01})
    untouched = (world.relations.last[: len(start)] < 0) & (start > 0.1)
    assert untouched.sum() > 500
    for year, trust in ((1, history[3]), (2, history[7])):
        assert np.allclose(trust[untouched], start[untouched] * 0.5**year, rtol=1e-12, atol=0.0)


@pytest.mark.parametrize("decay", [0.05, 0.13, 0.3])
def test_relations_fall_dormant_in_the_quarter_that_the_formula_names(decay):
    floor = 0.2
    world, (start, _), _, history = fading({"trust.decay_quarter": decay, "trust.floor": floor})
    untouched = np.flatnonzero((world.relations.last[: len(start)] < 0) & (start > 0.0))
    level = start[untouched].copy()
    for trust in history:
        level = level * (1.0 - decay)
        level = np.where(level >= floor, level, 0.0)
        assert np.array_equal(trust[untouched], level)
    assert (level == 0.0).any()


@pytest.mark.parametrize("decay", [0.05, 0.2])
def test_ties_fade_and_end_as_a_series_of_powers(decay):
    floor, quarters = 0.1, 8
    world, (_, start), busy, _ = fading({"tie.decay_quarter": decay, "tie.floor": floor}, quarters)
    units = world.institutions.plan.units
    left = dict(zip(world.ties.key.tolist(), world.ties.strength.tolist(), strict=True))
    again = set(world.ties.key[world.ties.last >= 0].tolist())  # met anew, or found again after having ended
    idle = [key for key in start if key // units not in busy and key not in again]
    assert len(idle) > 50
    ended = 0
    for key in idle:
        expected = start[key]
        for _ in range(quarters):
            expected *= 1.0 - decay
            if expected < floor:
                break
        ended += expected < floor
        assert left.get(key) == (None if expected < floor else expected)
    assert ended


def test_readiness_returns_to_the_own_mean_at_the_rate_that_is_set():
    model = alone(QUIET | {"readiness.decay_quarter": YEAR_HALF, "initial.readiness_excess": 0.2})
    contacts = model.world.contacts
    start = contacts.excess.copy()
    for _ in range(8):
        model.step()
    idle = (contacts.last_year[: len(start)] < 0) & (start > 0.0)
    assert idle.sum() > 500
    assert np.allclose(contacts.excess[: len(start)][idle], start[idle] / 4.0, rtol=1e-12, atol=0.0)
