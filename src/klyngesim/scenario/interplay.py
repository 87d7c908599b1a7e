"""Rules between parameters: values that are each in range and still cannot stand together."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from klyngesim.scenario import periods
from klyngesim.scenario.faults import Fault

if TYPE_CHECKING:
    from klyngesim.scenario.schema import Scenario

_SIZES = ("micro", "small", "medium", "large", "foreign")

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

WEIGHTS = (
    ("effort.recruit", "effort.retain", "effort.broker", "effort.apply", "effort.project"),
    SHARES[1],
    tuple(f"recruitment.weight_{size}" for size in _SIZES),
    tuple(f"membership.weight_{size}" for size in _SIZES),
    tuple(f"fees.{size}" for size in _SIZES),
)
"""Groups of weights that are scaled to a sum of their own, so that one of them has to be above zero."""

SPREAD = ("grant.spent_2021_23_mkr", "activities.total_2021_23", "stronghold.firms")
"""Tables that share something out between the organisations, so that one of these has to be above zero."""

TIED = frozenset((*(key for group in (*AT_MOST, *SHARES, *WEIGHTS) for key in group), *SPREAD))
"""Every parameter that a rule between parameters looks at."""

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
    for organisation in scenario.organisation_values:
        for group in SHARES:
            total = sum(_present(scenario, organisation, group))
            if total > 1.0 + _ROUNDING:
                names = " + ".join(group)
                yield _fault(scenario, f"clusters.{organisation}", f"{names} = {total:g}", "at most 1 together")


def weights(scenario: Scenario) -> Iterator[Fault]:
    """Groups of weights that are all zero, at the start or from a date on: nothing can be scaled by them."""
    for where, moment in _moments(scenario):
        for group in WEIGHTS:
            empty = [name for name in moment.organisation_values if _all_zero(_present(moment, name, group))]
            if empty:
                whose = "" if len(empty) == len(moment.organisation_values) else f" of {', '.join(empty)}"
                yield _fault(scenario, where, f"{', '.join(group)}{whose} are all 0", "one of them above 0")
    for key in SPREAD:
        if _all_zero([value for name in scenario.organisation_values for value in _present(scenario, name, (key,))]):
            yield _fault(scenario, f"parameters.{key}", "0 for every organisation", "one of them above 0")


def _moments(scenario: Scenario) -> Iterator[tuple[str, Scenario]]:
    """The values at the start, and from every date on at which the timeline sets a weight, with their path."""
    yield "parameters", scenario
    listed = {key for group in WEIGHTS for key in group}
    for start in sorted({lever.start for lever in scenario.timeline if listed & set(lever.values)}):
        common, own = dict(scenario.values), {name: dict(v) for name, v in scenario.organisation_values.items()}
        for lever in (lever for lever in scenario.timeline if lever.start <= start):
            for name in own:
                if lever.cluster == name:
                    own[name] |= lever.values
                elif lever.cluster is None:
                    own[name] = {key: value for key, value in own[name].items() if key not in lever.values}
            if lever.cluster is None:
                common |= lever.values
        yield f"timeline.{periods.label(start)}", replace(scenario, values=common, organisation_values=own)


def _all_zero(values: Sequence[float]) -> bool:
    return bool(values) and not any(values)


def _present(scenario: Scenario, organisation: str, group: Sequence[str]) -> list[float]:
    """What an organisation has of these parameters: its own values, else those of the programme."""
    own = scenario.organisation_values[organisation]
    held = {key: own[key] if key in own else scenario.values.get(key) for key in group}
    return [float(value) for value in held.values() if value is not None]


def _fault(scenario: Scenario, path: str, value: object, allowed: str) -> Fault:
    file = scenario.inputs[-1][0] if scenario.inputs else scenario.name
    text = f"{value:g}" if isinstance(value, float) else str(value)
    return Fault(file, path, text, allowed)


RULES: tuple[Callable[[Scenario], Iterator[Fault]], ...] = (order, shares, weights)
"""The rules, asked in this order when nothing else is wrong with a scenario."""


def broken(scenario: Scenario) -> Iterator[Fault]:
    """What breaks any of the rules."""
    for rule in RULES:
        yield from rule(scenario)
