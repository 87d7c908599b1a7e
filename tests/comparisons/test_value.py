"""Value for money, and the years in which a change shows, from made-up runs with answers worked out by hand."""

import math

import numpy as np
import pytest

from klyngesim.comparisons.value import fieller, onsets, worth
from tests.comparisons.made_up import DECADE, FIVE, T_FOUR, TWO_DECADES, made_up, variant

COST, OUTCOME = "grant_spent_mkr", "projects_external_started"
STEADY = [100.0] * 5
HALF = T_FOUR * math.sqrt(2.5) / math.sqrt(5.0)
SWAPPED = (1.0, -2.0, 2.0, -1.0, 0.0)
"""The luck of FIVE in another order: the sum of products with FIVE is -2 + 2 + 0 - 1 + 0 = -1, so little is shared."""


def at(level, luck=1.0, order=FIVE):
    """Five pairs around a level."""
    return [level + luck * one for one in order]


def worth_of(values, base=None):
    made = made_up({COST: STEADY, OUTCOME: STEADY, **(base or {})}, {"variant": values})
    return {row.outcome: row for row in worth(made)}


@pytest.mark.parametrize(
    ("cost", "units", "reading", "price"),
    [
        (120.0, 110.0, "dearer and more", 2.0),  # 20 million for 10 more
        (120.0, 90.0, "dearer and less", None),
        (80.0, 110.0, "cheaper and more", None),
        (80.0, 95.0, "cheaper and less", 4.0),  # 20 million saved for 5 fewer
    ],
)
def test_value_for_money_has_four_readings_and_a_price_in_two_of_them(cost, units, reading, price):
    row = worth_of({COST: at(cost), OUTCOME: at(units, 0.1, SWAPPED)})[OUTCOME]
    assert row.reading == reading
    assert [row.extra_public_mkr, row.extra_outcome] == pytest.approx([cost - 100.0, units - 100.0])
    assert [row.extra_low, row.extra_high] == pytest.approx([cost - 100.0 - HALF, cost - 100.0 + HALF])
    assert [row.outcome_low, row.outcome_high] == pytest.approx([units - 100.0 - HALF / 10, units - 100.0 + HALF / 10])
    assert [row.mkr_per_unit_all, row.mkr_per_unit_baseline] == pytest.approx([cost / units, 1.0])
    if price is None:
        assert all(math.isnan(one) for one in (row.mkr_per_unit, row.per_unit_low, row.per_unit_high))
    else:
        assert row.mkr_per_unit == pytest.approx(price)
        assert 0.0 < row.per_unit_low < price < row.per_unit_high < 1.3 * price


@pytest.mark.parametrize(
    ("cost", "units", "reading"),
    [
        (at(101.0), at(110.0, 0.1), "no sure difference in cost"),
        (STEADY, at(110.0), "no sure difference in cost"),
        ([120.0] * 5, at(110.0), "no sure difference in cost"),  # an interval without width says nothing
        (at(120.0), at(101.0), "no sure difference in units"),
        (at(120.0), STEADY, "no sure difference in units"),
    ],
)
def test_without_a_sure_difference_on_both_sides_there_is_no_price(cost, units, reading):
    row = worth_of({COST: cost, OUTCOME: units})[OUTCOME]
    assert row.reading == reading
    assert all(math.isnan(one) for one in (row.mkr_per_unit, row.per_unit_low, row.per_unit_high))


def test_four_pairs_have_no_price():
    made = made_up(
        {COST: [100.0] * 4, OUTCOME: [100.0] * 4}, {"variant": {COST: at(150.0)[:4], OUTCOME: at(150.0)[:4]}}
    )
    assert {row.reading for row in worth(made)} == {"no sure difference in cost"}


