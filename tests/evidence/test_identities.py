"""The packaged tables obey the arithmetic that the report's own tables and text obey.

Expected values are those of an independent check of the report, not figures the code could have produced.
"""

import statistics

import pytest

from klyngesim.evidence import tables


def near(value: float, expected: float, digits: int = 1) -> bool:
    """Whether `value` rounds to `expected` (half a unit of the last digit, and a hair for floats)."""
    return abs(value - expected) <= 0.5 * 10**-digits + 1e-9


def test_table1_covers_the_firms_of_the_model() -> None:
    rows = tables.firm_population()
    assert [row.category for row in rows] == ["main", "supporting", "unattached"]
    assert sum(row.firms for row in rows) == 282_487
    for field, covered in (("firms", 81.7), ("employees", 86.3), ("turnover_billion_kr", 93.3)):
        amounts = [getattr(row, field) for row in rows]
        assert near(100 * sum(amounts[:2]) / sum(amounts), covered), field


def test_table1_turnover_per_employee_is_plausible_in_billion_kr_only() -> None:
    per_employee_mkr = [row.turnover_billion_kr * 1000 / row.employees for row in tables.firm_population()]
    assert [round(value, 2) for value in per_employee_mkr] == [3.65, 2.29, 1.43]


@pytest.mark.parametrize(
    ("field", "total"),
    [
        ("grant_pct", 100.0),
        ("activities_pct", 99.9),
        ("other_income_pct", 97.1),
        ("members_pct", 119.0),
        ("participants_pct", 129.7),
    ],
)
def test_table2_sums(field: str, total: float) -> None:
    assert sum(getattr(row, field) for row in tables.size_shares()) == pytest.approx(total)


def test_table2_amounts_are_share_times_total() -> None:
    totals = tables.size_totals()
    base_with_item = sum(getattr(tables.finance_totals(), field) for field in ("public_dk", "eu", "private", "other"))
    for share, amount in zip(tables.size_shares(), tables.size_absolute(), strict=True):
        assert share.cluster == amount.cluster
        assert near(share.grant_pct * totals.grant_mkr / 100, amount.grant_mkr)
        assert near(share.members_pct * totals.members / 100, amount.members)
        assert near(share.participants_pct * totals.participants / 100, amount.participants)
        assert near(share.activities_pct * totals.activities / 100, amount.activities)
        other = share.other_income_pct / 100
        assert near(other * totals.other_income_mkr, amount.other_income_printed_base_mkr)
        assert near(other * base_with_item, amount.other_income_with_item_mkr)


def test_table7_grants_reproduce_the_shares_of_table2() -> None:
    total = tables.finance_totals().grant
    assert total == tables.size_totals().grant_mkr
    # Both numbers are rounded: half a unit of the share and half a unit of the grant.
    tolerance = 0.05 + 100 * 0.05 / total
    for money, share in zip(tables.finance(), tables.size_shares(), strict=True):
        assert money.cluster == share.cluster
        assert abs(100 * money.grant / total - share.grant_pct) <= tolerance, money.cluster


@pytest.mark.parametrize(
    ("field", "sum_of_rows", "printed"),
    [
        ("grant", 364.9, 364.9),
        ("public_dk", 293.9, 293.9),
        ("eu", 275.5, 275.5),
        ("private", 145.3, 145.4),
        ("other", 102.7, 158.5),
    ],
)
def test_table7_columns(field: str, sum_of_rows: float, printed: float) -> None:
    assert sum(getattr(row, field) for row in tables.finance()) == pytest.approx(sum_of_rows)
    assert getattr(tables.finance_totals(), field) == printed


def test_table2_other_income_rests_on_the_column_totals_of_table7() -> None:
    totals = tables.finance_totals()
    assert totals.external == pytest.approx(873.3)
    pairs = list(zip(tables.finance(), tables.size_shares(), strict=True))

    def fitting(base: float) -> list[str]:
        return [m.cluster for m, s in pairs if round(100 * m.external / base, 1) == s.other_income_pct]

    assert len(fitting(totals.external)) == 12
    assert "dlsc" not in fitting(totals.external)
    assert len(fitting(tables.size_totals().other_income_mkr)) == 2


