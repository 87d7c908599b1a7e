"""Bookkeeping in random worlds: any parameter anywhere within its bounds, dated levers, overrides, seeds."""

import pytest
from hypothesis import HealthCheck, Phase, given, reject, settings
from hypothesis import strategies as st

from klyngesim.scenario.faults import ScenarioFaults
from klyngesim.scenario.parameters import registry
from tests.bookkeeping.watched import scenario, watch
from tests.bookkeeping.worlds import SWITCHABLE, settings_of, worlds

pytestmark = pytest.mark.filterwarnings("error::RuntimeWarning")


def examples(most):
    """Settings for that many worlds; a failing one is told as it is, since making it smaller costs minutes."""
    return settings(
        max_examples=most,
        derandomize=True,
        deadline=None,
        database=None,
        phases=(Phase.explicit, Phase.generate),
        report_multiple_bugs=False,
        suppress_health_check=list(HealthCheck),
    )


def allowed(world):
    """The scenario, or another try when its values cannot stand together."""
    try:
        return scenario(**world)
    except ScenarioFaults:
        reject()


@examples(12)
@given(world=worlds(), seed=st.integers(0, 2**32 - 1))
def test_identities_hold(world, seed):
    watch(allowed(world), seed)


@pytest.mark.slow
@examples(150)
@given(world=worlds(noise=12, quarters=24), seed=st.integers(0, 2**32 - 1))
def test_identities_hold_in_many(world, seed):
    watch(allowed(world), seed)


@pytest.mark.parametrize("mechanism", SWITCHABLE)
def test_every_mechanism_can_be_switched_off(mechanism):
    watch(scenario(end="2021Q4", disable=(mechanism,)))


def test_all_mechanisms_can_be_off_together():
    watch(scenario(end="2022Q4", disable=SWITCHABLE))


def test_switching_off_is_noticed():
    # A mechanism whose neutral value is its default would pass above without being tried; there are levers among
    # them (0 today) and rules, and the rules must make a difference to some parameter.
    moved = {
        mechanism: [
            parameter.id
            for parameter in registry().values()
            if mechanism in parameter.mechanisms
            and parameter.neutral is not None
            and not parameter.is_table
            and parameter.neutral != parameter.default_values()
        ]
        for mechanism in SWITCHABLE
    }
    still = {name for name, changed in moved.items() if not changed}
    levers_only = {
        name
        for name in SWITCHABLE
        if all(p.levers or p.default_values() == p.neutral for p in registry().values() if name in p.mechanisms)
    }
    assert still <= levers_only


MONEY = tuple(
    parameter
    for parameter in registry().values()
    if parameter.dated
    and parameter.id.startswith(("grant.", "activity_mix.", "effort.", "measures.", "initiative.", "rival.", "seats."))
)


@examples(8)
@given(levers=settings_of(MONEY, 5), later=settings_of(MONEY, 5), seed=st.integers(0, 2**32 - 1))
def test_money_is_used_on_activities_whatever_the_levers(levers, later, seed):
    fast = {"prices.wage_growth": 0.06, "activity_cost.project": 5}
    timeline = [{"from": "2021Q3", "set": {**later, "grant.broad_only": 1}}]
    watch(allowed({"parameters": {**levers, **fast}, "timeline": timeline, "end": "2022Q4", "scale": 0.001}), seed)
