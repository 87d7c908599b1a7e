"""Null levers change nothing; later levers change nothing before they are announced."""

from functools import cache

import numpy as np
import pytest

from klyngesim.ecosystem.model import Ecosystem
from klyngesim.results.indicators import IDS
from klyngesim.scenario import periods
from klyngesim.scenario.gatelist import EFFORTS, GATES
from klyngesim.scenario.loading import load
from klyngesim.scenario.parameters import registry
from klyngesim.scenario.scalars import nearest_step
from klyngesim.scenario.scaling import FROM_START, SCALED
from tests.alignment.runs import assert_identical, different, first_difference, run, scenario

DATED = [parameter for parameter in registry().values() if parameter.dated]

# Levers that must show: parameter, new value, an indicator that changes with it.
LEVERS = [
    ({"fees.level": 4.0}, "fees_mkr"),
    ({"fees.small": 20000.0}, "fees_mkr"),
    ({"effort.recruit": 0.5}, "contacts"),
    ({"depth.shift": 0.5}, "contacts"),
    ({"environment.consolidated": 1.0}, "competing_actors"),
    ({"initiative.routed_share": 1.0}, "activities_initiatives"),
    ({"grant.budget_factor": 0.5}, "grant_spent_mkr"),
    ({"environment.support_actors": 30.0}, "competing_actors"),
    ({"seats.dissemination_firms": 3.0}, "seats_offered"),
    ({"attendance.rule": "demand"}, "participations_firms"),
    ({"calls.pot_national_mkr_year": 2500.0}, "applications_won"),
    ({"recruitment.hours_per_contact": 10.0}, "contacts"),
    ({"deb.credit_months": 20.0}, "cash_mkr"),
    ({"institutions.ease_university": 0.1}, "ties_cluster"),
]


def present():
    """Every dated parameter that has one value for the whole programme, with that value."""
    values = scenario().values
    return {parameter.id: values[parameter.id] for parameter in DATED if parameter.id in values}


def other(parameter):
    """Another allowed value of a dated parameter."""
    now = present().get(parameter.id)
    if parameter.choices:
        return next(word for word in parameter.choices if word != now)
    low, high = parameter.low or 0.0, parameter.high if parameter.high is not None else 2.0 * (now or 1.0) + 1.0
    middle = (low + high) / 2.0
    middle = nearest_step(middle, parameter.step)
    return middle if middle != now else high


@pytest.mark.parametrize("at", ["2021Q1", "2022Q2"])
def test_all_levers_at_their_present_values(baseline, at):
    assert_identical(baseline, run(timeline=[{"from": at, "set": present()}]))


@pytest.mark.parametrize(
    "name", ["fees.level", "grant.horizon_years", "renewal.organisations_lost", "attendance.rule", "deb.credit_months"]
)
def test_one_lever_at_its_present_value_announced_long_before(baseline, name):
    lever = {"from": "2023Q1", "announced": "2021Q3", "set": {name: present()[name]}}
    assert_identical(baseline, run(timeline=[lever]))


def test_all_levers_of_every_organisation_at_their_present_values(baseline):
    """Tables included: each organisation keeps the value that it has."""
    now = scenario()
    own = [parameter.id for parameter in DATED if parameter.by_organisation]
    timeline = [
        {"from": "2022Q2", "cluster": name, "set": {key: values.get(key, now.values.get(key)) for key in own}}
        for name, values in now.organisation_values.items()
    ]
    assert len(timeline) == 13
    assert_identical(baseline, run(timeline=timeline))


def test_one_organisation_at_its_present_value_of_a_table(baseline):
    """A parameter with one printed value per organisation and none for the programme can be a lever of one of them."""
    share = scenario().organisation_values["made"]["activity_mix.project"]
    lever = {"from": "2022Q2", "cluster": "made", "set": {"activity_mix.project": share}}
    assert_identical(baseline, run(timeline=[lever]))


@pytest.mark.parametrize("at", ["2021Q2", "2022Q2", "2023Q1"])
def test_all_levers_at_once_change_nothing_before_their_quarter(baseline, at):
    """2023Q1 begins new DEB periods, the others lie inside all periods."""
    late = run(timeline=[{"from": at, "set": {parameter.id: other(parameter) for parameter in DATED}}])
    assert_identical(baseline, late, before=periods.parse(at))
    assert first_difference(baseline, late) is not None


@pytest.fixture(scope="module")
def five_years():
    """Long enough to see the UFS periods of 2021-2024 end."""
    return run(end="2025Q2")


@pytest.mark.parametrize(
    "values",
    [
        {"renewal.organisations_lost": 3},
        {"grant.horizon_years": 10.0, "grant.deb_horizon_years": 10.0},
        {"grant.suspended": 1},
        {"evaluation.every_years": 1.0, "evaluation.threshold": 1.5},
    ],
    ids=lambda values: next(iter(values)),
)
def test_rules_of_a_new_grant_period_begin_with_it(five_years, values):
    late = run(end="2025Q2", timeline=[{"from": "2025Q1", "set": values}])
    assert_identical(five_years, late, before=16)
    assert first_difference(five_years, late) is not None


@pytest.mark.parametrize(("values", "indicator"), LEVERS, ids=lambda part: part if isinstance(part, str) else "")
def test_a_lever_that_matters_shows_from_its_quarter_on(baseline, values, indicator):
    late = run(timeline=[{"from": "2022Q3", "set": values}])
    assert_identical(baseline, late, before=6)
    column = IDS.index(indicator)
    assert different(baseline.indicators[6:, :, column], late.indicators[6:, :, column]).any()


