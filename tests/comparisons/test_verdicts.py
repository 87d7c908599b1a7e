"""The tables of a comparison, recomputed from made-up runs with answers worked out by hand."""

import math
from dataclasses import fields
from itertools import combinations
from types import SimpleNamespace

import numpy as np
import pytest

from klyngesim.comparisons.gains import Gain, gains
from klyngesim.comparisons.verdicts import TABLES, Difference, differences, direction, precision, ranking, trades
from klyngesim.results.comparison import GROSS_AND_NET, GUARD, MAIN, SAME, SHOWN, in_order
from klyngesim.results.indicators import INDICATORS, index
from klyngesim.results.vocabulary import FIRM_CLASSES, STAGE
from klyngesim.results.windows import Window, measure
from klyngesim.runs.simulation import run_once
from klyngesim.scenario.loading import from_mapping
from tests.comparisons.made_up import DECADE, FIVE, T_FOUR, TWO_DECADES, made_up, variant
from tests.report.made_up_comparison import TABLES as NOTED

HALF = T_FOUR * math.sqrt(2.5) / math.sqrt(5.0)  # of the interval of five pairs whose luck is FIVE
STEADY = [100.0] * 5


def at(level, luck=1.0):
    """Five pairs around a level."""
    return [level + luck * one for one in FIVE]


def rows_of(made, table=differences):
    return {row.indicator: row for row in table(made)}


def test_a_difference_is_the_mean_of_the_pairs_with_students_interval():
    rows = rows_of(made_up({"members": STEADY}, {"variant": {"members": at(110.0)}}))
    row = rows["members"]
    assert (row.scenario, row.baseline, row.window, row.n_pairs) == ("variant", "baseline", "2025-2034", 5)
    assert [row.mean_difference, row.relative] == pytest.approx([10.0, 0.1])
    assert [row.low, row.high] == pytest.approx([10.0 - HALF, 10.0 + HALF])  # 8.49 to 11.51
    assert [row.low, row.high] == pytest.approx([8.4926, 11.5074], abs=1e-4)
    assert (row.share_same_sign, row.prob_best, row.expected_regret, row.verdict) == (1.0, 1.0, 0.0, "better")
    assert rows["new_participants"].verdict == "nothing changes"


@pytest.mark.parametrize(
    ("name", "values", "said"),
    [
        ("members", at(110.0), "better"),
        ("members", at(90.0), "worse"),
        ("members", at(103.0), "uncertain"),  # 1.49 to 4.51, and the smallest effect is 2
        ("members", at(100.4, 0.5), "no difference"),  # -0.35 to 1.15
        ("members", at(101.9, 0.1), "uncertain"),  # 1.75 to 2.05
        ("members", STEADY, "nothing changes"),
        ("members", [110.0] * 5, ""),
        ("grant_spent_mkr", at(110.0), "worse"),  # public money is a cost
        ("members_left", at(110.0), "worse"),
        ("small_firm_share", at(90.0), "worse"),
    ],
)
def test_a_verdict_holds_the_interval_against_two_per_cent_of_the_level(name, values, said):
    assert rows_of(made_up({name: STEADY}, {"variant": {name: values}}))[name].verdict == said


def test_fewer_than_five_pairs_give_no_verdict_however_large_the_difference():
    made = made_up({"members": [100.0] * 4}, {"variant": {"members": [201.0, 199.0, 200.0, 200.5]}})
    assert rows_of(made)["members"].verdict == ""
    assert not made.narrow()
    assert rows_of(made, precision)["members"].pairs_needed == 5.0


def test_precision_is_that_of_the_pairs():
    """Both runs of a pair share the luck of FIVE, and the variant has half of it more."""
    made = made_up({"members": at(100.0)}, {"variant": {"members": at(104.0, 1.5)}})
    row = rows_of(made, precision)["members"]
    assert [row.baseline_mean, row.smallest_effect, row.correlation] == pytest.approx([100.0, 2.0, 1.0])
    assert [row.half_width, row.sd_paired] == pytest.approx([HALF / 2.0, math.sqrt(2.5) / 2.0])
    assert row.sd_independent == pytest.approx(math.sqrt(2.5 + 2.25 * 2.5))
    assert row.independent_pairs == pytest.approx(5 * 13.0)
    assert row.pairs_needed == 5.0


