"""What a ranking depends on: a reversal at a known place, ranks by hand, and the two-sample test against scipy's."""

import math

import numpy as np
import pytest
from scipy import stats

from klyngesim.sweeps.design import Design
from klyngesim.sweeps.indices import indices
from klyngesim.sweeps.methods import METHODS
from klyngesim.sweeps.ranking import Ranking, kolmogorov_smirnov, ranks
from klyngesim.sweeps.rows import DUMMY
from tests.sweeps.functions import design, factors, rows

THRESHOLD = 0.3
NAMES = ("base", "variant", "hopeless")


def reversed_at_the_threshold(laid, replicates=2):
    """The variant is better where x1 lies beyond the threshold, whatever x2, which moves all alike."""
    x = laid.places
    level = 5.0 * x[:, 1]
    values = np.stack([level, level + x[:, 0] - THRESHOLD, level - 10.0])
    return values[:, :, None] + np.random.default_rng(1).normal(size=(1, 1, replicates))


def ranked(laid, names, values, sign):
    """Indices of the ranks and of who is first, and regional sensitivity."""
    own = Ranking(laid, "y", names, values, sign)
    return [row for rows_ in indices(laid, own.responses(), 1) for row in rows_] + own.firsts(1), own.regional()


def swept(method, samples=1024, levels=11, sign=1):
    columns = factors(2, dummy=True)
    laid = design(method, columns, samples, 1, levels, {factor.id: 0.5 for factor in columns})
    return laid, ranked(laid, NAMES, sign * reversed_at_the_threshold(laid), sign)


@pytest.mark.parametrize("sign", [1, -1])
@pytest.mark.parametrize("method", ["lhs", "sobol"])
def test_a_reversal_is_found_at_its_place_and_only_there(method, sign):
    """Places beyond the threshold and before it are disjoint: distance 1; means 0.65 and 0.15, deviation sqrt(1/12)."""
    _, (_, regional) = swept(method, 1024, None, sign)
    found = {(row.scenario, row.parameter): row for row in regional}
    assert found.keys() == {(name, factor) for name in NAMES[1:] for factor in ("x1", "x2", DUMMY)}
    own = found["variant", "x1"]
    assert own.beats_share == pytest.approx(1.0 - THRESHOLD, abs=0.002)
    assert own.mean_difference == pytest.approx(0.5 * math.sqrt(12.0), rel=0.01)
    assert (own.ks, own.p < 1e-100, own.outcome) == (1.0, True, "y")
    for other in (found["variant", "x2"], found["variant", DUMMY]):
        assert abs(other.mean_difference) < 0.15 and other.ks < 0.1 and other.p > 0.05
    never = found["hopeless", "x1"]
    assert never.beats_share == 0.0
    assert np.isnan([never.mean_difference, never.ks, never.p]).all()


def test_the_rank_depends_on_the_factor_that_turns_it_and_not_on_the_one_that_moves_the_outcome():
    _, (found, _) = swept("sobol", 1024, None)
    assert {row.outcome for row in found} == {"rank of y"}
    own = [row for row in found if row.scenario == "variant"]
    total = rows(own, "ST")
    assert total["x1"].value == pytest.approx(1.0, abs=0.05)
    assert total["x2"].value == total[DUMMY].value == total["x1"].noise_floor == 0.0
    hopeless = [row for row in found if row.scenario == "hopeless" and row.index == "S1"]
    assert np.isnan([row.value for row in hopeless]).all(), "always third: no variance to share out"


@pytest.mark.parametrize("method", ["lhs", "sobol", "morris", "grid", "oat"])
def test_the_share_of_first_places(method):
    laid, (found, _) = swept(method, 512, None if method in ("lhs", "sobol") else 4)
    first = {row.scenario: row for row in found if row.index == "first"}
    expected = np.mean(laid.places[:, 0] > THRESHOLD)
    assert [first[name].value for name in NAMES] == pytest.approx([1.0 - expected, expected, 0.0])
    assert first["base"].parameter == "all" and first["base"].samples == len(laid)
    if method in ("grid", "oat"):
        assert np.isnan([first["variant"].low, first["variant"].convergence]).all()
    else:
        assert first["variant"].low < expected < first["variant"].high
        assert first["variant"].convergence < 0.1


def test_the_interval_of_the_share_of_first_places_takes_blocks_as_they_are():
    """Of the five rows of a block three have x1 of A and two that of B, so 13/25 of the variance of a row is left.

    With rows taken for independent it would be 1/5, and the interval narrower by the root of 13/5.
    """
    laid, (found, _) = swept("sobol", 256, None)
    first = next(row for row in found if row.index == "first" and row.scenario == "variant")
    deviation = math.sqrt(THRESHOLD * (1.0 - THRESHOLD) * 13.0 / 25.0 / 256.0)
    assert len(laid) == 5 * 256
    assert first.high - first.low == pytest.approx(2.0 * 1.645 * deviation, rel=0.2)


