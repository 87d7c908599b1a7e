"""One policy written in two ways gives one result, to the last digit; where two ways differ, a note says so.

Factors are powers of two: products in another order are then the same number, and equality needs no tolerance.
"""

import pytest

from klyngesim.ecosystem.processes.activity_mix import TYPES
from klyngesim.ecosystem.settings import Settings
from klyngesim.scenario.loading import from_mapping
from klyngesim.scenario.parameters import registry
from tests.alignment.runs import Ecosystem, assert_identical, first_difference

NAMES = registry().organisations
DATED = [parameter for parameter in registry().values() if parameter.dated]
OWN = [parameter for parameter in registry().values() if parameter.by_organisation]
QUARTERS = range(9)
EFFORTS = ("recruit", "retain", "broker", "apply", "project")


def other(parameter):
    """An allowed value that nobody has today; shares of a group stay below one together."""
    today = registry().default(parameter.id)
    values = list(today.values()) if isinstance(today, dict) else [today]
    if parameter.choices:
        return next(word for word in parameter.choices if word not in values)
    step = parameter.step or 1e-6
    near = parameter.low + 0.25 * (parameter.high - parameter.low)
    if parameter.is_table:
        near = 0.9 * sum(values) / len(values)
    for value in (round(near / step) * step, parameter.high, parameter.low):
        if value not in values:
            return float(value)
    raise AssertionError(parameter.id)


def scenario(end="2022Q4", **settings):
    """A very small baseline with other settings."""
    base = {"extends": "baseline", "period": {"start": "2021Q1", "end": end}, "population": {"scale": 0.002}}
    return from_mapping({**base, **settings}, "spelling")


def result(case):
    """The result of a run."""
    return Ecosystem(case, 1).run()


def dated(values, start="2022Q1", **announced):
    """Settings of a scenario with one dated entry."""
    return {"timeline": [{"from": start, **announced, "set": values}]}


def for_each(values):
    """The same for every organisation by its name."""
    return {name: dict(values) for name in NAMES}


def assert_same_values(one, other_scenario):
    """All parameters in force and expected in every quarter are the same, and what follows from them."""
    first, second = Settings(one, NAMES), Settings(other_scenario, NAMES)
    for quarter in QUARTERS:
        for here, there in (
            (first.at(quarter), second.at(quarter)),
            (first.expected(quarter), second.expected(quarter)),
        ):
            for parameter in registry().values():
                if parameter.choices:
                    assert here.word(parameter.id) == there.word(parameter.id), parameter.id
                else:
                    assert here.vec(parameter.id).tolist() == there.vec(parameter.id).tolist(), parameter.id
        assert first.budget_ends(quarter).tolist() == second.budget_ends(quarter).tolist()
        assert first.evaluated_from(quarter) == second.evaluated_from(quarter)


EVERYTHING = {parameter.id: other(parameter) for parameter in DATED}
EVERYWHERE = {parameter.id: other(parameter) for parameter in OWN}


def test_without_a_date_and_from_the_first_quarter_are_the_same():
    assert_same_values(scenario(parameters=EVERYTHING), scenario(**dated(EVERYTHING, "2021Q1")))


def test_one_entry_and_one_for_each_lever_are_the_same():
    parts = [{"from": "2022Q1", "set": {name: value}} for name, value in EVERYTHING.items()]
    assert_same_values(scenario(**dated(EVERYTHING)), scenario(timeline=parts))
    assert_same_values(scenario(**dated(EVERYTHING)), scenario(timeline=parts[::-1]))


def test_all_and_each_organisation_are_the_same():
    assert_same_values(scenario(parameters=EVERYWHERE), scenario(clusters=for_each(EVERYWHERE)))


def test_a_date_for_all_and_for_each_organisation_are_the_same():
    levers = {parameter.id: other(parameter) for parameter in OWN if parameter.dated}
    each = [{"from": "2022Q1", "cluster": name, "set": levers} for name in NAMES]
    assert_same_values(scenario(**dated(levers)), scenario(timeline=each))


@pytest.mark.parametrize("mechanism", registry().switchable())
def test_a_mechanism_switched_off_is_its_parameters_at_the_neutral_values(mechanism):
    neutral = {parameter.id: parameter.neutral for parameter in registry().carriers(mechanism)}
    assert_same_values(scenario(mechanisms={"disable": [mechanism]}), scenario(parameters=neutral))


def test_a_lever_at_all_organisations_is_read_where_it_is_read_for_the_programme():
    # A process that asked for the programme's value of what organisations have of their own would see the default.
    changed = {name: value for name, value in EVERYWHERE.items() if not name.startswith("stronghold.")}
    ways = {"parameters": changed}, {"clusters": for_each(changed)}
    assert_identical(*(result(scenario("2022Q1", **how)) for how in ways))


def doubled(names, factor=2.0):
    """Present values times a factor."""
    return {name: float(registry().default(name)) * factor for name in names}


def half_the_level(level, *strengths):
    """A measure at full level, and at half the level with twice its strength, cost and hours."""
    full = {name: float(registry().default(name)) / 2.0 for name in strengths}
    return (
        {"parameters": full, **dated({level: 1.0})},
        {"parameters": {name: 2.0 * value for name, value in full.items()}, **dated({level: 0.5})},
    )