def test_ranks_and_trades_follow_the_means():
    made = made_up(
        {"members": STEADY, "grant_spent_mkr": STEADY},
        {"more": {"members": at(110.0), "grant_spent_mkr": at(120.0)}, "less": {"members": at(90.0)}},
    )
    ranks = {row.scenario: row.rank for row in ranking(made) if row.indicator == "members"}
    assert ranks == {"more": 1.0, "baseline": 2.0, "less": 3.0}
    found = {row.scenario: (row.public_cost, row.undominated) for row in trades(made)}
    assert found == {"baseline": (0.0, True), "more": (pytest.approx(20.0), False), "less": (0.0, True)}


def test_a_trade_has_the_five_objectives_each_in_its_place():
    ends = ("projects_external_started", "participants_unique_year", "small_firm_share", "external_private_mkr")
    made = made_up(
        dict.fromkeys(ends, STEADY),
        {
            "one": {name: at(110.0 + place) for place, name in enumerate(ends)} | {"grant_spent_mkr": at(114.0)},
            "two": {"grant_spent_mkr": at(90.0)},
        },
    )
    baseline, one, two = trades(made)
    assert (one.window, one.depth, one.reach, one.small_firms, one.private_money, one.public_cost) == pytest.approx(
        ("2025-2034", 10.0, 11.0, 12.0, 13.0, 14.0)
    )
    assert [row.undominated for row in (baseline, one, two)] == [False, True, True]
    assert (baseline.depth, two.public_cost) == pytest.approx((0.0, -10.0))


def test_the_tables_have_their_names_and_columns_and_rows_of_every_variant():
    made = made_up({"members": STEADY}, {"one": {}, "two": {}})
    tables = {"comparison.csv": (Difference, differences), "gains.csv": (Gain, gains), **TABLES}
    assert {name: ",".join(field.name for field in fields(kind)) for name, (kind, _) in tables.items()} == {
        name: NOTED[name].partition("\n")[0]
        for name in ("comparison.csv", "precision.csv", "ranking.csv", "gains.csv", "pareto.csv")
    }
    for name, (kind, table) in tables.items():
        rows = list(table(made))
        assert {type(row) for row in rows} == {kind}
        whole = ["baseline", "one", "two"] if name in ("ranking.csv", "pareto.csv") else ["one", "two"]
        assert list(dict.fromkeys(row.scenario for row in rows)) == whole


def test_where_a_comparison_takes_a_stance():
    names = ("grant_spent_mkr", "small_firm_share", "external_transfer_mkr", "members", "members_left")
    assert [direction(INDICATORS[index(name)]) for name in names] == [-1, 1, 0, 1, -1]


def test_a_difference_says_whether_it_rests_on_an_assumption():
    first, last = (variant(name, parameters={"segmentation.level": 1.0}) for name in ("lever", "again"))
    scenarios = (first, variant("same"), last)
    made = made_up({"members": STEADY}, {one.name: {} for one in scenarios}, scenarios=scenarios)
    said = {(row.scenario, row.indicator): row.rests_on for row in differences(made)}
    assert (said["same", "members"], said["same", "innovations"]) == ("data", "assumption")
    assert (said["lever", "members"], said["lever", "innovations"]) == ("assumption", "assumption")


def test_gains_are_those_of_one_organisation_or_one_class_in_one_window():
    made = made_up({}, {"variant": {"members": at(110.0)}}, (DECADE, TWO_DECADES))
    place, micro = made.organisations.index("made"), [one.id for one in FIRM_CLASSES].index("micro")
    for run, luck in zip(made.measured[1], FIVE, strict=True):
        run.indicators[:, place, index("members")] = 120.0 + luck, 80.0 + luck
        # Thirteen organisations with ten ideas each are 130 in the baseline.
        run.moves[:, place, micro, STAGE["innovation"]] += -5.2 + 0.1 * luck, 7.8 + 0.1 * luck
        run.indicators[0, place, index("staff_fte")] = 101.5 + 0.2 * luck
    rows = {(row.window, row.who, row.what): row for row in gains(made)}
    assert rows["2025-2034", "made", "staff_fte"].verdict == "no difference"  # of 2 per cent
    firms = [rows[window.label, "made", "members"] for window in made.windows]
    assert [(row.kind, row.verdict) for row in firms] == [("organisation", "better"), ("organisation", "worse")]
    assert [row.mean_difference for row in firms] == pytest.approx([20.0, -20.0])
    assert [firms[0].low, firms[0].high, firms[0].relative] == pytest.approx([20.0 - HALF, 20.0 + HALF, 0.2])
    ideas = [rows[window.label, "micro", "ideas entering innovation"] for window in made.windows]
    assert [row.verdict for row in ideas] == ["worse", "better"]
    assert [row.baseline_mean for row in ideas] == [130.0, 130.0]
    assert [row.relative for row in ideas] == pytest.approx([-0.04, 0.06])
    assert rows["2025-2034", "small", "ideas entering innovation"].verdict == "nothing changes"
    assert rows["2025-2034", "energy", "members"].verdict == "nothing changes"