def test_what_is_not_worth_having_more_of_has_no_price():
    values = {
        COST: at(150.0),
        OUTCOME: at(150.0),
        "external_transfer_mkr": at(150.0),
        "external_private_mkr": at(110.0),
    }
    # Posts in administration: the share of hours, 100 in every made-up run, times the posts.
    found = worth_of({**values, "staff_fte": at(150.0)})
    for name in ("external_transfer_mkr", "administration_fte"):
        assert found[name].reading == "dearer and more"
        assert math.isnan(found[name].mkr_per_unit) and math.isnan(found[name].mkr_per_unit_all)
    assert found["administration_fte"].extra_outcome == pytest.approx(100.0 * 50.0)
    assert found["external_private_mkr"].mkr_per_unit == pytest.approx(5.0)
    assert found["external_private_mkr"].mkr_per_unit_all == pytest.approx(150.0 / 110.0)


def test_money_is_held_against_every_outcome_of_every_variant():
    made = made_up({COST: STEADY}, {"one": {}, "two": {}})
    assert [(row.scenario, row.window, row.outcome) for row in worth(made)] == [
        (scenario, "2025-2034", outcome)
        for scenario in ("one", "two")
        for outcome in (
            *("participants_unique_year", "projects_external_started", "innovations"),
            *("external_transfer_mkr", "external_additional_mkr", "external_private_mkr", "administration_fte"),
        )
    ]


def test_a_mean_price_is_over_the_runs_that_have_units():
    gaps = {OUTCOME: [math.nan, 8.0, math.nan, 12.0, math.nan], "innovations": [math.nan] * 5}
    found = worth_of({COST: at(120.0), **gaps})
    assert found[OUTCOME].mkr_per_unit_all == pytest.approx(12.0)
    assert math.isnan(found["innovations"].mkr_per_unit_all)


def test_public_money_is_counted_against_the_baseline_and_not_the_other_way_round():
    """A cut of 25 million that loses 50 participants: half a million saved for each, and no sign turned."""
    row = worth_of({COST: at(75.0), "participants_unique_year": at(50.0, 0.1)})["participants_unique_year"]
    assert (row.extra_public_mkr, row.extra_outcome) == (pytest.approx(-25.0), pytest.approx(-50.0))
    assert (row.reading, row.mkr_per_unit) == ("cheaper and less", pytest.approx(0.5))


def years_of(change, first, last):
    """Values of single years in which the change shows; in all others nothing does."""
    years = {("variant", "members", year): STEADY for year in range(2021, 2045)}
    return {**years, **{("variant", "members", year): at(100.0 + change) for year in range(first, last + 1)}}


def onset_of(made, name="members"):
    return {row.window: row for row in onsets(made) if row.indicator == name}


def test_an_onset_has_the_sign_of_the_answer_and_its_first_and_last_year():
    values = {"members": at(106.0)}
    scenario = variant(timeline=[{"from": "2025Q1", "announced": "2024Q4", "set": {"fees.level": 2.0}}])
    made = made_up({}, {"variant": values}, yearly=years_of(10.0, 2027, 2031), scenarios=(scenario,))
    row = onset_of(made)["2025-2034"]
    assert (row.sign, row.first_year, row.last_year, row.years_from_announced) == (1, 2027.0, 2031.0, 3.0)


def test_years_with_the_other_sign_are_no_onset_of_the_answer():
    """A dip in the first five years, and more members later: the answer is more, and so is its onset."""
    yearly = years_of(20.0, 2030, 2034) | {("variant", "members", year): at(90.0) for year in range(2025, 2030)}
    row = onset_of(made_up({}, {"variant": {"members": at(104.0)}}, yearly=yearly))["2025-2034"]
    assert (row.sign, row.first_year, row.last_year) == (1, 2030.0, 2034.0)


