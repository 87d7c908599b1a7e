"""What runs need beyond a valid scenario: seeds that there are, and a whole year to measure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from klyngesim.scenario import periods
from klyngesim.scenario.faults import Fault, ScenarioFaults

if TYPE_CHECKING:
    from collections.abc import Iterable

    from klyngesim.scenario.layers import Origin
    from klyngesim.scenario.template import Template

LARGEST_SEED = 2**32 - 1
"""The key of the random number generator has 32 bits."""


MOST_SEEDS = 10_000
"""Most runs of one scenario, pairs, or seeds at a point: beyond that nothing more is learned."""

MOST_SEEDS_EACH = 1_000
"""Most seeds where every one is run for many strengths or switches."""

COMPARED_UNTIL = "2044Q4"
"""Usual end of a comparison: twenty years from 2025, so that no variant is cut off inside a long grant period."""

MOST_JOBS = 1_024
"""Most processes on one machine."""


def seeds_fault(at: Origin, first: int, count: int) -> Fault | None:
    """The fault of a first seed after which there are not ``count`` seeds, itself included."""
    most = LARGEST_SEED - count + 1
    if 0 <= first <= most:
        return None
    allowed = f"a seed of at most {most} as the first of {count}: each run has the next one, up to {LARGEST_SEED}"
    return Fault(at.file, at.path, str(first), allowed, str(most), at.line)


def year_fault(template: Template) -> Fault | None:
    """The fault of a period without a whole calendar year, of which nothing can be measured."""
    first = periods.year(template.scenario.start)
    if periods.year(template.scenario.end + 1) > first:
        return None
    at, end = template.origin("end"), periods.label(template.scenario.end)
    return Fault(at.file, at.path or "period.end", end, f"{first}Q4 or later: a whole year to measure", line=at.line)


def require(faults: Iterable[Fault | None]) -> None:
    """Raises ScenarioFaults with those that are there."""
    found = [fault for fault in faults if fault is not None]
    if found:
        raise ScenarioFaults(found)
