"""Assumption unless shown otherwise: every parameter changed alone in every way, and every mechanism switched off."""

from dataclasses import replace
from fnmatch import fnmatchcase
from functools import cache

import pytest

from klyngesim.comparisons.contested import SHOWN_GRADES, WHY, assumptions_of, contested, contested_of, set_by
from klyngesim.comparisons.pairs import Runs
from klyngesim.comparisons.verdicts import rests_on
from klyngesim.posterior import read_posterior
from klyngesim.scenario import periods
from klyngesim.scenario.faults import ScenarioFaults
from klyngesim.scenario.loading import from_mapping, load
from klyngesim.scenario.parameters import GRADES, registry
from klyngesim.scenario.schema import Lever
from tests.comparisons.made_up import DECADE

BASELINE = load("baseline")
START = periods.parse("2025Q1")


def otherwise(parameter):
    """A value that the parameter may have and does not have."""
    default = registry().default(parameter.id)
    if parameter.choices:
        return next(word for word in parameter.choices if word != default)
    usual = default["made"] if isinstance(default, dict) else default
    tried = [usual + 1.0, usual * 0.5, usual * 1.5, usual + 0.01, usual - 0.01, parameter.low, parameter.high]
    return next(value for value in tried if value is not None and value != usual and parameter.validate(value) is None)


def changed_alone(parameter):
    """The baseline with one parameter changed, in every way in which a scenario may say it, and what the file says.

    The scenario is made without a check, as some values cannot stand together with the others.
    """
    new, own = otherwise(parameter), BASELINE.organisation_values
    change = {parameter.id: new}
    if not parameter.is_table:
        yield replace(BASELINE, values=BASELINE.values | change), {"parameters": change}
    if parameter.by_organisation:
        made = own | {"made": own["made"] | change}
        yield replace(BASELINE, organisation_values=made), {"clusters": {"made": change}}
    if parameter.dated:
        places = (None, "made") if parameter.by_organisation else (None,)
        for cluster in places:
            entry = {"from": "2025Q1", "announced": "2025Q1", "set": change} | ({"cluster": cluster} if cluster else {})
            timeline = (*BASELINE.timeline, Lever(START, START, cluster, change))
            yield replace(BASELINE, timeline=timeline), {"timeline": [entry]}


def called_idle(key, said):
    """Whether a check of a file that starts from the baseline says that what it sets of a parameter takes no effect."""
    try:
        lines = from_mapping({"extends": "baseline", **said}).warnings
    except ScenarioFaults:  # values that cannot stand together
        return False
    return any(f".{key}: " in line and "takes no effect" in line for line in lines)


@cache
def idle_as_today(key):
    """Whether a strength takes no effect in the baseline."""
    return called_idle(key, {"parameters": {key: otherwise(registry()[key])}})


def open_questions(key, said):
    """Contested strengths of a lever that is changed, but those that a check calls idle with it and without it."""
    asked = {entry.parameter: otherwise(registry()[entry.parameter]) for entry in contested_of([key])}
    changed = said.get("parameters", {})
    return {
        one
        for one, new in asked.items()
        if not (idle_as_today(one) and called_idle(one, said | {"parameters": changed | {one: new}}))
    }


@pytest.mark.parametrize("parameter", registry().values(), ids=lambda parameter: parameter.id)
def test_a_changed_parameter_rests_on_an_assumption_unless_shown_otherwise_or_called_idle(parameter):
    shown = parameter.grade in ("printed", "computed", "external") or parameter.id in read_posterior()[0]
    ways = list(changed_alone(parameter))
    assert ways
    for changed, said in ways:
        idle = called_idle(parameter.id, said)
        questions = set() if idle else open_questions(parameter.id, said)
        for scenarios in ((BASELINE, changed), (changed, BASELINE)):
            found = {entry.parameter for entry in assumptions_of(scenarios[1], scenarios[0])}
            assert found == (set() if idle else questions | (set() if shown else {parameter.id}))
            grade = rests_on(Runs(scenarios, (DECADE,)), 1, "members")
            assert grade == ("assumption" if found else "data")


@pytest.mark.parametrize(
    ("values", "idle"),
    [
        ({"evaluation.money": "open_call"}, {"evaluation.money", "open_call.wait_quarters"}),
        ({"fees.level": 0.0, "guard.fee_rebate": 0.5}, {"guard.fee_rebate"}),
        ({"sponsorship.level": 0.0, "sponsorship.seat_share": 0.5}, {"sponsorship.seat_share"}),
        ({"environment.support_actors": 0.0, "environment.consolidated": 1.0}, {"environment.consolidated"}),
        ({"renewal.organisations_lost": 2.0}, {"renewal.organisations_lost"}),  # none is renewed in the years asked for
        ({"evaluation.every_years": 4.0, "evaluation.money": "open_call"}, {"evaluation.money"}),  # none judges anybody
        ({"fees.level": 1.0, "guard.fee_rebate": 0.5}, {"fees.level"}),  # that is what holds already
    ],
)
def test_what_takes_no_effect_is_no_part_of_what_an_answer_hangs_on(values, idle):
    timeline = [{"from": "2026Q1", "set": values}]
    variant = from_mapping({"extends": "baseline", "period": {"end": "2028Q4"}, "timeline": timeline})
    base = from_mapping({"extends": "baseline", "period": {"end": "2028Q4"}})
    named = {entry.parameter for entry in assumptions_of(variant, base)}
    assert not named & idle
    assert bool(named) == bool(set(values) - idle)
    # With what it needs in the baseline it is one: there the answer hangs on what is given up.
    evaluated = from_mapping({"extends": "baseline", "timeline": [{"from": "2022Q1", "set": OPEN}]})
    assert "evaluation.money" in {entry.parameter for entry in assumptions_of(variant, evaluated)}


