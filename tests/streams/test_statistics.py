"""A sanity check of uniformity and independence; seeds are fixed and bounds generous, so it never fails by chance."""

import numpy as np
import pytest

from klyngesim.streams import Decision, Streams

COUNT = 50_000
IDS = np.arange(COUNT, dtype=np.int64)
LIMIT = 5.0
"""In standard deviations; a broken address or a lost bit is off by tens or thousands."""

BLOCKS = {
    "neighbouring ids": IDS,
    "ids of cells": (IDS % 100) << 20 | IDS // 100,
    "ids of pairs": IDS * 16 + IDS % 13,
    "ids above 32 bits": IDS << 20 | IDS % 7,
}


def draw(seed=7, decision=Decision.RETURN, period=11, ids=IDS):
    return Streams(seed).uniform(decision, period, ids)


def correlation(one, other):
    """Correlation in standard deviations of what independent uniforms give."""
    return float(np.corrcoef(one, other)[0, 1]) * np.sqrt(len(one))


@pytest.mark.parametrize("ids", BLOCKS.values(), ids=BLOCKS)
@pytest.mark.parametrize("seed", [0, 1, 2**32 - 1])
def test_even_over_the_interval(seed, ids):
    found = draw(seed, ids=ids)
    bins = np.bincount((found * 64).astype(np.int64), minlength=64)
    chi2 = float(((bins - COUNT / 64) ** 2).sum() / (COUNT / 64))
    assert abs(chi2 - 63.0) / np.sqrt(2 * 63.0) < LIMIT
    ordered = np.sort(found)
    distance = np.abs(ordered - (IDS + 0.5) / COUNT).max()
    assert distance * np.sqrt(COUNT) < 2.5  # Kolmogorov: above 2.5 with a chance of 7e-6


def test_low_bits_are_used():
    """The last of the 53 bits is set half of the time."""
    odd = (draw() * 2.0**53).astype(np.int64) & 1
    assert abs(odd.mean() - 0.5) * 2 * np.sqrt(COUNT) < LIMIT


@pytest.mark.parametrize(
    "other",
    [
        {"seed": 8},
        {"seed": 2**31 + 7},
        {"decision": Decision.SEAT_RANK},
        {"decision": Decision.REFERRAL},
        {"period": 12},
        {"period": 10},
        {"period": 11 + 512},
        {"ids": IDS + 1},
        {"ids": IDS + 13},
        {"ids": IDS + (1 << 20)},
        {"ids": IDS + (1 << 32)},
    ],
    ids=str,
)
def test_neighbouring_addresses_are_not_correlated(other):
    assert abs(correlation(draw(), draw(**other))) < LIMIT


def test_means_over_periods_spread_as_independent_draws_do():
    """The luck of one id over a run of 56 quarters is not of a piece."""
    ids = np.arange(2000, dtype=np.int64)
    means = np.mean([draw(period=period, ids=ids) for period in range(56)], axis=0)
    usual = 1.0 / 12.0 / 56.0
    ratio = float(((means - 0.5) ** 2).mean()) / usual
    assert abs(ratio - 1.0) < LIMIT * np.sqrt(2.0 / 2000)


def test_seeds_of_replicates_share_no_luck():
    """Means of 400 neighbouring seeds spread as independent ones do."""
    ids = np.arange(1000, dtype=np.int64)
    means = np.array([draw(seed=seed, ids=ids).mean() for seed in range(1, 401)])
    scores = (means - 0.5) * np.sqrt(12.0 * 1000)
    assert abs(scores.std() - 1.0) < 0.2
    assert np.abs(scores).max() < LIMIT
