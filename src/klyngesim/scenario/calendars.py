"""When a scenario's grant periods begin and end and its evaluations fall due, for those in office from the start.

The rules are those of the model (`ecosystem.processes.evaluation`); here they say beforehand what a date can reach.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from klyngesim.scenario import periods
from klyngesim.scenario.resolved import Resolved
from klyngesim.scenario.scalars import Scalar

FOUR_YEARS = 16
"""Quarters of the grant periods that there have been."""

LONGEST = 4 * 40 + 1
"""Quarters after the end of a run in which something that a lever sets would happen at the latest."""

_EVERY, _STAGGER, _START = "evaluation.every_years", "evaluation.stagger_quarters", "evaluation.start_years"


@dataclass(frozen=True)
class Period:
    """A grant period: its first quarter, and the first one after it."""

    start: int
    after: int


@dataclass(frozen=True)
class Evaluation:
    """An evaluation that falls due.

    Attributes:
        quarter: at the end of which.
        judges: whether anybody is judged then.
        renewal: whether the period of UFS ends with it, so that the renewal takes its place.
    """

    quarter: int
    judges: bool
    renewal: bool


def grant_periods(held: Resolved, last: int | None = None, horizon: str = "grant.horizon_years") -> list[Period]:
    """Grant periods that begin up to a quarter (default: the end of the run), each as long as is in force then."""
    found, start = [], 0
    while start <= (held.scenario.end if last is None else last):
        after = start + max(1, _quarters(in_force(held, horizon, start)))
        found.append(Period(start, after))
        start = after
    return found


def evaluations(held: Resolved) -> list[Evaluation]:
    """Evaluations that fall due, those included that a longer run would have."""
    if not all(key in held.registry for key in (_EVERY, _STAGGER, _START, "grant.horizon_years")):
        return []
    last = held.scenario.end + LONGEST
    ends = {period.after for period in grant_periods(held, last)}
    ready, found, since = first_judged(held), [], None
    for quarter in range(last + 1):
        every = _quarters(in_force(held, _EVERY, quarter))
        if every <= 0:
            since = None
            continue
        since = quarter if since is None else since
        stagger = round(float(in_force(held, _STAGGER, quarter)))
        into = [quarter + 1 - since + stagger * group for group in range(4)]
        if any(one % every == 0 for one in into):
            renewal = quarter + 1 in ends
            found.append(Evaluation(quarter, quarter >= ready and not renewal, renewal))
    return found


def first_judged(held: Resolved) -> int:
    """Quarter at whose end a first full year can be held against the own start, which follows a year of starting up."""
    return 4 * (2 + round(float(in_force(held, _START, 0)))) - 1


def in_force(held: Resolved, key: str, quarter: int) -> Scalar:
    """The programme's value of a parameter in a quarter."""
    return [value for start, value in held.course(key, None) if start <= quarter][-1]


def fifth_year(start: int, after: int, held: Resolved) -> int | None:
    """First quarter of a span in which a grant period of UFS is in its fifth year or a later one."""
    return _first(start, after, held, lambda quarter, period: quarter - period.start > FOUR_YEARS)


def long_future(start: int, after: int, held: Resolved) -> int | None:
    """First quarter of a span in which more than four years of a grant period of UFS are left."""
    return _first(start, after, held, lambda quarter, period: period.after - quarter > FOUR_YEARS)


def _first(start: int, after: int, held: Resolved, so: Callable[[int, Period], bool]) -> int | None:
    for period in grant_periods(held):
        for quarter in range(max(period.start, start), min(period.after, after)):
            if so(quarter, period):
                return quarter
    return None


def _quarters(years: Scalar) -> int:
    return round(4 * float(years))


def ends(quarters: list[int]) -> str:
    """Words for the ends of some quarters."""
    return "the end of " + ", ".join(map(periods.label, quarters))
