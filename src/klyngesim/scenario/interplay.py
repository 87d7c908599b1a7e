"""Rules between parameters: values that are each in range and still cannot stand together."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from klyngesim.scenario.faults import Fault

if TYPE_CHECKING:
    from klyngesim.scenario.scalars import Scalar
    from klyngesim.scenario.schema import Scenario

AT_MOST = (
    ("external.length_low_quarters", "external.length_high_quarters"),
    ("initiative.size_low_mkr", "initiative.size_high_mkr"),
    ("firms.survival_2y", "firms.survival_1y"),
    ("firms.survival_5y", "firms.survival_2y"),
    ("admin.share_one_string", "admin.share_two_strings"),
    ("tie.floor", "tie.initial"),
    ("trust.floor", "initial.trust_high"),
)
"""Pairs of parameters of which the first may not exceed the second."""

SHARES = (
    ("activity_mix.internationalisation", "activity_mix.application", "activity_mix.project"),
    (
        "recruitment.main_share",
        "recruitment.supporting_share",
        "recruitment.outside_share",
        "recruitment.foreign_share",
    ),
    ("private.fees_share", "private.sponsorship_share", "private.foundations_share"),
)
"""Groups of shares that together may not exceed one."""

_WHOLE_QUARTERS = ("grant.horizon_years", "grant.deb_horizon_years", "evaluation.every_years")
"""Lengths in years that must be whole quarters."""

_ROUNDING = 1e-6


def order(scenario: Scenario) -> Iterator[Fault]:
    """Pairs that stand in the wrong order."""
    for smaller, larger in AT_MOST:
        if smaller in scenario.values and larger in scenario.values:
            low, high = float(scenario.values[smaller]), float(scenario.values[larger])
            if low > high:
                yield _fault(scenario, f"parameters.{smaller}", low, f"at most {larger}, which is {high:g}")


def shares(scenario: Scenario) -> Iterator[Fault]:
    """Shares of an organisation, or of the programme, that add up to more than one."""
    for organisation, values in scenario.organisation_values.items():
        for group in SHARES:
            present = [_value(scenario, values, key) for key in group]
            total = sum(value for value in present if value is not None)
            if total > 1.0 + _ROUNDING:
                names = " + ".join(group)
                yield _fault(scenario, f"clusters.{organisation}", f"{names} = {total:g}", "at most 1 together")


def whole_quarters(scenario: Scenario) -> Iterator[Fault]:
    """Lengths that are no whole quarters, in the parameters or at a date."""
    for key in _WHOLE_QUARTERS:
        if key in scenario.values:
            yield from _whole(scenario, f"parameters.{key}", scenario.values[key])
    for lever in scenario.timeline:
        for key in _WHOLE_QUARTERS:
            if key in lever.values:
                yield from _whole(scenario, f"timeline.{key}", lever.values[key])


def _whole(scenario: Scenario, path: str, value: Scalar) -> Iterator[Fault]:
    if float(value) * 4.0 != round(float(value) * 4.0):
        nearest = max(0.25, round(float(value) * 4.0) / 4.0)
        yield _fault(scenario, path, value, f"whole quarters, e.g. {nearest:g}")


def _value(scenario: Scenario, values: object, key: str) -> float | None:
    own = values.get(key) if hasattr(values, "get") else None
    found = scenario.values.get(key) if own is None else own
    return None if found is None else float(found)


def _fault(scenario: Scenario, path: str, value: object, allowed: str) -> Fault:
    file = scenario.inputs[-1][0] if scenario.inputs else scenario.name
    text = f"{value:g}" if isinstance(value, float) else str(value)
    return Fault(file, path, text, allowed)


RULES: tuple[Callable[[Scenario], Iterator[Fault]], ...] = (order, shares, whole_quarters)
"""The rules, asked in this order when nothing else is wrong with a scenario."""
