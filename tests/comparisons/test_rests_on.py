"""Assumption unless shown otherwise: every parameter changed alone in every way, and every mechanism switched off."""

from dataclasses import replace
from fnmatch import fnmatchcase

import pytest

from klyngesim.comparisons.contested import SHOWN_GRADES, WHY, assumptions_of, contested, contested_of
from klyngesim.comparisons.pairs import Runs
from klyngesim.comparisons.verdicts import rests_on
from klyngesim.posterior import read_posterior
from klyngesim.scenario import periods
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
    """The baseline with one parameter changed, in every way in which a scenario may say it."""
    new, own = otherwise(parameter), BASELINE.organisation_values
    if not parameter.is_table:
        yield replace(BASELINE, values={**BASELINE.values, parameter.id: new})
    if parameter.by_organisation:
        yield replace(BASELINE, organisation_values={**own, "made": {**own["made"], parameter.id: new}})
    if parameter.dated:
        places = (None, "made") if parameter.by_organisation else (None,)
        for cluster in places:
            lever = Lever(START, START, cluster, {parameter.id: new})
            yield replace(BASELINE, timeline=(*BASELINE.timeline, lever))


@pytest.mark.parametrize("parameter", registry().values(), ids=lambda parameter: parameter.id)
def test_a_changed_parameter_rests_on_an_assumption_unless_shown_otherwise(parameter):
    shown = parameter.grade in ("printed", "computed", "external") or parameter.id in read_posterior()[0]
    questions = {entry.parameter for entry in contested_of([parameter.id])}
    ways = list(changed_alone(parameter))
    assert ways
    for changed in ways:
        for scenarios in ((BASELINE, changed), (changed, BASELINE)):
            found = {entry.parameter for entry in assumptions_of(scenarios[1], scenarios[0])}
            assert found == questions | (set() if shown else {parameter.id})
            said = rests_on(Runs(scenarios, (DECADE,)), 1, "members")
            assert said == ("data" if shown and not questions else "assumption")


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
