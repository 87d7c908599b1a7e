"""What indices make of chance, of runs that failed, of too few samples, and of outcomes that do not vary."""

import warnings

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from klyngesim.sweeps.convergence import change, interval, tied_ranks
from klyngesim.sweeps.design import Design
from klyngesim.sweeps.indices import Response, indices
from klyngesim.sweeps.methods import METHODS
from klyngesim.sweeps.methods.morris import elementary_effects
from klyngesim.sweeps.rows import DUMMY
from tests.sweeps.functions import design, factors, indices_of, ishigami, rows, table, values_of

LAID = ("oat", "morris", "sobol", "lhs", "grid")
SAMPLES = {"morris": 64, "sobol": 1024, "lhs": 1024}


def laid_out(method, count=3, samples=None, seed=1, levels=4):
    columns = factors(count, dummy=True)
    wanted = samples or SAMPLES.get(method, 0)
    return design(method, columns, wanted, seed, levels, {factor.id: 0.5 for factor in columns})


def noisy(laid, replicates=8, deviation=1.0, seed=3):
    """x1 + x2 / 2 and noise of its own at every point, the worst case: no seed is shared."""
    y = laid.places[:, 0] + laid.places[:, 1] / 2.0
    return y[:, None] + np.random.default_rng(seed).normal(0.0, deviation, (len(laid), replicates))


@pytest.mark.parametrize("method", LAID)
def test_the_dummy_is_the_noise_floor_of_every_index_that_has_a_size(method):
    laid = laid_out(method)
    found = indices_of(laid, noisy(laid, deviation=0.1), 1)
    for row in found:
        own = rows(found, row.index).get(DUMMY)
        if own is None or row.index.endswith("_at"):
            assert np.isnan(row.noise_floor)
        else:
            assert row.noise_floor == max(abs(own.value), abs(own.low), abs(own.high))
            assert row.index in ("mu", "sigma") or row.noise_floor < 0.3 * rows(found, row.index)["x1"].value


@pytest.mark.parametrize(("method", "index"), [("sobol", "S1"), ("morris", "mu"), ("lhs", "src"), ("lhs", "prcc")])
def test_the_dummys_interval_holds_zero_and_the_others_do_not(method, index):
    """A 90 % interval misses once in ten; of ten it should not miss more than three."""
    held = 0
    for seed in range(10):
        laid = laid_out(method, samples={"sobol": 1024}.get(method, 128), seed=seed)
        found = rows(indices_of(laid, noisy(laid, deviation=0.5, seed=seed), 1), index)
        held += found[DUMMY].low < 0.0 < found[DUMMY].high
        assert abs(found[DUMMY].value) < 0.25
        assert found["x1"].low > 0.0
    assert held >= 7


def test_the_dummys_total_index_is_the_share_of_noise():
    """Noise of deviation 1 over 8 replicates has the variance 1/8, beside 1/12 + 1/48 of the two factors."""
    laid = laid_out("sobol", samples=4096)
    found = rows(indices_of(laid, noisy(laid), 1), "ST")
    share = (1.0 / 8.0) / (1.0 / 8.0 + 5.0 / 48.0)
    assert found[DUMMY].value == pytest.approx(share, abs=0.04)
    assert found[DUMMY].low < share < found[DUMMY].high == found["x1"].noise_floor


@pytest.mark.parametrize("method", LAID)
def test_with_the_same_seeds_everywhere_the_dummy_changes_nothing(method):
    laid = laid_out(method)
    values = ishigami(laid.places)[:, None] + np.random.default_rng(1).normal(0.0, 1.0, (1, 4))
    for row in indices_of(laid, values, 1):
        if row.parameter == DUMMY and not row.index.endswith("_at"):
            assert abs(row.value) < (0.1 if method == "lhs" else 1e-9)


def test_one_replicate_gives_no_interval_where_only_replicates_are_resampled():
    for method in ("oat", "grid"):
        laid = laid_out(method)
        found = indices_of(laid, noisy(laid, 1), 1)
        assert np.isnan([[row.low, row.high, row.convergence] for row in found]).all()
        found = indices_of(laid, noisy(laid, 8), 1)
        assert not np.isnan([[row.value, row.low, row.high, row.convergence] for row in found]).any()


def test_the_interval_of_a_range_narrows_with_replicates():
    laid = laid_out("oat")
    widths = []
    for replicates in (4, 64):
        row = rows(indices_of(laid, noisy(laid, replicates), 1), "range")["x1"]
        widths.append(row.high - row.low)
    assert widths[1] < widths[0] / 2.0


@pytest.mark.parametrize(("method", "few", "many"), [("sobol", 64, 4096), ("morris", 16, 1024), ("lhs", 32, 2048)])
def test_convergence_falls_with_samples(method, few, many):
    """Errors fall at least with the square root of the samples, here by eight; half of that is asked for."""
    moved = []
    for samples in (few, many):
        laid = laid_out(method, samples=samples)
        found = indices_of(laid, ishigami(laid.places)[:, None], 1)
        moved.append(np.mean([row.convergence for row in found if row.parameter != DUMMY]))
    assert 0.0 < moved[1] < moved[0] / 4.0