def test_every_sure_change_comes_first_the_largest_before_all_others():
    made = made_up(
        {"members": STEADY, "withheld_mkr": [0.0] * 5},
        {
            "variant": {
                "members": at(90.0),
                "staff_left_fte": at(160.0),
                "trust_mean": at(103.0, 0.1),
                "withheld_mkr": at(5.0, 0.1),
                "return_rate": at(101.0),
                "applications_won": at(150.0),
                "projects_external_started": at(150.0),
            }
        },
    )
    order = in_order(differences(made))
    assert order[:5] == ["withheld_mkr", "staff_left_fte", "projects_external_started", "members", "trust_mean"]
    assert order[5:] == [name for name in SHOWN if name not in order[:5]]  # return_rate is not sure, nor shown
    assert not set(SAME) & set(order)


def test_the_largest_sure_change_of_any_window_or_variant_gives_the_place():
    said = [("members", 0.5, "better"), ("members", -0.05, "worse"), ("members", 0.9, "uncertain")]
    said += [("trust_mean", -0.2, "worse"), ("applications_won", 3.0, "better")]
    judged = [SimpleNamespace(indicator=name, relative=size, verdict=word) for name, size, word in said]
    assert in_order(judged)[:3] == ["members", "trust_mean", SHOWN[0]]


def test_a_change_that_is_sure_in_one_window_only_appears():
    windows, later = (DECADE, TWO_DECADES), {"variant": {"staff_left_fte": at(103.0, 0.1)}}
    made = made_up({"members": STEADY}, {"variant": {"members": at(110.0)}}, windows, later)
    assert in_order(differences(made))[:2] == ["members", "staff_left_fte"]
    assert {(row.window, row.verdict) for row in differences(made) if row.indicator == "staff_left_fte"} == {
        ("2025-2034", "nothing changes"),
        ("2025-2044", "worse"),
    }


def test_what_is_always_shown_comes_in_its_order():
    assert list(SHOWN) == [
        *("participants_unique_year", "new_participants", "members"),
        *("projects_pilot_started", "projects_external_started", "innovations"),
        *("external_private_mkr", "external_public_mkr", "social_capital"),
        *("ties_cluster", "ties_firm_institution", "small_firm_share"),
    ]
    assert SHOWN[: len(MAIN)] == MAIN and SHOWN[len(MAIN) :] == (*GROSS_AND_NET, GUARD)
    assert not set(SAME) & set(SHOWN) and set(SAME.values()) <= set(MAIN)


def test_indicators_that_share_a_row_are_those_that_are_always_equal():
    """Runs of unlike worlds: no other two indicators that are compared are equal throughout."""
    policies = ({"grant.budget_factor": 0.4}, {"fees.level": 2.0}, {"segmentation.level": 1.0})
    years = []
    for place, policy in enumerate(policies):
        timeline = [{"from": "2023Q1", "set": policy}]
        world = {"population": {"scale": 0.02}, "period": {"end": "2027Q4"}, "timeline": timeline}
        result = run_once(from_mapping({"name": f"world-{place}", "extends": "baseline", **world}), place + 1)
        years.append(measure(result, (Window(2021, 2027),)).yearly)
    compared = [item.id for item in INDICATORS if direction(item)]
    values = {name: np.stack([one[:, index(name)] for one in years]) for name in compared}
    varied = [name for name in compared if np.nanstd(values[name]) > 0.0]
    equal = {
        (one, other)
        for one, other in combinations(varied, 2)
        if np.array_equal(values[one], values[other], equal_nan=True)
    }
    assert equal == set(SAME.items())
