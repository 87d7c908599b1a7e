"""The points of the designs: how many, in which order, at which places; and what is refused."""

import warnings

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from klyngesim.priors import Prior
from klyngesim.sweeps.design import Factor
from klyngesim.sweeps.rows import DUMMY
from tests.sweeps.functions import design, factors, points

CENTRE = {f"x{n}": 0.3 for n in range(1, 8)}


@settings(deadline=None, max_examples=30)
@given(
    st.sampled_from(["oat", "morris", "sobol", "lhs", "grid"]),
    st.integers(1, 4),
    st.sampled_from([2, 4, 8]),
    st.sampled_from([None, 2, 4]),
    st.booleans(),
)
def test_points_are_counted_without_the_design_and_lie_in_the_range(method, count, samples, levels, dummy):
    columns = factors(count, dummy)
    found = design(method, columns, samples, 1, levels, CENTRE)
    assert found.places.shape == (points(method, columns, samples, levels), len(columns))
    assert 0.0 <= found.places.min() <= found.places.max() <= 1.0


@pytest.mark.parametrize("method", ["morris", "sobol", "lhs"])
def test_the_seed_decides_and_the_global_generator_is_left_alone(method):
    before = np.random.get_state()[1].copy()  # noqa: NPY002
    one, same, other = (design(method, factors(3), 16, seed).places for seed in (5, 5, 6))
    assert (one == same).all() and not (one == other).all()
    assert (np.random.get_state()[1] == before).all()  # noqa: NPY002


@pytest.mark.parametrize("method", ["oat", "morris", "sobol", "lhs", "grid"])
def test_no_library_warns(method):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        design(method, factors(3), 8, 0, None, CENTRE)


def test_one_at_a_time_goes_over_the_whole_range_around_the_centre():
    columns = [*factors(2, dummy=True), Factor("M01", "switch")]
    found = design("oat", columns, 0, 1, 3, {"x1": 0.2, "x2": 0.9})
    usual = [0.2, 0.9, 0.5, 0.0]
    expected = [usual]
    for column in range(4):
        expected += [[*usual[:column], place, *usual[column + 1 :]] for place in (0.0, 0.5, 1.0)]
    assert found.places.tolist() == expected
    assert [factor.id for factor in found.factors] == ["x1", "x2", DUMMY, "M01"]


def test_a_grid_has_every_combination_once():
    found = design("grid", factors(3), 0, 1, 3).places
    assert len(np.unique(found, axis=0)) == len(found) == 27
    assert set(found.ravel().tolist()) == {0.0, 0.5, 1.0}


@pytest.mark.parametrize("levels", [2, 4, 6])
def test_trajectories_move_one_factor_at_a_time_by_the_same_step_and_across_every_switch(levels):
    found = design("morris", factors(4), 10, 1, levels).places.reshape(10, 5, 4)
    steps = np.abs(np.diff(found, axis=1))
    assert ((steps > 0.0).sum(axis=2) == 1).all() and ((steps > 0.0).sum(axis=1) == 1).all()
    assert steps[steps > 0.0] == pytest.approx(levels / (2.0 * (levels - 1.0)))
    switched = np.abs(np.diff(found >= 0.5, axis=1)).sum(axis=1)
    assert (switched == 1).all()


def test_sobol_blocks_swap_one_column_at_a_time():
    found = design("sobol", factors(3), 64, 1).places.reshape(64, 5, 3)
    first, last = found[:, 0], found[:, -1]
    for column in range(3):
        expected = first.copy()
        expected[:, column] = last[:, column]
        assert (found[:, 1 + column] == expected).all()
    # Sixty-four points of a scrambled sequence put one into each sixty-fourth of every range.
    assert (np.sort((first * 64).astype(int), axis=0) == np.arange(64)[:, None]).all()


def test_a_latin_hypercube_has_one_point_in_each_slice_of_every_range():
    found = design("lhs", factors(5), 40, 1).places
    assert (np.sort((found * 40).astype(int), axis=0) == np.arange(40)[:, None]).all()


def test_whole_numbers_and_switches_get_each_of_their_values():
    whole = Factor("w", "whole", Prior("w", "uniform", 1.0, 4.0, 2.0))
    found = design("lhs", [whole, Factor("M01", "switch")], 40, 1)
    counted = [[found.values(point)[name] for point in range(40)].count(value) for name, value in _each()]
    assert counted == [10, 10, 10, 10, 20, 20]


def _each():
    return [("w", 1.0), ("w", 2.0), ("w", 3.0), ("w", 4.0), ("M01", 0.0), ("M01", 1.0)]


@pytest.mark.parametrize(
    ("method", "columns", "samples", "levels", "said"),
    [
        ("sobol", factors(2), 100, None, "100 samples; it needs a power of two, such as 64 or 128"),
        ("sobol", factors(2), 0, None, "0 samples"),
        ("morris", factors(2), 0, None, "0 samples"),
        ("lhs", factors(2), 0, None, "0 samples"),
        ("morris", factors(2), 4, 5, "5 levels; it needs an even number"),
        ("morris", factors(2), 4, 1, "between two levels or more"),
        ("oat", factors(2), 0, 1, "between two levels or more"),
        ("grid", factors(2), 0, 0, "between two levels or more"),
        ("grid", factors(7), 0, 10, "10,000,000 points, more than 1,000,000"),
        ("grid", [], 0, 3, "no parameter or switch is varied"),
        ("lhs", [*factors(2), *factors(1)], 4, None, "varied more than once: x1"),
        ("table", factors(2), 4, None, "no method that lays points itself"),
    ],
)
def test_what_cannot_be_done_is_refused_by_both(method, columns, samples, levels, said):
    with pytest.raises(ValueError, match=said):
        design(method, columns, samples, 1, levels, CENTRE)
    with pytest.raises(ValueError, match=said):
        points(method, columns, samples, levels)


def test_a_grid_of_a_million_points_is_not_refused():
    assert points("grid", factors(6), 0, 10) == 1_000_000


@pytest.mark.parametrize(
    ("centre", "said"),
    [({"x1": 0.5}, "no place of the default is known of x2"), ({"x1": 0.5, "x2": 1.2}, "outside the range of x2")],
)
def test_the_centre_must_be_whole_and_inside(centre, said):
    with pytest.raises(ValueError, match=said):
        design("oat", factors(2), 0, 1, 3, centre)