BUDGET = float(registry().default("grant.budget_mkr_year"))
EVERY = [{"from": "2022Q1", "cluster": name, "set": {"grant.organisation_factor": 0.5}} for name in NAMES]
FREE = {"local.cost_mkr_year": 0.0, "local.hours_year": 0.0}
REPLACES = {"fees.level": 4.0, "membership.renewal_elasticity": 0.0}
SAME = {
    "budget: factor and kroner": (dated({"grant.budget_factor": 0.5}), dated({"grant.budget_mkr_year": BUDGET / 2.0})),
    "budget: factor and every organisation": (dated({"grant.budget_factor": 0.5}), {"timeline": EVERY}),
    "budget without a date": (
        {"parameters": {"grant.budget_factor": 0.5}},
        {"parameters": {"grant.budget_mkr_year": BUDGET / 2.0}},
    ),
    "no budget: factor and kroner": (dated({"grant.budget_factor": 0}), dated({"grant.budget_mkr_year": 0})),
    "no budget: factor and every organisation": (
        dated({"grant.budget_factor": 0}),
        dated({"grant.organisation_factor": 0}),
    ),
    "weights of hours count against each other": (
        {},
        {"parameters": doubled([f"effort.{name}" for name in EFFORTS])},
    ),
    "weights of costs count against each other": (
        {},
        {"parameters": doubled([f"activity_cost.{name}" for name in TYPES])},
    ),
    "researchers: level and strength": half_the_level(
        "researcher.incentive", "researcher.incentive_effect", "researcher.incentive_cost_mkr_year"
    ),
    "outreach: level and strength": half_the_level(
        "institutions.outreach", "institutions.outreach_effect", "institutions.outreach_cost_mkr_year"
    ),
    "doctorates: level and strength": half_the_level("phd.bridge", "phd.effect", "phd.cost_mkr_year"),
    "segmentation: level and strength": half_the_level(
        "segmentation.level", "segmentation.effect", "segmentation.hours_year"
    ),
    "local partners for nothing, and no distance": (
        {"parameters": FREE, **dated({"local.partners": 1})},
        {"parameters": FREE, **dated({"recruitment.regional_penalty": 0})},
    ),
    "fixed success: rule and scarcity": (
        {"parameters": {"calls.success_rule": "fixed"}},
        {"parameters": {"scarcity.pots": "off"}},
    ),
    "projects not paid, and no hours for them": (
        {"parameters": {"effort.project": 0}},
        {"parameters": {"effort.project": 0, "grant.broad_only": 1}},
    ),
    "projects not paid where none are planned": (
        dated({"activity_mix.project": 0}),
        dated({"activity_mix.project": 0, "grant.broad_only": 1}),
    ),
    "no demand and no consequence": (
        dated({"cofinancing.required": 0, "cofinancing.consequence": "pro_rata"}),
        dated({"cofinancing.required": 5, "cofinancing.consequence": "none"}),
    ),
    "nothing is withheld, whenever it is released": (
        dated({"holdback.share": 0}),
        dated({"holdback.share": 0, "holdback.release": "programme_end"}),
    ),
    "no measures, whoever pays them": ({}, dated({"measures.paid_by": "extra"})),
    "an index without inflation": (
        {"parameters": {"prices.wage_growth": 0}},
        {"parameters": {"prices.wage_growth": 0}, **dated({"grant.indexation": 1})},
    ),
    "attention without strength, whatever the rule": (
        dated({"attention.strength": 0}),
        dated({"attention.strength": 0, "attention.response": "interior_optimum"}),
    ),
    "an open call without evaluations": ({}, dated({"evaluation.money": "open_call"})),
    "lock-in at four years and no lock-in": ({}, dated({"rival.lock_in": 0.1})),
    "all institutions' own presence and the programme's": (
        dated({"presence.university": 0.25}),
        {"timeline": [{"from": "2022Q1", "cluster": n, "set": {"presence.university": 0.25}} for n in NAMES]},
    ),
}
"""Two ways to write the same policy."""


@pytest.fixture(scope="module")
def plain():
    """The baseline, which several spellings leave as it is."""
    return result(scenario())


@pytest.mark.parametrize("pair", SAME.values(), ids=SAME.keys())
def test_two_spellings_of_one_policy(pair, plain):
    one, same = (result(scenario(**how)) if how else plain for how in pair)
    assert_identical(one, same)


DIFFERENT = {
    # Two ways that look alike and are not: the registry's note of the first names the second.
    "grant.broad_only": ("activity_mix.project", dated({"grant.broad_only": 1}), dated({"activity_mix.project": 0})),
    "grant.suspended": ("grant.budget_factor", dated({"grant.suspended": 1}), dated({"grant.budget_factor": 0})),
    "evaluation.threshold": (
        "evaluation.every_years",
        dated({"evaluation.every_years": 1, "evaluation.threshold": 0}),
        {},
    ),
    "local.partners": (
        "recruitment.regional_penalty",
        dated({"local.partners": 1}),
        dated({"recruitment.regional_penalty": 0}),
    ),
    "admin.funding_strings": (
        "admin.share_two_strings",
        dated({"admin.funding_strings": 1}),
        {"parameters": {"admin.share_two_strings": float(registry().default("admin.share_one_string"))}},
    ),
    "guard.fee_rebate": (
        "fees.small",
        dated({"guard.fee_rebate": 0.5}),
        {"parameters": doubled(("fees.micro", "fees.small"), 0.5)},
    ),
}


@pytest.mark.parametrize("name", DIFFERENT)
def test_two_ways_that_are_not_the_same_say_so(name, plain):
    alike, *ways = DIFFERENT[name]
    one, not_same = (result(scenario(**how)) if how else plain for how in ways)
    assert first_difference(one, not_same) is not None
    assert alike in registry()[name].note