def test_the_grid_and_one_at_a_time_find_the_reversal_too():
    """Of 11 places 0, 0.1, ... 1 eight lie beyond 0.25; oat adds no point, as the centre is one of them."""
    for method in ("grid", "oat"):
        columns = factors(2, dummy=True)
        laid = design(method, columns, 0, 1, 11, {factor.id: 0.5 for factor in columns})
        x1 = laid.places[:, 0]
        values = np.stack([np.zeros(len(laid)), x1 - 0.25])[:, :, None]
        found = {row.parameter: row for row in ranked(laid, NAMES[:2], values, 1)[1]}
        assert found["x1"].ks == 1.0 and found["x1"].beats_share == pytest.approx(8.0 / 11.0)
        if method == "grid":
            assert (found["x2"].ks, found["x2"].p) == (0.0, 1.0)
        else:
            assert found["x2"].beats_share == 1.0 and math.isnan(found["x2"].ks)


def test_points_of_a_block_that_share_places_count_once():
    """With 2 N places of a Sobol' design and r of Morris, not with all rows, which would make every p too small."""
    for method, count in (("sobol", 128), ("morris", 64)):
        laid, (_, regional) = swept(method, 64, 4)
        one = next(row for row in regional if row.scenario == "variant" and row.parameter == "x1")
        assert one.beats_share * count == pytest.approx(round(one.beats_share * count))
        size = {"sobol": 5, "morris": 4}[method]
        firsts = laid.places[::size, 0]
        used = np.concatenate([firsts, laid.places[4::5, 0]]) if method == "sobol" else firsts
        assert one.beats_share == np.mean(used > THRESHOLD)
        wins, losses = used[used > THRESHOLD], used[used <= THRESHOLD]
        assert one.p == kolmogorov_smirnov(wins, losses)[1]


def test_ranks_by_hand():
    """Higher is better, or lower; equal ones share their mean; replicates that lack a scenario are passed over."""
    nan = np.nan
    values = np.array(
        [
            [[1.0, 3.0], [5.0, 5.0], [1.0, 9.0], [nan, nan]],
            [[4.0, 4.0], [5.0, 5.0], [2.0, nan], [1.0, 1.0]],
            [[0.0, 1.0], [5.0, 5.0], [3.0, 3.0], [2.0, 2.0]],
        ]
    )
    high = [[2.0, 2.0, 3.0, nan], [1.0, 2.0, 2.0, nan], [3.0, 2.0, 1.0, nan]]
    assert ranks(values, 1) == pytest.approx(np.array(high), nan_ok=True)
    assert ranks(values, -1) == pytest.approx(4.0 - np.array(high), nan_ok=True)


def test_scenarios_that_are_equally_good_share_the_first_place():
    laid = Design(METHODS["table"], factors(1), np.linspace(0.0, 1.0, 10)[:, None])
    found, regional = ranked(laid, NAMES, np.zeros((3, 10, 2)), 1)
    assert [row.value for row in found if row.index == "first"] == pytest.approx([1.0 / 3.0] * 3)
    assert [row.beats_share for row in regional] == [0.0, 0.0]


def test_points_without_a_value_are_left_out():
    laid = design("lhs", factors(2, dummy=True), 200, 1)
    values = reversed_at_the_threshold(laid)
    values[0, :50] = np.nan
    found, regional = ranked(laid, NAMES, values, 1)
    assert {row.samples for row in found} == {150}
    expected = np.mean(laid.places[50:, 0] > THRESHOLD)
    assert regional[0].beats_share == pytest.approx(expected)
    assert next(row.value for row in found if row.index == "first" and row.scenario == "variant") == expected
    values[:] = np.nan
    found, regional = ranked(laid, NAMES, values, 1)
    assert np.isnan([row.value for row in found]).all() and {row.samples for row in found} == {0}
    assert np.isnan([row.beats_share for row in regional]).all()


@pytest.mark.parametrize("sizes", [(40, 60), (200, 15), (500, 500)])
def test_the_two_sample_test_is_scipys(sizes):
    """The distance exactly; the chance within 0.03 or a fifth of the exact one, being that of large samples."""
    chance = np.random.default_rng(1)
    for shift in (0.0, 0.1, 0.25):
        one, other = chance.random(sizes[0]), chance.random(sizes[1]) + shift
        distance, p = kolmogorov_smirnov(one, other)
        known = stats.ks_2samp(one, other, method="exact")
        assert distance == pytest.approx(known.statistic)
        assert p == pytest.approx(known.pvalue, abs=0.03, rel=0.2)


def test_the_two_sample_test_errs_as_often_as_it_says():
    """Of 1000 pairs without a difference 50 should fall below 0.05; six deviations of 7 are allowed for."""
    chance = np.random.default_rng(1)
    low = [kolmogorov_smirnov(chance.random(80), chance.random(120))[1] < 0.05 for _ in range(1000)]
    assert 20 <= sum(low) <= 75


@pytest.mark.parametrize(
    ("values", "sign", "said"),
    [
        (np.zeros((2, 10, 1)), 1, "do not belong to 3 x 10 points"),
        (np.zeros((3, 9, 1)), 1, "do not belong to 3 x 10 points"),
        (np.zeros((3, 10)), 1, "do not belong to 3 x 10 points"),
        (np.zeros((3, 10, 1)), 0, "neither"),
    ],
)
def test_what_does_not_fit_is_refused(values, sign, said):
    laid = Design(METHODS["table"], factors(1), np.linspace(0.0, 1.0, 10)[:, None])
    with pytest.raises(ValueError, match=said):
        ranked(laid, NAMES, values, sign)