def test_a_lever_of_one_organisation_shows_there(baseline):
    lever = {"from": "2022Q3", "cluster": "made", "set": {"fees.level": 5.0}}
    late = run(timeline=[lever])
    assert_identical(baseline, late, before=6)
    fees = different(baseline.indicators[6, :, IDS.index("fees_mkr")], late.indicators[6, :, IDS.index("fees_mkr")])
    assert [late.clusters[place] for place in fees.nonzero()[0]] == ["made", "all"]


def test_what_is_announced_changes_belief_before_it_changes_anything_else():
    """Nobody responds to expected support here, so from the announcement to the start only the belief differs."""
    deaf = {parameter.id: 0.0 for m in ("M012", "M013", "M034") for parameter in registry().carriers(m)}
    without = run(parameters=deaf)
    lever = {"from": "2023Q2", "announced": "2022Q3", "set": {"renewal.loss_ufs": 0.3}}
    late = run(parameters=deaf, timeline=[lever])
    assert_identical(without, late, before=6)
    apart = different(without.indicators, late.indicators).any(axis=(0, 1))
    assert [name for name, differs in zip(IDS, apart, strict=True) if differs] == ["expected_support_years"]
    belief = IDS.index("expected_support_years")
    assert (late.indicators[6:, :, belief] < without.indicators[6:, :, belief]).all()


def alone(key):
    """A value of a lever far from the present one."""
    one, now = registry()[key], registry().default(key)
    if one.choices:
        return next(word for word in one.choices if word != now)
    return one.low if now != one.low else one.high


@pytest.mark.slow
@pytest.mark.parametrize("key", [parameter.id for parameter in DATED])
def test_every_lever_alone_changes_the_results_or_is_told_to_take_no_effect(key):
    lever = {"from": "2022Q1", "set": {key: alone(key)}}
    small = {"end": "2026Q4", "scale": 0.01}
    if not scenario(timeline=[lever], **small).warnings:
        assert first_difference(run(**small), run(timeline=[lever], **small)) is not None


def test_a_run_that_is_cut_short_is_the_beginning_of_the_long_one():
    """Levers beyond the end have no part in it but for what their announcement does."""
    long, short = (load("r3-ten-years", ["population.scale=0.01", f"period.end={end}"]) for end in ("2025Q2", "2024Q4"))
    assert short.timeline == long.timeline and short.timeline[0].announced == short.end
    assert_identical(Ecosystem(short, 1).run(), Ecosystem(long, 1).run(), before=16)


@pytest.mark.slow
@pytest.mark.parametrize(
    "keys", [EFFORTS, *(tuple(key for key in SCALED if SCALED[key] == text) for text in dict.fromkeys(SCALED.values()))]
)
def test_what_is_said_to_be_scaled_away_is(keys):
    """A common factor on all of a group changes nothing but the last bits."""
    small = {"end": "2021Q4", "scale": 0.01}
    halves = {key: 0.5 * registry().default(key) for key in keys}
    one, other = run(**small).indicators, run(parameters=halves, **small).indicators
    np.testing.assert_allclose(other, one, rtol=1e-9)


@pytest.mark.slow
@pytest.mark.parametrize("key", sorted(FROM_START))
def test_what_is_said_to_be_scaled_away_from_the_start_is(key):
    small, place = {"end": "2021Q4", "scale": 0.01}, IDS.index("participations_institutions")
    usual, other = run(**small).indicators, run(parameters={key: 0.5}, **small).indicators
    assert np.array_equal(usual[0, :, place], other[0, :, place])
    assert first_difference(run(**small), run(parameters={key: 0.5}, **small)) is not None


def unmet(need):
    """A value that does not meet a need."""
    return _value_of(need, met=False)


def _value_of(need, met):
    """A value that meets a need or does not, the default where that will do."""
    one, default = registry()[need.key], registry().default(need.key)
    values = one.choices or (*(() if isinstance(default, dict) else (default,)), one.low, one.high, 0.0)
    return next(value for value in values if need.met(value, default) == met)


def stands(need):
    """Whether the baseline meets a need, in one organisation at least."""
    default = registry().default(need.key)
    return any(need.met(value, value) for value in (default.values() if isinstance(default, dict) else [default]))


def beside(gate, key):
    """Settings without what a gate needs, and with what the other gates of a parameter need."""
    without = {need.key: unmet(need) for need in gate.needs if need.test != "moves"}  # nothing here has a date
    for other in GATES:
        free = [need for need in other.needs if need.key not in without and need.test != "moves"]
        if key in other.keys and free and not any(map(stands, other.needs)):
            without |= {free[0].key: _value_of(free[0], met=True)}
    return without


@cache
def usual_of(settings):
    """Three years of a small world with some settings."""
    return run(parameters=dict(settings), end="2023Q4", scale=0.01)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("gate", "key"),
    [(gate, key) for gate in GATES for key in gate.keys],
    ids=lambda part: part if isinstance(part, str) else str(part.needs[0]),
)
def test_what_is_said_to_need_something_else_takes_no_effect_without_it(gate, key):
    without, value = beside(gate, key), {"admin.share_two_strings": 0.3}.get(key, alone(key))
    usual = usual_of(tuple(without.items()))
    if not gate.dated:
        assert_identical(usual, run(parameters={**without, key: value}, end="2023Q4", scale=0.01))
    if registry()[key].dated:
        late = {"from": "2022Q1", "set": {key: value}}
        assert_identical(usual, run(parameters=without, timeline=[late], end="2023Q4", scale=0.01))
