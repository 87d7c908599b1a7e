"""Variants that change nothing: every run equals the baseline's, and what they set takes no effect."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from klyngesim.experiments.contested import set_by
from klyngesim.results.yearly import complete_years
from klyngesim.scenario import periods
from klyngesim.scenario.gates import GATES, Need

if TYPE_CHECKING:
    from collections.abc import Mapping

    from klyngesim.experiments.compared import Runs
    from klyngesim.scenario.scalars import Scalar
    from klyngesim.scenario.schema import Scenario


def unchanged(runs: Runs, variant: int) -> bool:
    """Whether every run of a variant equals the baseline's, in all that a comparison keeps of it."""
    pairs = list(zip(runs.measured[0], runs.measured[variant], strict=True))
    return bool(pairs) and all(
        np.array_equal(getattr(base, part), getattr(other, part), equal_nan=True)
        for base, other in pairs
        for part in ("indicators", "moves", "yearly")
    )


def without_effect(runs: Runs) -> dict[str, dict[str, str]]:
    """The variants that change nothing, with what each sets all the same and what that would need, in words.

    The need is empty where none is known.
    """
    base = runs.scenarios[0]
    return {
        scenario.name: {
            **{key: _later(key, scenario, base) or need_of(key, scenario) for key in set_by(scenario, base)},
            **dict.fromkeys(sorted(set(scenario.mechanisms_off) ^ set(base.mechanisms_off)), ""),
        }
        for variant, scenario in enumerate(runs.scenarios[1:], start=1)
        if unchanged(runs, variant)
    }


def _later(key: str, scenario: Scenario, base: Scenario) -> str:
    """The end that a run needs so that a year is measured in which a parameter differs; empty if it has that."""
    places = zip(_undated(scenario), _undated(base), strict=True)
    starts = [lever.start for one in (scenario, base) for lever in one.timeline if key in lever.values]
    if not starts or any(mine.get(key) != theirs.get(key) for mine, theirs in places):
        return ""
    first = periods.year(min(starts))
    measured = complete_years(scenario.start, scenario.quarters)
    return "" if first in measured else f"period.end at {first}Q4 or later"


def _undated(scenario: Scenario) -> tuple[Mapping[str, Scalar], ...]:
    return (scenario.values, *scenario.organisation_values.values())


def need_of(key: str, scenario: Scenario) -> str:
    """What a parameter needs to take effect and a scenario never has, such as ``a above 0 or b = on``."""
    closed = [gate for gate in GATES if key in gate.keys and not any(_met(need, scenario) for need in gate.needs)]
    return " and ".join(" or ".join(map(str, gate.needs)) for gate in closed)


def _met(need: Need, scenario: Scenario) -> bool:
    """Whether a need is met anywhere in a scenario, at any time."""
    # Pairs of a value and that of the start; where organisations differ at the start a dated value is another one.
    pairs = [(place[need.key], place[need.key]) for place in _undated(scenario) if need.key in place]
    start = scenario.values.get(need.key, "")
    pairs += [(lever.values[need.key], start) for lever in scenario.timeline if need.key in lever.values]
    return any(need.met(value, before) for value, before in pairs)
