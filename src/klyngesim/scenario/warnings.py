"""What a user has to know of a scenario that is right: settings that do not hold, do nothing, or do more than meant.

Every rule looks at the layers and at the scenario they were merged to, and names parameter, file and quarter. Nothing
here changes a run. Commands print the sentences (``Note: ...``); those whose settings are to hold in all runs refuse
what does not (`require_held`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from klyngesim.scenario.faults import Fault, ScenarioFaults
from klyngesim.scenario.gates import alone, closed, scaled, squeezed
from klyngesim.scenario.holding import Merged, emptied, overruled, silenced
from klyngesim.scenario.timing import (
    beyond_end,
    early,
    idle,
    in_vain,
    moved,
    no_evaluation,
    no_new_period,
    no_renewal,
    unfinished,
    unjudged,
)

if TYPE_CHECKING:
    from klyngesim.scenario.schema import Scenario

RULES: tuple[Callable[[Merged], Iterator[Fault]], ...] = (
    silenced,
    emptied,
    moved,
    closed,
    alone,
    scaled,
    squeezed,
    early,
    idle,
    beyond_end,
    unfinished,
    no_renewal,
    no_new_period,
    no_evaluation,
    unjudged,
    in_vain,
)
"""The rules besides `overruled`, in the order in which their sentences are printed."""


def with_warnings(merged: Merged) -> Scenario:
    """The scenario with what has to be known of it."""
    broken = tuple(overruled(merged))
    found = [*broken, *(fault for rule in RULES for fault in rule(merged))]
    command_line = {layer.name.origin.file for layer in merged.layers if layer.command_line}
    return replace(
        merged.scenario,
        warnings=tuple(dict.fromkeys(map(str, found))),
        not_held=tuple(fault for fault in broken if fault.file in command_line),
    )


def warnings_of(scenarios: Iterable[Scenario]) -> tuple[str, ...]:
    """What has to be known of several scenarios, each sentence once."""
    return tuple(dict.fromkeys(sentence for scenario in scenarios for sentence in scenario.warnings))


def require_held(scenarios: Iterable[Scenario]) -> None:
    """Raises ScenarioFaults with every setting of the command line that does not hold throughout a scenario."""
    broken = [fault for scenario in scenarios for fault in scenario.not_held]
    if broken:
        raise ScenarioFaults(broken)
