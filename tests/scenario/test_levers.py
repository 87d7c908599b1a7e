"""Every lever of the report says what sets it, in which direction or to which value, or why nothing does."""

import pytest

from klyngesim.evidence.catalogue import policy_levers
from klyngesim.report import parameter_words
from klyngesim.scenario.levers import by_policy_lever, remarks, settings_of_levers
from klyngesim.scenario.loading import load, shipped
from klyngesim.scenario.parameters import registry
from klyngesim.scenario.scalars import resolve

REPORTED = [lever.id for lever in policy_levers()]
WAYS = [
    (lever, parameter, way.removeprefix(lever))
    for parameter in registry().values()
    for lever, way in zip(parameter.levers, parameter.ways, strict=True)
]


def today(parameter):
    """Values of today, one or one per organisation."""
    value = registry().default(parameter.id)
    return list(value.values()) if isinstance(value, dict) else [value]


@pytest.mark.parametrize("lever", REPORTED)
def test_every_lever_is_set_or_says_why_not(lever):
    settings, why = settings_of_levers().get(lever, {}), remarks().get(lever, "")
    assert bool(settings) != why.startswith("Not modelled: ")
    assert all(way for way in settings.values()), "a parameter without a value or a direction"
    assert not why or why.endswith(".")


def test_remarks_are_about_levers_of_the_report():
    assert set(remarks()) <= set(REPORTED)


@pytest.mark.parametrize(("lever", "parameter", "way"), WAYS, ids=[f"{lever}-{p.id}" for lever, p, _ in WAYS])
def test_the_way_can_be_gone(lever, parameter, way):
    assert lever in REPORTED
    if way.startswith("="):
        value = parameter.clean(resolve(way[1:]))
        assert all(value != now for now in today(parameter)), "the lever is what holds today"
        return
    assert way in ("+", "-", "~") and not parameter.choices
    assert way == "-" or any(now < parameter.high for now in today(parameter))
    assert way == "+" or any(now > parameter.low for now in today(parameter))


SENSE = {
    "L08": ("grant.horizon_years", "= 10 (today 4)"),
    "L11": ("fees.level", "above 1"),
    "L16": ("admin.funding_strings", "= 1 (today 2)"),
    "L18": ("grant.budget_factor", "above or below 1"),
    "L21": ("grant.budget_factor", "below 1"),
    "L30": ("recruitment.regional_penalty", "below 0.3"),
    "L27": ("seats.dissemination_firms", "below today's value"),
    "L36": ("grant.broad_only", "= 1 (today 0)"),
    "L51": ("evaluation.every_years", "= 3 (today 0)"),
    "L53": ("grant.horizon_years", "= 40 (today 4)"),
}


@pytest.mark.parametrize("lever", SENSE)
def test_ways_in_words(lever):
    parameter, way = SENSE[lever]
    assert parameter_words.way(parameter, settings_of_levers()[lever][parameter], "en") == way


def test_no_lever_points_at_its_opposite():
    # L17 widens what the grant may pay; broad_only narrows it. L24 is about secretariats, not about courses for firms.
    carried = by_policy_lever()
    assert "L17" not in carried and "L24" not in carried
    # An assumption about the strength of a response is no policy.
    assert not registry()["attention.strength"].levers
    # GTS institutes are not among those that L03 brings in.
    assert not [name for name in carried["L03"] if name.endswith((".ease_gts", ".presence_gts"))]


def gone(scenario):
    """(lever cited, parameter, way, value set, value of today) of what a scenario sets."""
    for entry in scenario.timeline:
        for name, value in entry.values.items():
            parameter = registry()[name]
            default = registry().default(name)
            for lever, way in zip(parameter.levers, parameter.ways, strict=True):
                if lever in scenario.source:
                    now = default[entry.cluster] if isinstance(default, dict) and entry.cluster else default
                    values = list(now.values()) if isinstance(now, dict) else [now]
                    yield lever, name, way.removeprefix(lever), value, values


@pytest.mark.parametrize("name", shipped())
def test_shipped_scenarios_move_levers_the_way_that_is_said(name):
    for lever, parameter, way, value, now in gone(load(name)):
        if way == "+":
            assert value >= min(now), (lever, parameter)
        elif way == "-":
            assert value <= max(now), (lever, parameter)
