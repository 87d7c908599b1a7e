"""The long tables of a run."""

import dataclasses

import numpy as np
import pytest

from klyngesim.results import vocabulary
from klyngesim.results.hashing import sort_rows
from klyngesim.results.indicators import IDS
from klyngesim.results.records import CohortRows
from klyngesim.results.tables import BUILDERS, cohort_table, finance_table, funnel_table, indicator_table
from tests.results.fakes import ORGANISATIONS, FakeScenario, simulate


@pytest.fixture(scope="module")
def result():
    return simulate(FakeScenario(), seed=3)


@pytest.mark.parametrize("build", BUILDERS.values(), ids=BUILDERS)
def test_rows_come_in_canonical_order(build, result):
    table = build(result)
    assert table.num_rows > 0
    assert table.equals(sort_rows(table))


def test_columns_are_those_of_the_contract(result):
    assert indicator_table(result).column_names == [
        "scenario",
        "seed",
        "draw",
        "period",
        "cluster",
        "indicator",
        "value",
    ]
    assert funnel_table(result).column_names == (
        ["scenario", "seed", "draw", "period", "cluster", "firm_class", "from_stage", "to_stage", "reason", "count"]
    )
    assert cohort_table(result).column_names == (
        ["scenario", "seed", "draw", "entered", "cluster", "firm_class", "stage", "outcome", "count"]
    )
    assert finance_table(result).column_names == ["scenario", "seed", "draw", "period", "cluster", "account", "mkr"]


def test_every_value_is_found_where_it_belongs(result):
    rows = {(r["period"], r["cluster"], r["indicator"]): r["value"] for r in indicator_table(result).to_pylist()}
    expected = {}
    for step in range(9):
        for place, cluster in enumerate((*ORGANISATIONS, "all")):
            for k, name in enumerate(IDS):
                value = result.indicators[step, place, k]
                if not np.isnan(value):
                    expected[f"{2021 + step // 4}Q{step % 4 + 1}", cluster, name] = value
    assert rows == expected


def test_what_is_not_defined_has_no_row(result):
    names = set(indicator_table(result).column("indicator").to_pylist())
    assert "trust_mean" not in names
    assert "participants_unique_year" in names


def test_money_is_in_million_kroner(result):
    rows = finance_table(result).to_pylist()
    assert len(rows) == result.finance.size
    account = vocabulary.ACCOUNTS[5].id
    (row,) = [r for r in rows if (r["period"], r["cluster"], r["account"]) == ("2021Q3", "made", account)]
    assert row["mkr"] == result.finance[2, 2, 5] / 1e8


def test_equal_moves_are_added_and_none_is_lost(result):
    funnel = result.funnel
    twice = dataclasses.replace(
        result,
        funnel=dataclasses.replace(
            funnel,
            **{field.name: np.concatenate([getattr(funnel, field.name)] * 2) for field in dataclasses.fields(funnel)},
        ),
    )
    once_rows, twice_rows = funnel_table(result).to_pylist(), funnel_table(twice).to_pylist()
    assert [row | {"count": 2 * row["count"]} for row in once_rows] == twice_rows
    assert sum(row["count"] for row in once_rows) == funnel.count.sum()
    counted = {}
    for n in range(len(funnel.count)):
        key = (
            ORGANISATIONS[funnel.organisation[n]],
            vocabulary.FIRM_CLASSES[funnel.firm_class[n]].id,
            vocabulary.STAGES[funnel.from_stage[n]].id,
            vocabulary.STAGES[funnel.to_stage[n]].id,
            vocabulary.REASONS[funnel.reason[n]].id,
        )
        counted[key] = counted.get(key, 0) + int(funnel.count[n])
    found = {}
    for row in once_rows:
        key = tuple(row[name] for name in ("cluster", "firm_class", "from_stage", "to_stage", "reason"))
        found[key] = found.get(key, 0) + row["count"]
    assert found == counted


def test_cohorts_say_who_entered_when_and_what_became_of_them(result):
    rows = result.cohorts
    expected = {}
    for n in range(len(rows.count)):
        key = (
            str(rows.entered[n]),
            ORGANISATIONS[rows.organisation[n]],
            vocabulary.FIRM_CLASSES[rows.firm_class[n]].id,
            vocabulary.STAGES[rows.stage[n]].id,
            vocabulary.OUTCOMES[rows.outcome[n]].id,
        )
        expected[key] = expected.get(key, 0) + int(rows.count[n])
    names = ("entered", "cluster", "firm_class", "stage", "outcome")
    assert {tuple(row[name] for name in names): row["count"] for row in cohort_table(result).to_pylist()} == expected


def test_a_run_without_cohorts_gives_an_empty_table(result):
    assert cohort_table(dataclasses.replace(result, cohorts=CohortRows.none())).num_rows == 0


def test_a_run_without_moves_gives_an_empty_table(result):
    nothing = dataclasses.replace(
        result.funnel,
        **{field.name: np.zeros(0, dtype=np.int64) for field in dataclasses.fields(result.funnel)},
    )
    assert funnel_table(dataclasses.replace(result, funnel=nothing)).num_rows == 0
