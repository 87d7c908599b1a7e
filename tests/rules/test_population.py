"""Rules behind the register: sizes, traits, industry groups, lives of firms and institutions."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from klyngesim.ecosystem.population_plan import demography, firm_cells, mean_employees, stronghold_sizes, traits
from klyngesim.evidence import tables
from klyngesim.population.demography import Demography, quantile_table, residual, survival
from klyngesim.population.institutions import plan_institutions
from klyngesim.population.register import Register
from klyngesim.population.strongholds import (
    ABROAD,
    FOREIGN,
    MAIN,
    OUTSIDE,
    SUPPORTING,
    apportion,
    plan_cells,
    size_shares,
    supports,
)
from klyngesim.population.traits import employees_rule, exporter_rule, readiness_rule
from klyngesim.streams import Streams
from tests.rules.policies import baseline, close, values


@pytest.mark.parametrize(
    ("uniform", "floor", "span", "skew", "people"),
    [
        (0.0, 10.0, 40.0, 4.0, 10),  # the smallest of its class
        (0.5, 10.0, 40.0, 0.0, 30),  # without skew: half way
        (0.5, 10.0, 40.0, 4.0, 16),  # 10 + 40 * 0.5 / 3 = 16.67, whole persons
        (0.75, 0.0, 10.0, 8.0, 2),  # 10 * 0.75 / 3 = 2.5
        (1.0 - 2.0**-53, 10.0, 40.0, 4.0, 49),  # the largest stays inside its class
        (1.0 - 2.0**-53, 0.0, 10.0, 9.0, 9),
    ],
)
def test_employees(uniform, floor, span, skew, people):
    assert employees_rule(uniform, floor, span, skew) == people


@pytest.mark.parametrize(
    ("uniform", "mean", "spread", "bonus", "readiness"),
    [
        (0.5, 0.4, 0.2, 0.0, 0.4),
        (0.0, 0.4, 0.2, 0.0, 0.2),
        (0.75, 0.4, 0.2, 0.1, 0.6),
        (0.0, 0.1, 0.25, 0.0, 0.0),
        (1.0, 0.9, 0.25, 0.1, 1.0),
    ],
)
def test_readiness(uniform, mean, spread, bonus, readiness):
    assert close(readiness_rule(uniform, mean, spread, bonus), readiness)


def test_exporters_by_odds():
    # Odds of 0.25 times 1, 6 and 0; odds of 1 times 3.
    assert close(exporter_rule(np.array([0.2, 0.2, 0.2, 0.5]), np.array([1.0, 6.0, 0.0, 3.0])), [0.2, 0.6, 0.0, 0.75])


@given(st.floats(0.0, 0.99), st.floats(0.0, 1000.0))
def test_exporters_are_a_share(share, odds_ratio):
    assert 0.0 <= exporter_rule(np.array([share]), np.array([odds_ratio]))[0] < 1.0


def test_apportion_known_answers():
    assert apportion(10, np.array([1.0, 1.0, 1.0])).tolist() == [4, 3, 3]  # the first of equal remainders
    assert apportion(7, np.array([0.5, 0.25, 0.25])).tolist() == [3, 2, 2]
    assert apportion(0, np.array([1.0, 2.0])).tolist() == [0, 0]
    assert apportion(5, np.array([0.0, 3.0])).tolist() == [0, 5]


@settings(deadline=None)
@given(st.integers(0, 300_000), st.lists(st.floats(0.01, 1e6), min_size=1, max_size=20))
def test_apportion_adds_up_and_stays_within_one(number, weights):
    whole = apportion(number, np.array(weights))
    assert whole.sum() == number
    exact = number * np.array(weights) / sum(weights)
    assert (np.abs(whole - exact) < 1.0 + 1e-6).all()


@pytest.mark.parametrize(("strongholds", "links"), [(14, 3), (14, 2), (13, 8), (5, 1)])
def test_supporting_industries_serve_their_own_stronghold_and_others(strongholds, links):
    table = supports(strongholds, links)
    assert table.diagonal().all()
    assert (table.sum(axis=0) == links).all()  # strongholds of each group
    assert (table.sum(axis=1) == links).all()  # groups of each stronghold


def kinds():
    rows = tables.firm_population()
    return np.array([row.firms for row in rows], float), np.array([row.employees for row in rows], float)


def test_size_shares_follow_table_1():
    """Employees per firm come out in the proportions of Table 1, firms by size class at their totals."""
    firms, employees = kinds()
    policy = baseline()
    sizes = np.array([policy.num(f"firms.{name}") for name in ("small", "medium", "large")])
    means = mean_employees(policy)
    shares = size_shares(sizes, firms, employees, means)
    assert close(shares.sum(axis=1), np.ones(3))
    assert (shares > 0.0).all()
    assert close(firms @ shares[:, 1:], sizes)
    ratio = shares @ means / (employees / firms)
    assert close(ratio, np.full(3, ratio[0]))


def test_size_shares_known_answer():
    """One kind only: 100 firms, 20 small, 5 medium, 1 large."""
    shares = size_shares(
        np.array([20.0, 5.0, 1.0]), np.array([100.0]), np.array([1234.0]), np.array([2.0, 20.0, 90.0, 500.0])
    )
    assert close(shares, [[0.74, 0.2, 0.05, 0.01]])


def test_strongholds_differ_in_larger_firms_as_in_median_employees():
    """Table 4: medians of 3 in MADE, 2 in Energy, 1 in WBDK, none in FinTech, whose stronghold is as all together."""
    names, firms = ("made", "energy", "wbdk", "fintech"), np.array([100.0, 100.0, 200.0, 50.0, 10.0])
    policy = values(4, firms__stronghold_sizes=1.0)
    mean = (3 * 100 + 2 * 100 + 1 * 200) / 400
    assert close(stronghold_sizes(policy, names, firms), [3 / mean, 2 / mean, 1 / mean, 1.0, 1.0])
    assert close(stronghold_sizes(values(4, firms__stronghold_sizes=0.0), names, firms), np.ones(5))


def test_larger_firms_go_where_they_are_more():
    """Two strongholds of 500 firms, one with three times the share of larger firms of the other."""
    shares = np.tile([0.8, 0.12, 0.06, 0.02], (3, 1))
    equal, larger = np.array([5.0, 5.0]), np.array([1.5, 0.5])
    plan = plan_cells(("a", "b"), equal, np.array([1000, 10, 10]), shares, larger, 1, 7, 1.0)
    firms = {group: plan.firms[plan.group == group].tolist() for group in (0, 1)}
    assert firms == {0: [350, 90, 45, 15], 1: [450, 30, 15, 5]}


def test_cells_meet_table_1_at_full_scale():
    plan = firm_cells(baseline(), tuple(row.id for row in tables.organisations()), 1.0)
    count = len(plan.strongholds)
    firms, _ = kinds()
    danish = plan.size_class != FOREIGN
    kind = np.clip(plan.group[danish] // count, 0, 2)
    assert np.bincount(kind, plan.firms[danish]).tolist() == firms.tolist()
    assert plan.firms[danish].sum() == firms.sum() == 282_487
    sizes = np.bincount(plan.size_class[danish], plan.firms[danish])
    expected = [baseline().num(f"firms.{name}") for name in ("small", "medium", "large")]
    assert np.abs(sizes[1:4] - expected).max() <= 1.5  # rounded once for each of the three kinds


def test_roles_of_groups():
    plan = firm_cells(baseline(), tuple(row.id for row in tables.organisations()), 1.0)
    count = len(plan.strongholds)
    assert (plan.role[:, :count] == np.where(np.eye(count, dtype=bool), MAIN, OUTSIDE)).all()
    supporting = plan.role[:, count : 2 * count]
    assert set(np.unique(supporting)) == {SUPPORTING, OUTSIDE}
    assert (plan.role[:, 2 * count] == OUTSIDE).all()
    assert (plan.role[:, 2 * count + 1] == ABROAD).all()
    assert np.array_equal(plan.cell_role(), plan.role[:, plan.group])


def test_survival_goes_through_its_anchors():
    table = survival(np.array([0.8, 0.6]), 0.1, 11)
    assert close(table[[0, 2, 4, 6, 8]], [1.0, 0.9, 0.8, 0.7, 0.6])
    assert close(table[9:], [0.6 * 0.975, 0.6 * 0.975**2])
    assert close(survival(np.zeros(0), 0.04, 3), [1.0, 0.99, 0.9801])


def test_quantiles_of_a_life_table():
    """A quarter closes after one quarter of a year, half after two, everybody after four."""
    survivors = np.array([1.0, 0.75, 0.5, 0.25, 0.0])
    assert quantile_table(survivors, 8).tolist() == [1, 1, 2, 2, 3, 3, 4, 4]


def test_residual_life_in_a_stationary_population():
    """Of lives of one, two and three quarters, one third each, half of those met close within the quarter."""
    assert close(residual(np.array([1.0, 2.0 / 3.0, 1.0 / 3.0])), [1.0, 0.5, 1.0 / 6.0])


def test_micro_firms_enter_at_the_given_rate():
    """The mature rate of closing is chosen so that entry keeps the number of firms."""
    young, rate = np.array([0.85, 0.75, 0.68, 0.62, 0.57]), 0.09
    table = Demography(young, rate, np.array([0.03, 0.02, 0.015]), 0.0)
    assert abs(4.0 * table.entry_quarter[0] - rate) < 0.05 * rate
    with pytest.raises(ValueError, match="faster than they can close"):
        Demography(young, 0.5, np.array([0.03, 0.02, 0.015]), 0.0)


@pytest.fixture(scope="module")
def register():
    """A register of 5 % of the firms over twelve years."""
    policy = baseline()
    plan = firm_cells(policy, tuple(row.id for row in tables.organisations()), 0.05)
    return Register(plan, demography(policy), traits(policy, plan), Streams(4), 48)


def test_lives_are_spans_inside_which_a_firm_is_alive(register):
    assert (register.death > np.maximum(register.birth, 0)).all()
    row = int(np.flatnonzero((register.birth > 3) & (register.death < 40))[0])
    birth, death = int(register.birth[row]), int(register.death[row])
    alive = [bool(register.alive(np.array([row]), period)[0]) for period in range(48)]
    assert alive == [birth <= period < death for period in range(48)]


def test_counts_of_firms_add_up(register):
    entered, closed, alive = register.counts(48)
    before = np.concatenate(([register.plan.firms[register.plan.size_class != FOREIGN].sum()], alive[:-1]))
    assert (alive == before + entered - closed).all()
    rows = np.flatnonzero(register.size_class(np.arange(register.rows)) != FOREIGN)
    assert [int(register.alive(rows, period).sum()) for period in (0, 17, 47)] == alive[[0, 17, 47]].tolist()


def test_a_firm_can_be_met_from_its_birth_on(register):
    """Those that have entered by a quarter are those born by then, whatever the length of the run."""
    index = np.arange(register.rows) - np.repeat(register.first_row[:-1], register.capacity)
    for period in (0, 1, 13, 30, 47):
        entered = np.repeat(register.living(period).entered, register.capacity)
        assert np.array_equal(index < entered, register.birth <= period)


def test_ids_lead_back_to_rows(register):
    rows = np.array([0, 1, int(register.capacity[0]), register.rows - 1])
    assert [register.row_of_id(int(ident)) for ident in register.ids(rows)] == rows.tolist()
    for unknown in (int(register.capacity[0]), -1, len(register.capacity) << 20):
        with pytest.raises(KeyError):
            register.row_of_id(unknown)


def test_what_a_firm_is_does_not_depend_on_the_length_of_the_run(register):
    policy = baseline()
    shorter = Register(register.plan, demography(policy), register.traits, Streams(4), 8)
    rows = np.arange(0, shorter.rows, 7)
    ids = shorter.ids(rows)
    there = np.array([register.row_of_id(int(ident)) for ident in ids])
    assert np.array_equal(shorter.birth[rows], register.birth[there])
    assert np.array_equal(shorter.death[rows], register.death[there])
    assert np.array_equal(shorter.employees(rows), register.employees(there))
    assert np.array_equal(shorter.readiness_mean(rows), register.readiness_mean(there))
    assert np.array_equal(shorter.age(rows, 5), register.age(there, 5))


def test_traits_asked_together_equal_traits_asked_alone(register):
    rows = np.arange(0, register.rows, 11)
    exporter, regional, mean = register.profile(register.ids(rows))
    assert np.array_equal(exporter, register.exporter(rows))
    assert np.array_equal(regional, register.regional(rows))
    assert np.array_equal(mean, register.readiness_mean(rows))


def test_institutions_and_their_units():
    plan = plan_institutions(np.array([2, 0, 1]), np.array([3, 5, 1]))
    assert plan.kind.tolist() == [0, 0, 2]
    assert plan.number.tolist() == [1, 2, 1]
    assert plan.unit_institution.tolist() == [0, 0, 0, 1, 1, 1, 2]
    assert plan.unit_kind.tolist() == [0, 0, 0, 0, 0, 0, 2]
    assert plan.first_unit.tolist() == [0, 6, 6, 7]
    assert plan.units == 7


def test_a_world_without_institutions():
    plan = plan_institutions(np.zeros(6, dtype=int), np.ones(6, dtype=int))
    assert plan.units == 0
    assert plan.first_unit.tolist() == [0] * 7
