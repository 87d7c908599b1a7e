"""The guards themselves: made-up runs that drift in a known way are measured as they drift."""

import math

import numpy as np
import pytest
from checks.drift import guards, initial_drift, links_per_firm, spread
from checks.guard import change, window, yearly

from klyngesim.results.indicators import IDS, INDICATORS, index
from klyngesim.results.records import FunnelRows, RunResult

ORGANISATIONS = ("a", "b", "c", "d")
QUARTERS = 56


def made_up(**series):
    """A run that stands still at 10, but for the given programme series (one value per quarter)."""
    values = np.full((QUARTERS, len(ORGANISATIONS) + 1, len(IDS)), 10.0)
    for item in INDICATORS:
        if item.kind == "yearly":
            values[np.arange(QUARTERS) % 4 != 3, :, index(item.id)] = np.nan
    values[:, :, index("organisations_active")] = 1.0
    values[:, -1, index("organisations_active")] = len(ORGANISATIONS)
    values[:, :, index("organisations_failed")] = 0.0
    values[:, :, index("return_rate")] = np.where(np.arange(QUARTERS) % 4 == 3, 0.3, np.nan)[:, None]
    values[:4, :, index("return_rate")] = np.nan
    for name, numbers in series.items():
        values[:, -1, index(name)] = np.where(np.isnan(values[:, -1, index(name)]), np.nan, numbers)
    nothing = np.zeros(0, dtype=np.int64)
    return RunResult(
        "made-up", 1, 0, 0, ORGANISATIONS, values, IDS, FunnelRows(*[nothing] * 7),
        np.zeros((QUARTERS, len(ORGANISATIONS), 0), dtype=np.int64), (), 0, 0.0,
    )  # fmt: skip


def named(found):
    return {guard.id: guard for guard in found}


def by_year(*values):
    """One value a year, the last one until the end."""
    years = np.array([*values, *[values[-1]] * (QUARTERS // 4 - len(values))], dtype=float)
    return np.repeat(years, 4)


def test_what_stands_still_does_not_drift():
    still = made_up()
    assert all(guard.value == 0.0 and guard.holds for guard in initial_drift([still]))
    found = named(guards([still]))
    for name in ("return rate", "external income", "readiness_mean drift", "trust_mean drift", "seats filled"):
        assert found[name].value == pytest.approx(0.0, abs=1e-12) and found[name].holds, name
    assert found["joined over left"].value == 1.0


def test_memberships_that_end_with_an_organisation_are_no_drift():
    run = made_up()
    joined, left, failed = (index(name) for name in ("members_joined", "members_left", "organisations_failed"))
    run.indicators[20, 0, left], run.indicators[20, 0, failed] = 500.0, 1.0
    assert named(guards([run]))["joined over left"].value == 1.0
    # Those who leave in other quarters are counted.
    run.indicators[:, :-1, joined], run.indicators[:, :-1, left] = 8.0, 10.0
    run.indicators[20, 0, left] = 500.0
    assert named(guards([run]))["joined over left"].value == pytest.approx(0.8)


@pytest.mark.parametrize(("last", "holds"), [(10.9, True), (11.1, False), (9.1, True), (8.9, False)])
def test_initial_drift_compares_2024_with_2021(last, holds):
    guard = named(initial_drift([made_up(members=by_year(10, 50, 50, last))]))["initial members"]
    assert guard.value == pytest.approx(last / 10 - 1) and guard.holds == holds


def test_running_projects_are_compared_before_the_mandate_ends():
    guard = named(initial_drift([made_up(projects_running=by_year(10, 10, 10.5, 2))]))["initial projects_running"]
    assert guard.value == pytest.approx(0.05)


def test_drift_is_the_mean_over_runs():
    runs = [made_up(members=by_year(10, 10, 10, 16)), made_up(members=by_year(10, 10, 10, 6))]
    assert named(initial_drift(runs))["initial members"].value == pytest.approx(0.1)


def test_return_rate_is_watched_every_year():
    rates = by_year(0.3, 0.3, 0.3, 0.3, 0.3, 0.36, 0.3)
    found = named(guards([made_up(return_rate=rates)]))["return rate"]
    assert found.value == pytest.approx(0.06) and not found.holds


def test_external_income_is_that_of_three_years():
    found = named(guards([made_up(external_eu_mkr=by_year(10, 10, 10, 10, 20, 20, 20, 10))]))["external income"]
    assert found.value == pytest.approx(1 / 3) and not found.holds


def test_slow_drift_is_a_yearly_rate():
    growth = 0.5 * np.cumprod(np.full(QUARTERS, 1.02**0.25))
    found = named(guards([made_up(trust_mean=growth)]))["trust_mean drift"]
    assert found.value == pytest.approx(0.02, rel=1e-6) and not found.holds


def test_spread_leaves_out_organisations_that_were_closed():
    run = made_up()
    people = run.indicators[:, :-1, index("participants_unique_year")]
    people[3::4] = np.array([10.0, 20.0, 40.0, 1000.0])
    run.indicators[5, 3, index("organisations_active")] = 0.0
    logs = [0.0, math.log(2.0), math.log(4.0)]
    assert spread(run, 2021, 2023) == pytest.approx(float(np.std(logs, ddof=1)))
    run.indicators[:, 1:, index("organisations_active")] = 0.0
    assert math.isnan(spread(run, 2021, 2023))


def test_failures_are_counted_per_organisation_and_four_years():
    failed = np.zeros(QUARTERS)
    failed[7] = 1.0
    found = named(guards([made_up(organisations_failed=failed)]))["failures"]
    assert found.value == pytest.approx(1 / (len(ORGANISATIONS) * QUARTERS / 16))


def test_a_guard_that_cannot_be_measured_does_not_hold():
    short = made_up()
    cut = RunResult(**{**vars(short), "indicators": short.indicators[:16]})
    found = named(guards([cut]))["external income"]
    assert math.isnan(found.value) and not found.holds


def test_links_count_firms_that_did_not_come():
    each = links_per_firm(np.array([3, 3, 2, 3]), np.array([1, 0, 2, 3]), {2: 10, 3: 4})
    assert each == {2: 0.1, 3: 0.5}


def test_windows_and_years():
    run = made_up(members=np.arange(QUARTERS, dtype=float))
    assert yearly([run], "members", "mean")[:2] == pytest.approx([1.5, 5.5])
    assert yearly([run], "members", "sum")[0] == 6.0
    assert yearly([run], "members", "q4")[1] == 7.0
    assert window(np.array([1.0, 2.0, 3.0]), 2022, 2023) == 2.5
    assert math.isnan(window(np.array([1.0, 2.0]), 2022, 2023))
    assert change(np.array([1.0, 2.0, 3.0]), (2021, 2021), (2022, 2023)) == pytest.approx(1.5)
