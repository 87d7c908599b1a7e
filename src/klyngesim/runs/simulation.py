"""Runs of the model: one, or several scenarios with one seed, which simulate the past that they have in common once.

Recommendations begin years after 2021Q1; until they are announced, every variant is the baseline. The runs are the
same as one by one, to the last byte.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from klyngesim.results.records import RunResult
from klyngesim.scenario.schema import parting

if TYPE_CHECKING:
    from klyngesim.ecosystem.model import Ecosystem
    from klyngesim.scenario.schema import Scenario


def run_once(scenario: Scenario, seed: int, draw: int = 0) -> RunResult:
    """One run of the model."""
    from klyngesim.ecosystem.model import Ecosystem

    return _ended(Ecosystem(scenario, seed, draw))


def let_go(model: Ecosystem) -> None:
    """Frees the arrays of a model that has been run; it cannot be used any more.

    A Mesa model stands in circles of references, which Python opens when enough objects have gathered, not when
    enough memory has: a process that makes thousands of runs would hold several worlds at a time.
    """
    del model.world


def run_together(scenarios: Sequence[Scenario], seed: int) -> Iterator[tuple[int, RunResult | Exception]]:
    """Index of each scenario and its run, or why there is none, in the order in which they end.

    Each of the others leaves the first one's run where it parts from it; the first one ends last. What fails before
    a scenario has left fails in it, too.
    """
    from klyngesim.ecosystem.model import Ecosystem

    first, *others = scenarios
    leaving = sorted((parting(first, other), index) for index, other in enumerate(others, 1))
    try:
        trunk = Ecosystem(first, seed)
        while leaving:
            quarter, index = leaving[0]
            trunk.run_until(min(quarter, trunk.world.periods))
            del leaving[0]
            yield index, _branched(trunk, scenarios[index])
        yield 0, _ended(trunk)
    except Exception as error:
        yield from ((index, error) for index in (*(index for _, index in leaving), 0))


def _branched(trunk: Ecosystem, scenario: Scenario) -> RunResult | Exception:
    try:
        return _ended(trunk.branch(scenario))
    except Exception as error:
        return error


def _ended(model: Ecosystem) -> RunResult:
    result = model.run()
    let_go(model)
    return result