def test_change_is_the_larger_of_both():
    assert change(np.array([10.0, 1.0]), lambda n: np.array([float(n), 1.0]), 8).tolist() == [8.0, 0.0]
    assert np.isnan(change(np.array([10.0]), lambda n: np.array([float(n)]), 3)).all()


def test_convergence_is_what_fewer_samples_would_have_given():
    laid = laid_out("morris", samples=16)
    y = ishigami(laid.places)
    whole, half, quarter = (
        values_of(indices_of(Design(METHODS["morris"], laid.factors, laid.places[:n]), y[:n, None], 1), "sigma")
        for n in (80, 40, 20)
    )
    found = [row.convergence for row in rows(indices_of(laid, y[:, None], 1), "sigma").values()]
    assert found == pytest.approx(np.maximum(np.abs(whole - half), np.abs(whole - quarter)))


@pytest.mark.parametrize("method", ["sobol", "morris"])
def test_a_missing_point_takes_its_block_with_it(method):
    laid = laid_out(method, samples=32)
    size = len(laid.factors) + {"sobol": 2, "morris": 1}[method]
    values = ishigami(laid.places)[:, None].repeat(2, axis=1)
    values[3 * size + 2] = np.nan  # both replicates: no mean
    values[5 * size, 0] = np.nan  # one replicate: a mean all the same
    kept = np.delete(np.arange(len(laid)), np.s_[3 * size : 4 * size])
    part = Design(METHODS[method], laid.factors, laid.places[kept])
    without = indices_of(part, ishigami(laid.places[kept])[:, None], 1)
    found = indices_of(laid, values, 1)
    assert [row.samples for row in found] == [31] * len(found)
    assert [row.value for row in found] == pytest.approx([row.value for row in without])


@pytest.mark.parametrize("method", ["lhs", "oat", "grid"])
def test_a_missing_point_is_left_out_where_points_stand_alone(method):
    laid = laid_out(method, samples=200)
    values = noisy(laid)
    full = indices_of(laid, values, 1)
    values[1] = np.nan  # of oat the lowest place of x1, which is the lowest of all
    found = indices_of(laid, values, 1)
    if method == "oat":
        assert [row.samples for row in rows(found, "range").values()] == [4, 5, 5, 5]
    else:
        assert {row.samples for row in found} == {len(laid) - 1}
    assert not np.isnan([row.value for row in found]).any()
    assert [row.value for row in found] != [row.value for row in full]


@pytest.mark.parametrize("method", LAID)
def test_nothing_but_failures_gives_nothing_but_nan(method):
    laid = laid_out(method, samples=16)
    found = indices_of(laid, np.full((len(laid), 3), np.nan), 1)
    assert np.isnan([[row.value, row.low, row.high, row.convergence] for row in found]).all()
    assert {row.samples for row in found} == {0}


@pytest.mark.parametrize("method", LAID)
def test_an_outcome_that_does_not_vary_has_no_shares_and_no_effects(method):
    laid = laid_out(method, samples=16)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        found = indices_of(laid, np.full((len(laid), 4), 0.1), 1)
    zero = {"mu", "mu_star", "sigma", "range"}
    for row in found:
        assert row.value == 0.0 if row.index in zero else np.isnan(row.value)


@pytest.mark.parametrize(("method", "samples"), [("morris", 1), ("lhs", 1), ("lhs", 4), ("sobol", 2)])
def test_few_samples_warn_nobody_and_claim_nothing(method, samples):
    laid = laid_out(method, samples=samples)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        found = indices_of(laid, ishigami(laid.places)[:, None], 1)
    assert np.isnan([row.convergence for row in found]).all()
    if method != "sobol":
        assert np.isnan([[row.low, row.high] for row in found]).all()


def test_factors_of_a_table_that_cannot_be_told_apart_have_no_coefficients():
    x = np.random.default_rng(1).random((40, 3))
    x[:, 2] = x[:, 0]
    found = indices_of(table(x), x.sum(axis=1)[:, None], 1)
    assert np.isnan([row.value for row in found]).all()
    x[:, 2] = 0.5  # and one that does not vary has none, but leaves the others theirs
    found = indices_of(table(x), x.sum(axis=1)[:, None], 1)
    assert np.isnan(rows(found, "src")["x3"].value) and np.isnan(rows(found, "prcc")["x3"].value)
    assert rows(found, "r2")["all"].value == pytest.approx(1.0)


