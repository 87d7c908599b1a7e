"""Steps 1 and 2: actors and attention, prices, accounts and calendars."""

from itertools import pairwise

import numpy as np
import pytest

from klyngesim.ecosystem.ledger import ACTIVITY, ADMIN, DEB, PARTNERS, UFS, oere
from klyngesim.ecosystem.processes.money_in import horizon_quarters, price_level, split_accounts
from klyngesim.ecosystem.processes.policy import attention_rule, initiatives, running_initiatives
from klyngesim.streams import Streams
from tests.rules.policies import close, values


@pytest.mark.parametrize(
    ("ratio", "response", "strength", "optimum", "least", "factor"),
    [
        (1.0, "monotone", 0.5, 1.0, 0.1, 1.0),
        (2.0, "monotone", 0.5, 1.0, 0.1, 1.0 / 1.5),
        (0.5, "monotone", 0.5, 1.0, 0.1, 1.0 / 0.75),
        (3.0, "monotone", 0.0, 1.0, 0.1, 1.0),  # strength 0: off
        (100.0, "monotone", 1.0, 1.0, 0.1, 0.1),  # never below the least
        (1.0, "interior_optimum", 0.5, 1.2, 0.1, 1.0),
        (1.2, "interior_optimum", 0.5, 1.2, 0.1, 1.0 + 0.5 * 0.04),  # best at the optimum
        (1.4, "interior_optimum", 0.5, 1.2, 0.1, 1.0),  # as far above as today is below
        (5.0, "interior_optimum", 0.5, 1.2, 0.1, 0.1),
    ],
)
def test_attention(ratio, response, strength, optimum, least, factor):
    assert attention_rule(ratio, response, strength, optimum, least) == pytest.approx(factor, rel=1e-14)


def test_attention_of_today_is_one_under_both_rules():
    for response in ("monotone", "interior_optimum"):
        for strength in (0.0, 0.3, 2.0):
            assert attention_rule(1.0, response, strength, 1.3, 0.1) == 1.0


def test_initiatives_run_from_arrival_for_their_life():
    start, size = np.array([-8, 2, 5]), np.array([10.0, 20.0, 40.0])
    found = [running_initiatives(start, size, period, 8) for period in (0, 2, 5, 9, 10, 13)]
    assert found == [(0, 0.0), (1, 20.0), (2, 60.0), (2, 60.0), (1, 40.0), (0, 0.0)]


def test_initiatives_arrive_as_often_and_are_as_large_as_said():
    """400 seeds of 14 years and 10 before: mean number, bounds of sizes, order."""
    policy = values(initiative__years_between=3.0, initiative__size_low_mkr=20.0, initiative__size_high_mkr=60.0)
    number = 0
    for seed in range(400):
        start, size = initiatives(Streams(seed), 56, policy)
        assert (np.diff(start) >= 0).all()
        assert ((start >= -40) & (start < 56)).all()
        assert ((size >= 20.0) & (size <= 60.0)).all()
        number += len(start)
    expected = 96.0 / 12.0
    assert abs(number / 400 - expected) < 5 * np.sqrt(expected / 400) + 0.1


def test_initiatives_do_not_depend_on_the_length_of_the_run():
    policy = values(initiative__years_between=2.0, initiative__size_low_mkr=20.0, initiative__size_high_mkr=60.0)
    start, size = initiatives(Streams(3), 96, policy)
    short_start, short_size = initiatives(Streams(3), 12, policy)
    assert np.array_equal(short_start, start[start < 12])
    assert np.array_equal(short_size, size[start < 12])


def test_prices_are_one_on_average_over_2021_2023_and_grow_by_quarters():
    levels = [price_level(0.04, period) for period in range(20)]
    assert sum(levels[:12]) / 12 == pytest.approx(1.0, rel=1e-14)
    assert levels[0] == pytest.approx(0.01 * 12 / (1.01**12 - 1.0))
    for before, after in pairwise(levels):
        assert after / before == pytest.approx(1.01, rel=1e-12)
    assert price_level(0.0, 17) == 1.0


def test_accounts_of_the_grant():
    """Partners take 70 and 30 %, administration 20 % of what is left, own activity the rest."""
    policy = values(grant__passthrough_ufs=0.7, grant__passthrough_deb=0.3, grant__admin_cap=0.2)
    shares = split_accounts(policy)
    assert shares.shape == (2, 2, 3)
    assert close(shares[0, UFS, [PARTNERS, ACTIVITY, ADMIN]], [0.7, 0.24, 0.06])
    assert close(shares[1, DEB, [PARTNERS, ACTIVITY, ADMIN]], [0.3, 0.56, 0.14])


@pytest.mark.parametrize("cap", [0.0, 0.15, 1.0, 7.0])
def test_accounts_add_up_and_none_is_negative(cap):
    policy = values(grant__passthrough_ufs=0.9, grant__passthrough_deb=0.0, grant__admin_cap=cap)
    shares = split_accounts(policy)
    assert close(shares.sum(axis=2), np.ones((2, 2)))
    assert (shares >= 0.0).all()


def test_grant_periods_in_quarters():
    assert horizon_quarters(values(grant__horizon_years=4.0, grant__deb_horizon_years=2.0)).tolist() == [16, 8]
    assert horizon_quarters(values(grant__horizon_years=0.25, grant__deb_horizon_years=10.0)).tolist() == [1, 40]


def test_whole_oere():
    assert [oere(mkr) for mkr in (1.0, 0.123456789, -0.000000006)] == [100_000_000, 12_345_679, -1]
