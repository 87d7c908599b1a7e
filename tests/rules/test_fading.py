"""Steps 13 and 14: fading ties and ratios of the record."""

import numpy as np
import pytest

from klyngesim.ecosystem.processes.decay_and_demography import turnover
from klyngesim.ecosystem.processes.record import ratio, with_total


@pytest.mark.parametrize(
    ("decay", "initial", "floor", "share"),
    [
        (0.0, 0.3, 0.1, 0.0),  # nothing fades
        (0.5, 0.3, 0.1, 1.0 / 2.0),  # 0.15, then 0.075
        (0.5, 0.8, 0.1, 1.0 / 4.0),  # 0.4, 0.2, 0.1 (still there), 0.05: lost in the fourth quarter
        (0.1, 0.11, 0.1, 1.0),  # gone at once
        (1.0, 1.0, 0.1, 1.0),
    ],
)
def test_turnover_of_ties(decay, initial, floor, share):
    assert turnover(decay, initial, floor) == share


def test_turnover_is_the_inverse_of_the_life_of_a_tie():
    for decay, initial in ((0.03, 0.3), (0.1, 0.5), (0.2, 0.9)):
        strength, life = initial, 0
        while strength >= 0.1:
            strength, life = strength * (1.0 - decay), life + 1
        assert turnover(decay, initial, 0.1) == pytest.approx(1.0 / life)


def test_ratios_of_nothing_are_not_numbers():
    found = ratio(np.array([1.0, 0.0, 3.0]), np.array([2.0, 0.0, -1.0]))
    assert found[0] == 0.5
    assert np.isnan(found[1:]).all()


def test_totals_are_appended():
    assert with_total(np.array([1.0, 2.0, 4.0])).tolist() == [1.0, 2.0, 4.0, 7.0]