def test_a_sorted_table_settles_as_a_shuffled_one_does():
    """Its first quarter would otherwise hold the lowest values alone."""
    x = np.sort(np.random.default_rng(1).random((400, 2)), axis=0)
    x[:, 1] = np.random.default_rng(2).random(400)
    found = rows(indices_of(table(x), (np.exp(3.0 * x[:, 0]) + x[:, 1])[:, None], 1), "src")
    assert found["x1"].convergence < 0.05


def test_the_same_seed_gives_the_same_intervals():
    laid = laid_out("sobol", samples=64)
    one, same, other = (indices_of(laid, ishigami(laid.places)[:, None], seed)[0] for seed in (1, 1, 2))
    assert one == same
    assert one.value == other.value and one.high != other.high


@pytest.mark.parametrize(
    ("laid", "values", "said"),
    [
        (table(np.zeros((4, 2))), np.zeros((3, 1)), "do not belong to 4 points"),
        (table(np.zeros((4, 2))), np.zeros(4), "do not belong to 4 points"),
        (Design(METHODS["sobol"], factors(2), np.zeros((6, 2))), np.zeros((6, 1)), "6 points are not blocks of 4"),
        (Design(METHODS["morris"], factors(2), np.zeros((7, 2))), np.zeros((7, 1)), "7 points are not blocks of 3"),
        (Design(METHODS["morris"], factors(2), np.zeros((6, 2))), np.zeros((6, 1)), "steps of 0 of the range"),
    ],
)
def test_what_does_not_fit_is_refused(laid, values, said):
    with pytest.raises(ValueError, match=said):
        indices_of(laid, values, 1)


@settings(deadline=None, max_examples=25)
@given(st.permutations(range(4)), st.sampled_from(["oat", "grid"]), st.integers(0, 1000))
def test_the_order_of_factors_does_not_matter(order, method, seed):
    laid = laid_out(method, levels=3)
    values = noisy(laid, 4, seed=seed)
    moved = Design(METHODS[method], [laid.factors[column] for column in order], laid.places[:, order])
    one, other = (
        {(row.parameter, row.index): (row.value, row.low, row.high, row.convergence) for row in found}
        for found in (indices_of(laid, values, 1), indices_of(moved, values, 1))
    )
    assert one.keys() == other.keys()
    for key in one:
        assert one[key] == pytest.approx(other[key], nan_ok=True)


@settings(deadline=None, max_examples=25)
@given(st.sampled_from(LAID), st.floats(-1e4, 1e4), st.integers(0, 1000))
def test_a_constant_changes_nothing(method, constant, seed):
    laid = laid_out(method, samples=16, levels=2)
    values = noisy(laid, 4, seed=seed)
    one, other = (indices_of(laid, moved, 1) for moved in (values, values + constant))
    for before, after in zip(one, other, strict=True):
        numbers = [(row.value, row.low, row.high, row.convergence, row.noise_floor) for row in (before, after)]
        assert numbers[0] == pytest.approx(numbers[1], rel=1e-6, abs=1e-6, nan_ok=True)


@pytest.mark.parametrize("method", LAID)
def test_outcomes_that_are_analysed_together_are_as_those_analysed_alone(method):
    """Also where runs of some of them failed, and where one does not move; every one of them is told of once."""
    laid = laid_out(method, samples={"morris": 16, "sobol": 64}.get(method, 128))
    values = {name: noisy(laid, seed=seed) for seed, name in enumerate("abcdef")}
    values["b"][3] = values["c"][3] = values["d"][7:] = np.nan
    values["e"][:] = 1.0
    values["f"][:] = np.nan
    done = []
    together = indices(laid, [Response(name, "s", own) for name, own in values.items()], 1, done.append)
    assert [found[0].outcome for found in together] == list(values)
    for found, own in zip(together, values.values(), strict=True):
        for row, alone in zip(found, indices_of(laid, own), strict=True):
            assert (row.parameter, row.index, row.samples) == (alone.parameter, alone.index, alone.samples)
            numbers = [(one.value, one.low, one.high, one.convergence, one.noise_floor) for one in (row, alone)]
            assert numbers[0] == pytest.approx(numbers[1], rel=1e-9, abs=1e-12, nan_ok=True)
    assert sum(done) == pytest.approx(len(values))
    assert len(done) >= len(values)


def test_elementary_effects_by_hand():
    places = np.array([[[0.0, 1.0], [2 / 3, 1.0], [2 / 3, 1 / 3]]])
    assert elementary_effects(places, np.array([[1.0, 3.0, 4.0]])) == pytest.approx(np.array([[3.0, -1.5]]))


def test_ranks_share_ties():
    assert tied_ranks(np.array([[3.0], [1.0], [3.0], [7.0]])).ravel().tolist() == [2.5, 1.0, 2.5, 4.0]


def test_intervals_need_half_of_the_resamples():
    found = np.array([[1.0, np.nan], [2.0, np.nan], [3.0, 1.0]])
    low, high = interval(found)
    assert [low[0], high[0]] == pytest.approx([1.1, 2.9])
    assert np.isnan([low[1], high[1]]).all()
