"""Every mechanism and rival rule is switched once: the books still balance, and the switch is real.

A mechanism that acts only with a lever is tried with its lever at the upper bound; where more is needed for a switch
to matter, `NEEDED` says what and why.
"""

import json
from functools import cache

import numpy as np
import pytest

from klyngesim.ecosystem.model import Ecosystem
from klyngesim.experiments.ablation import variants
from klyngesim.scenario.loading import read_template
from klyngesim.scenario.parameters import registry

SHORT = [{"from": "2022Q1", "set": {"grant.horizon_years": 0.5, "grant.deb_horizon_years": 0.5}}]
NEEDED = {
    # Seats go to paying firms first only when they pay more than at the start.
    "M009": {"fees.level": 5.0},
    # The start of external projects responds to expected support, which has to move.
    "M013": {"timeline": SHORT},
    "M036": {"timeline": SHORT},
    # The effect of an incentive for researchers shows when there is one, and that of a condition on their money too.
    "M025": {"researcher.incentive": 1.0},
    "M037": {"researcher.conditional": 1.0},
    # An initiative has to be running to be routed.
    "M086": {"initiative.years_between": 0.5},
    # Somebody has to fail within the years of the test.
    "finance.failures=off": {"finance.shock_spread": 0.6, "finance.overdraft_share": 0.0, "initial.equity_least": 0.0},
    # Nothing is withdrawn without an evaluation that somebody fails.
    "evaluation.money=open_call": {
        "evaluation.every_years": 1.0,
        "evaluation.threshold": 1.5,
        "evaluation.start_years": 1,
        "open_call.wait_quarters": 1,
    },
    # Money is locked into old areas in the fifth year of a grant period.
    "rival.lock_in=0.1": {"grant.horizon_years": 10.0},
    # What a shortfall of private money leads to shows when somebody falls short.
    "cofinancing.consequence=pro_rata": {"cofinancing.required": 3.0},
    "cofinancing.consequence=ineligible": {"cofinancing.required": 3.0},
    # Somebody pays for measures only when there are any.
    "measures.paid_by=extra": {"contact_staff.fte": 3.0},
}
END = {"evaluation.money=open_call": "2024Q3", "rival.lock_in=0.1": "2025Q2"}
"""Switches that show late: somebody must have been judged, and a period must have run for more than four years."""
LEVERS = {"evaluation.every_years": 1.0}  # at its upper bound of twenty years no evaluation falls into the run
SWITCHES = {variant.id: variant for variant in variants()}


def levers_on(variant):
    """Levers that carry a mechanism and are off in the baseline, at their upper bound."""
    if variant.kind != "mechanism":
        return {}
    carriers = registry().carriers(variant.id)
    return {p.id: LEVERS.get(p.id, p.high) for p in carriers if registry().default(p.id) == p.neutral}


def content(*parts, end="2023Q4"):
    """Everything that a small run leaves behind."""
    return simulated(json.dumps({key: value for part in parts for key, value in part.items()}, sort_keys=True), end)


@cache
def simulated(values, end):
    """Results of the baseline with values given as JSON; most switches are compared with the same run."""
    template = read_template("baseline", ["population.scale=0.02", f"period.end={end}"])
    result = Ecosystem(template.at(json.loads(values)), 3).run()
    funnel = result.funnel
    columns = (funnel.period, funnel.organisation, funnel.firm_class, funnel.from_stage, funnel.to_stage, funnel.count)
    return (np.nan_to_num(result.indicators, nan=-1.0), result.finance, *columns)


def same(one, other):
    return all(np.array_equal(a, b) for a, b in zip(one, other, strict=True))


@pytest.mark.parametrize("name", SWITCHES)
def test_the_switch_is_real(name):
    """The run proves its books itself; what the switch changes must show somewhere in the results."""
    variant = SWITCHES[name]
    needed = NEEDED.get(name, {})
    end = END.get(name, "2023Q4")
    usual = content(needed, levers_on(variant), end=end)
    assert not same(content(needed, variant.values, end=end), usual)


def test_every_switch_of_the_registry_is_there():
    mechanisms = {name for name, variant in SWITCHES.items() if variant.kind == "mechanism"}
    assert mechanisms == set(registry().switchable())
    rules = {name.partition("=")[0] for name, variant in SWITCHES.items() if variant.kind == "rival"}
    words = {p.id for p in registry().values() if p.choices and not p.id.startswith(("choices.", "scarcity."))}
    assert words <= rules
    assert rules - words == {"rival.complacency", "rival.lock_in", "rival.front_loading"}


def test_what_is_needed_is_needed_by_something():
    assert set(NEEDED) <= set(SWITCHES)
