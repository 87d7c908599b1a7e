"""The synthetic population against what is known of Danish firms; tolerances stand in `checks.marginals`."""

from functools import cache

import numpy as np
import pytest
from checks.marginal import Marginal, evidence
from checks.marginals import marginals

from klyngesim.evidence import tables
from klyngesim.exact import median
from tests.population.registers import register

ORGANISATIONS = tuple(organisation.id for organisation in tables.organisations())
SHOWN = tuple(row.cluster for row in tables.characteristics_2021() if row.group == "participant")


@cache
def rows():
    """Every marginal of the register of seed 1, by its id."""
    return {row.id: row for row in marginals(*register())}


MISSED = {
    "top thousand",  # groups and firms are different things
    "goods exporters",  # goods alone and goods or services are different things
    "innovation-ready",  # readiness has no unit; see the test of its magnitude
    "median employees censec",  # one size distribution for the micro firms of all industries
    "median employees made",
}
"""Rows that are known to lie outside their tolerance, and why; the page shows them openly."""


def must_hold(name):
    row = rows()[name]
    assert row.within, f"{row.marginal}: {row.synthetic:g} against {row.observed:g} ({row.source}), {row.error:+.3f}"


def test_every_row_has_a_name_of_its_own_and_says_whom_it_counts():
    assert len(rows()) == len(marginals(*register()))
    for row in rows().values():
        assert row.tolerance >= 0.0 and np.isfinite(row.synthetic) and np.isfinite(row.observed), row.id
        assert row.perimeter and row.reason and row.source, row.id


def test_firms_of_table_1_to_the_last_one():
    printed = tables.firm_population()
    assert rows()["firms"].synthetic == sum(row.firms for row in printed)
    for row in printed:
        assert rows()[f"firms {row.category}"].synthetic == row.firms
        must_hold(f"firms {row.category}")


@pytest.mark.parametrize("kind", ["main", "supporting", "unattached"])
def test_employees_of_table_1(kind):
    must_hold(f"employees {kind}")


@pytest.mark.parametrize("kind", ["main", "supporting", "unattached"])
def test_size_of_firms_relative_to_other_kinds(kind):
    must_hold(f"relative size {kind}")


@pytest.mark.parametrize("name", ORGANISATIONS)
def test_firms_of_strongholds(name):
    must_hold(f"stronghold {name}")


@pytest.mark.parametrize("name", ["size small", "size medium", "size large", "zero employees"])
def test_size_classes(name):
    must_hold(name)


@pytest.mark.parametrize("name", SHOWN)
def test_exporters_of_strongholds(name):
    must_hold(f"exporters {name}")


@pytest.mark.parametrize("name", sorted({f"median employees {name}" for name in SHOWN} - MISSED))
def test_median_employees_of_strongholds(name):
    must_hold(name)


@pytest.mark.parametrize("name", ["entry", "growth", "survival 1", "survival 2", "survival 5", "young"])
def test_births_and_deaths(name):
    must_hold(name)


def test_innovation_ready_firms_have_the_right_magnitude():
    row = rows()["innovation-ready"]
    assert row.observed / 2.0 <= row.synthetic <= row.observed * 2.0


def test_no_row_is_missed_beyond_those_told():
    # Employees and entry have tests of their own above, which fail when they are missed.
    asserted = {name for name in rows() if name.split()[0] in ("employees", "entry")}
    assert {name for name, row in rows().items() if not row.within} - asserted <= MISSED


def test_another_seed_draws_another_population_within_the_same_tolerances():
    other = {row.id: row for row in marginals(*register(seed=2))}
    assert any(other[name].synthetic != row.synthetic for name, row in rows().items())
    drawn = ("relative", "exporters", "survival", "zero", "young", "growth", "stronghold", "size", "firms")
    for name, row in other.items():
        assert not name.startswith(drawn) or row.within, name


def test_half_a_population_is_found_out():
    half = {row.id: row for row in marginals(*register(scale=0.5))}
    for name in ("firms", "firms main", "stronghold food", "size small", "zero employees"):
        assert not half[name].within, name
        assert half[name].error == pytest.approx(-0.5, abs=0.05)


def test_wrong_traits_are_found_out():
    changed = {row.id: row for row in marginals(*register(firms__exporter_odds_micro=1.5, firms__survival_1y=0.9))}
    assert not changed["exporters food"].within
    assert not changed["survival 1"].within
    assert changed["firms main"].within


def test_errors_are_measured_as_told():
    def row(observed, synthetic, tolerance, measure):
        return Marginal("x", "x", "x", "x", observed, synthetic, tolerance, measure, "x")

    assert row(200.0, 210.0, 0.05, "relative").within
    assert not row(200.0, 211.0, 0.05, "relative").within
    assert row(200.0, 190.0, 0.05, "relative").error == pytest.approx(-0.05)
    assert row(0.0, 0.04, 0.05, "absolute").within
    assert not row(0.0, 0.06, 0.05, "absolute").within
    assert row(10.0, 10.0, 0.0, "relative").within and not row(10.0, 10.1, 0.0, "relative").within


def test_median_counts_weights():
    values = np.array([3.0, 1.0, 2.0])
    assert median(values, np.ones(3)) == 2.0
    assert median(values, np.array([5.0, 1.0, 1.0])) == 3.0
    assert median(values, np.array([0.0, 1.0, 1.0])) == 1.0


def test_evidence_without_a_value_is_refused():
    with pytest.raises(ValueError, match="E144 has no central value"):
        evidence("E144")