def test_the_longest_stretch_counts_and_only_inside_the_window():
    yearly = years_of(10.0, 2022, 2025) | {("variant", "members", year): at(110.0) for year in (2028, 2029)}
    row = onset_of(made_up({}, {"variant": {"members": at(104.0)}}, yearly=yearly))["2025-2034"]
    assert (row.first_year, row.last_year) == (2028.0, 2029.0)
    yearly = years_of(10.0, 2026, 2028) | {("variant", "members", year): at(110.0) for year in (2031, 2032)}
    row = onset_of(made_up({}, {"variant": {"members": at(104.0)}}, yearly=yearly))["2025-2034"]
    assert (row.first_year, row.last_year) == (2026.0, 2028.0)
    both = made_up(
        {},
        {"variant": {"members": at(104.0)}},
        windows=(DECADE, TWO_DECADES),
        later={"variant": {"members": at(90.0)}},
        yearly=years_of(10.0, 2025, 2030) | {("variant", "members", year): at(80.0) for year in range(2036, 2045)},
    )
    found = onset_of(both)
    assert [(row.sign, row.first_year, row.last_year) for row in found.values()] == [(1, 2025, 2030), (-1, 2036, 2044)]


@pytest.mark.parametrize("values", [at(101.0, 2.0), STEADY, at(100.2, 0.1)])
def test_without_a_sure_answer_there_is_no_onset(values):
    row = onset_of(made_up({}, {"variant": {"members": values}}, yearly=years_of(10.0, 2025, 2034)))["2025-2034"]
    assert row.sign == 0
    assert all(math.isnan(one) for one in (row.first_year, row.last_year, row.years_from_announced))


def test_a_change_that_shows_in_the_mean_alone_has_a_sign_and_no_year():
    row = onset_of(made_up({}, {"variant": {"members": at(104.0)}}, yearly=years_of(0.0, 2025, 2034)))["2025-2034"]
    assert row.sign == 1
    assert np.isnan([row.first_year, row.last_year, row.years_from_announced]).all()


def test_every_sure_change_has_an_onset_and_main_indicators_always_have_a_row():
    made = made_up({}, {"variant": {"staff_left_fte": at(120.0)}})
    found = {row.indicator: row for row in onsets(made)}
    assert (found["staff_left_fte"].sign, found["staff_left_fte"].first_year) == (1, 2025.0)
    assert found["innovations"].sign == 0 and "return_rate" not in found


def test_years_are_counted_from_the_first_announcement():
    lever = {"from": "2027Q1", "announced": "2026Q2", "set": {"fees.level": 2.0}}
    early = variant(timeline=[lever, {"from": "2028Q1", "announced": "2027Q4", "set": {"fees.level": 2.5}}])
    made = made_up({}, {"variant": {"members": at(110.0)}}, scenarios=(early,))
    assert onset_of(made)["2025-2034"].years_from_announced == 2025 - 2026
    undated = made_up({}, {"variant": {"members": at(110.0)}}, scenarios=(variant(parameters={"fees.level": 2.0}),))
    assert onset_of(undated)["2025-2034"].years_from_announced == 2025 - 2021


def test_units_below_one_a_year_have_a_price_and_none_at_all_have_none():
    rare = {OUTCOME: [0.5] * 5, "innovations": [0.0] * 5}
    found = worth_of({COST: at(120.0), OUTCOME: at(0.6, 0.01, SWAPPED), "innovations": at(0.2, 0.01)}, rare)
    row = found[OUTCOME]
    assert [row.mkr_per_unit_all, row.mkr_per_unit_baseline] == pytest.approx([200.0, 200.0])
    assert row.mkr_per_unit == pytest.approx(200.0)
    assert math.isnan(found["innovations"].mkr_per_unit_baseline)
    assert found["innovations"].mkr_per_unit_all == pytest.approx(600.0)


def test_a_ratio_leaves_out_pairs_with_a_missing_value_on_either_side():
    top, bottom = np.array([1.0, 2.0, 4.0, 3.0]), np.array([4.0, 5.0, 6.0, 4.5])
    whole = fieller(top, bottom)
    gap = np.nan
    assert fieller(np.append(top, [gap, 9.0]), np.append(bottom, [9.0, gap])) == pytest.approx(whole)
    assert np.isnan(fieller(top[:1], bottom[:1])).all()