def test_what_takes_effect_in_the_last_quarter_alone_is_a_part_of_it():
    """A rebate on fees that nobody pays until then."""
    timeline = [{"from": "2026Q1", "set": {"fees.level": 0.0, "guard.fee_rebate": 0.5}}]
    paid = [*timeline, {"from": "2028Q4", "set": {"fees.level": 1.0}}]
    base = {"extends": "baseline", "period": {"end": "2028Q4"}}
    for entries, counts in ((timeline, False), (paid, True)):
        named = {
            one.parameter for one in assumptions_of(from_mapping({**base, "timeline": entries}), from_mapping(base))
        }
        assert ("guard.fee_rebate" in named) == counts


OPEN = {"evaluation.every_years": 3.0, "evaluation.money": "open_call", "evaluation.threshold": 1.0}


def test_a_value_that_holds_already_is_no_difference_whoever_sets_it():
    parted = {"timeline": [{"from": "2026Q1", "set": {"fees.level": 2.0, "guard.seat_share": 0.0}}]}
    assert set_by(from_mapping({"extends": "baseline", **parted}), BASELINE) == ("fees.level",)
    usual = BASELINE.organisation_values["made"]["activity_mix.project"]
    own = [{"from": "2026Q1", "cluster": "made", "set": {"activity_mix.project": usual, "fees.level": 1.0}}]
    assert set_by(from_mapping({"extends": "baseline", "timeline": own}), BASELINE) == ()
    again = [*parted["timeline"], {"from": "2028Q1", "set": {"fees.level": 2.0}}]
    twice, once = (from_mapping({"extends": "baseline", "timeline": one}) for one in (again, parted["timeline"]))
    assert set_by(twice, once) == () and set_by(once, twice) == ()


def test_notice_alone_is_a_change_of_what_it_is_given_of():
    early, late = (
        replace(BASELINE, timeline=(Lever(START, START - notice, None, {"fees.level": 2.0}),)) for notice in (4, 0)
    )
    assert "fees.level" in {entry.parameter for entry in assumptions_of(early, late)}
    assert assumptions_of(early, early) == ()


def test_the_same_lever_of_another_organisation_is_a_change():
    made, energy, all_of_them = (
        replace(BASELINE, timeline=(Lever(START, START, name, {"fees.level": 2.0}),))
        for name in ("made", "energy", None)
    )
    for other in (energy, all_of_them):
        assert "fees.level" in {entry.parameter for entry in assumptions_of(made, other)}


def test_the_list_holds_registered_levers_and_numbers_with_bounds():
    for entry in contested():
        assert any(fnmatchcase(key, entry.lever) for key in registry()), entry
        assert None not in (registry()[entry.parameter].low, registry()[entry.parameter].high), entry


@pytest.mark.parametrize("mechanism", registry().switchable())
def test_a_mechanism_switched_off_is_an_assumption_under_its_own_id(mechanism):
    off = from_mapping({"name": "off", "extends": "baseline", "mechanisms": {"disable": [mechanism]}})
    for scenarios in ((BASELINE, off), (off, BASELINE)):
        assert mechanism in {entry.parameter for entry in assumptions_of(scenarios[1], scenarios[0])}
        assert rests_on(Runs(scenarios, (DECADE,)), 1, "members") == "assumption"


def test_nothing_hangs_on_how_strong_a_mechanism_is_that_the_variant_has_switched_off():
    off = {"mechanisms": {"disable": ["M012", "M034"]}}
    for parent in ("baseline", "r3-ten-years"):
        named = {entry.parameter for entry in assumptions_of(from_mapping({"extends": parent, **off}), BASELINE)}
        gone = {one.id for mechanism in ("M012", "M034") for one in registry().carriers(mechanism)}
        assert {"M012", "M034"} <= named and not gone & named
    assert "staff.exit_response" in {entry.parameter for entry in assumptions_of(load("r3-ten-years"), BASELINE)}


def test_levels_that_no_table_prints_rest_on_assumptions_whatever_is_changed():
    calm = Runs((BASELINE, replace(BASELINE, name="same")), (DECADE,))
    assert rests_on(calm, 1, "members") == "data"
    for name in ("innovations", "ties_cluster", "social_capital", "trust_mean", "readiness_mean"):
        assert rests_on(calm, 1, name) == "assumption"


def test_every_grade_that_is_no_source_has_its_sentence():
    assert {*GRADES, "mechanism"} == {*SHOWN_GRADES, *WHY}


@pytest.mark.parametrize("key", [key for key in registry() if key.startswith("fees.")])
def test_whoever_pays_other_fees_the_answer_hangs_on_what_fees_do(key):
    elasticities = {"membership.joining_elasticity", "membership.renewal_elasticity"}
    assert elasticities <= {entry.parameter for entry in contested_of([key])}
