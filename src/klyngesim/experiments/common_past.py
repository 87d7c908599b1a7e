"""Runs of several scenarios with one seed, which simulate the past that they have in common once.

Recommendations begin years after 2021Q1; until they are announced, every variant is the baseline. The runs are the
same as one by one, to the last byte.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from klyngesim.experiments.runner import let_go
from klyngesim.results.records import RunResult
from klyngesim.scenario.past import parting

if TYPE_CHECKING:
    from klyngesim.ecosystem.model import Ecosystem
    from klyngesim.scenario.schema import Scenario


def run_together(scenarios: Sequence[Scenario], seed: int) -> Iterator[tuple[int, RunResult | Exception]]:
    """Place of each scenario and its run, or why there is none, in the order in which they end.

    Each of the others leaves the first one's run where it parts from it; the first one ends last. What fails before
    a scenario has left fails in it, too.
    """
    from klyngesim.ecosystem.model import Ecosystem

    first, *others = scenarios
    leaving = sorted((parting(first, other), place) for place, other in enumerate(others, 1))
    try:
        trunk = Ecosystem(first, seed)
        while leaving:
            quarter, place = leaving[0]
            trunk.run_until(min(quarter, trunk.world.periods))
            del leaving[0]
            yield place, _branched(trunk, scenarios[place])
        yield 0, _ended(trunk)
    except Exception as error:
        yield from ((place, error) for place in (*(place for _, place in leaving), 0))


def _branched(trunk: Ecosystem, scenario: Scenario) -> RunResult | Exception:
    try:
        return _ended(trunk.branch(scenario))
    except Exception as error:
        return error


def _ended(model: Ecosystem) -> RunResult:
    result = model.run()
    let_go(model)
    return result