@pytest.mark.parametrize(("option", "mkr"), [("validated", 155.8), ("printed", 124.8), ("full", 180.6)])
def test_dlsc_external_income_by_reading(option: str, mkr: float) -> None:
    assert tables.dlsc_external_mkr(option) == mkr
    money = {row.cluster: row for row in tables.finance(option)}
    assert money["dlsc"].external == mkr
    printed = {row.cluster: row for row in tables.finance()}
    assert {c for c in money if money[c] != printed[c]} == (set() if option == "printed" else {"dlsc"})


def test_dlsc_default_is_the_validated_reading_and_the_table_stays_as_printed() -> None:
    assert tables.dlsc_external_mkr() == tables.dlsc_external_mkr("validated")
    assert tables.finance() == tables.finance("printed")
    with pytest.raises(ValueError, match="did you mean 'validated'"):
        tables.dlsc_external_mkr("valid")
    with pytest.raises(ValueError, match="did you mean 'full'"):
        tables.finance("fulll")


@pytest.mark.parametrize("option", ["printed", "validated", "full"])
def test_external_funds_agree_with_table7(option: str) -> None:
    for derived, money in zip(tables.external_funds(), tables.finance(option), strict=True):
        assert derived.cluster == money.cluster
        assert getattr(derived, f"{option}_mkr") == money.external
        assert near(money.external / money.grant, getattr(derived, f"{option}_to_grant"), 2)
        assert near(money.private / money.grant, derived.private_to_grant, 2)
    total = getattr(tables.external_funds_total(), f"{option}_mkr")
    assert total == pytest.approx(sum(row.external for row in tables.finance(option)))


def test_programme_ratios() -> None:
    grant = tables.finance_totals().grant
    budget = tables.fact("F068").value
    assert budget is not None
    assert near(100 * grant / budget, 57.0)
    total = tables.external_funds_total()
    assert (total.printed_to_grant, total.validated_to_grant, total.full_to_grant) == (2.24, 2.33, 2.39)
    assert sum(row.external > row.grant for row in tables.finance()) == 10
    assert [row.cluster for row in tables.finance() if row.private > row.grant] == ["fintech", "made"]


@pytest.mark.parametrize(
    ("field", "slope", "intercept", "r2"),
    [("members", 18.1, -54, 0.68), ("participants", 69.1, -157, 0.57), ("activities", 10.7, -46, 0.80)],
)
def test_slopes_on_the_grant(field: str, slope: float, intercept: float, r2: float) -> None:
    grants = [row.grant for row in tables.finance()]
    outcomes = [getattr(row, field) for row in tables.size_absolute()]
    line = statistics.linear_regression(grants, outcomes)
    assert near(line.slope, slope)
    assert near(line.intercept, intercept, 0)
    assert near(statistics.correlation(grants, outcomes) ** 2, r2, 2)


@pytest.mark.parametrize(
    ("field", "larger"),
    [
        ("members_pct", {"clean", "food", "fintech", "made", "robotics"}),
        ("participants_pct", {"clean", "food", "dlsc", "vision", "robotics"}),
    ],
)
def test_larger_share_than_of_the_grant_when_scaled(field: str, larger: set[str]) -> None:
    rows = tables.size_shares()
    total = sum(getattr(row, field) for row in rows)
    assert {row.cluster for row in rows if 100 * getattr(row, field) / total > row.grant_pct} == larger


def test_table3_prints_non_participants() -> None:
    shown = [row for row in tables.participation_2021() if row.share_pct is not None]
    assert len(shown) == 10
    for row in shown:
        assert row.participants is not None
        assert row.non_participants is not None
        assert row.stronghold_firms == row.non_participants + row.participants
        assert near(100 * row.participants / row.stronghold_firms, row.share_pct, 2), row.cluster
    assert sum(row.participants or 0 for row in shown) == 1693
    assert sum(row.stronghold_firms or 0 for row in shown) == 184_228


def test_table3_and_table4_count_the_same_firms() -> None:
    counts = {(row.cluster, row.group): row.firms for row in tables.characteristics_2021()}
    assert len(counts) == 20
    for row in tables.participation_2021():
        assert counts.get((row.cluster, "non_participant")) == row.non_participants
        assert counts.get((row.cluster, "participant")) == row.participants


def test_startups_of_the_two_groups() -> None:
    first, last = (sum(tables.fact(one).value or 0 for one in pair) for pair in (("F234", "F236"), ("F235", "F237")))
    assert (first, last) == (730, 591)
    assert tables.fact("F225").value == -150  # the rounded statement that A7 sets aside
