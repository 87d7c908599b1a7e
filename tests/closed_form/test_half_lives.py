"""With decay only, trust, readiness above the mean and ties halve and end in the quarter that their rate says.

Nobody is contacted, nobody returns, no ideas are on their way in the firms looked at: nothing but decay happens, so
that there is no Monte-Carlo error and every relation, firm and tie is compared.
"""

import math

import numpy as np
import pytest

from tests.closed_form.isolated import model

ALONE = {"effort.recruit": 0.0, "tie.background_stock": 0.0, "initial.live_share": 1.0, "initial.trust_high": 0.9}
"""Nobody recruits, firms and institutions do not meet by themselves; trust starts well above the floor."""

CLOSE = {"rtol": 1e-12, "atol": 0.0}
"""Products of the same factors in another order."""


def half_life(decay):
    """First whole quarter after which at most half is left of what loses a share ``decay`` a quarter."""
    return math.ceil(math.log(0.5) / math.log(1.0 - decay))


def last_above(start, floor, decay):
    """Number of quarters for which each level that fades from ``start`` stays at or above ``floor``."""
    return np.floor(np.log(floor / start) / math.log(1.0 - decay)).astype(np.int64)


def fading(parameters, quarters, scale=0.1):
    """The world at the start and what trust, readiness and ties are after each quarter, the start included."""
    run = model({**ALONE, **parameters}, quarters, scale)
    world = run.world
    busy = np.zeros(world.contacts.count, dtype=bool)
    busy[world.episodes.contact] = True
    stays = (world.contacts.death > quarters) & ~busy
    found = {"trust": [], "excess": [], "ties": []}
    own = set(world.ties.key[np.isin(world.ties.ident, world.contacts.ident[stays])].tolist())
    kept = stays[world.relations.contact]
    for quarter in range(quarters + 1):
        found["trust"].append(world.relations.trust[kept].copy())
        found["excess"].append(world.contacts.excess[stays].copy())
        strengths = zip(world.ties.key.tolist(), world.ties.strength.tolist(), strict=True)
        found["ties"].append({key: strength for key, strength in strengths if key in own})
        if quarter < quarters:
            run.step()
            assert world.flows.contacts.sum() == 0 and world.flows.participations.sum() == 0
    return found


@pytest.mark.parametrize(("decay", "floor", "quarters"), [(0.13, 0.05, 5), (0.44, 0.01, 2), (0.06, 0.2, 12)])
def test_trust_halves_after_its_half_life_and_not_before(decay, floor, quarters):
    assert half_life(decay) == quarters
    trust = fading({"trust.decay_quarter": decay, "trust.floor": floor}, quarters)["trust"]
    lasting = trust[quarters] > 0.0
    assert lasting.sum() > 100
    start = trust[0][lasting]
    assert (trust[quarters - 1][lasting] > 0.5 * start).all()
    assert (trust[quarters][lasting] <= 0.5 * start).all()


@pytest.mark.parametrize(("decay", "floor"), [(0.13, 0.05), (0.44, 0.01), (0.06, 0.2)])
def test_trust_is_a_power_and_dormant_once_it_is_below_the_floor(decay, floor):
    quarters = 24
    trust = fading({"trust.decay_quarter": decay, "trust.floor": floor}, quarters)["trust"]
    known = trust[0] > 0.0
    start = trust[0][known]
    last = last_above(start, floor, decay)
    assert known.sum() > 1000 and last.min() < 2 and (last < quarters).sum() > 100
    for quarter in range(1, quarters + 1):
        awake = last >= quarter
        expected = np.where(awake, start * (1.0 - decay) ** quarter, 0.0)
        np.testing.assert_allclose(trust[quarter][known], expected, **CLOSE)
    assert all((later[~known] == 0.0).all() for later in trust)


@pytest.mark.parametrize("decay", [0.08, 0.3])
def test_readiness_above_the_mean_halves_on_time(decay):
    quarters = half_life(decay) + 3
    excess = fading({"readiness.decay_quarter": decay, "initial.readiness_excess": 0.3}, quarters)["excess"]
    some = excess[0] > 0.0
    assert some.sum() > 1000
    for quarter in range(quarters + 1):
        np.testing.assert_allclose(excess[quarter], excess[0] * (1.0 - decay) ** quarter, **CLOSE)
    assert (excess[half_life(decay) - 1][some] > 0.5 * excess[0][some]).all()
    assert (excess[half_life(decay)][some] <= 0.5 * excess[0][some]).all()


@pytest.mark.parametrize(("decay", "floor"), [(0.1, 0.1), (0.2, 0.03)])
def test_ties_fade_by_a_power_and_end_below_the_floor(decay, floor):
    quarters = 16
    ties = fading({"tie.decay_quarter": decay, "tie.floor": floor, "tie.initial": 0.7}, quarters)["ties"]
    keys = sorted(ties[0])
    start = np.array([ties[0][key] for key in keys])
    last = last_above(start, floor, decay)
    assert len(keys) > 100 and last.min() < 2
    for quarter in range(1, quarters + 1):
        alive = [key for key, until in zip(keys, last.tolist(), strict=True) if until >= quarter]
        assert sorted(ties[quarter]) == alive
        expected = [ties[0][key] * (1.0 - decay) ** quarter for key in alive]
        np.testing.assert_allclose([ties[quarter][key] for key in alive], expected, **CLOSE)


@pytest.mark.parametrize("factor", [0.9, 1.1])
def test_a_tenth_more_or_less_decay_is_noticed(factor):
    decay, floor, quarters = 0.13, 0.05, 8
    trust = fading({"trust.decay_quarter": decay, "trust.floor": floor}, quarters)["trust"]
    known = trust[0] > 0.0
    wrong = decay * factor
    expected = trust[0][known] * (1.0 - wrong) ** quarters
    lasting = trust[quarters][known] > 0.0
    assert not np.isclose(trust[quarters][known][lasting], expected[lasting], **CLOSE).any()
    until = last_above(trust[0][known], floor, wrong)
    assert ((until >= quarters) != lasting).any()
