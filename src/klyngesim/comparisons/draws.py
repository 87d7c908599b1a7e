"""The lots of a comparison: for every pair a seed, a posterior draw and values of what is only assumed.

All scenarios of a comparison draw the same lots. A value that a scenario sets itself stays what it is.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from klyngesim.posterior import pick, read_posterior
from klyngesim.scenario.faults import ScenarioFaults
from klyngesim.scenario.parameters import Parameter, registry
from klyngesim.scenario.scalars import drawn
from klyngesim.seeds import sobol, stratified

if TYPE_CHECKING:
    from klyngesim.scenario.scalars import Plain
    from klyngesim.scenario.schema import Scenario
    from klyngesim.scenario.template import Template

CENTRAL, TENABLE = "central", "tenable"

OVER = (CENTRAL, "posterior", "assumed", TENABLE)
"""What a comparison is made over: the central values, the posterior of the calibration, or the posterior and in
addition every parameter that is only assumed, drawn evenly from its bounds. ``tenable``: the posterior, and for a
second band the strengths that a variant hangs on, see `comparisons.tenable`."""

_SPARE = 4  # points of the assumed parameters that the checks of a scenario may refuse, per point wanted


@dataclass(frozen=True)
class Lot:
    """What one pair of runs has in common.

    Attributes:
        seed: run seed.
        draw: posterior draw, 0 = central values.
        values: defaults that differ from the registry's, by parameter id.
    """

    seed: int
    draw: int
    values: Mapping[str, float] = field(hash=False)


def uncertain(fitted: Sequence[str]) -> tuple[Parameter, ...]:
    """Parameters that are only assumed, have a range and one value for all organisations, and were not fitted."""
    return tuple(
        parameter
        for parameter in registry().values()
        if parameter.grade == "assumed"
        and parameter.distribution == "uniform"
        and not parameter.is_table
        and parameter.id not in fitted
    )


def seeds_of(over: str, count: int) -> int:
    """Seeds that the lots of ``count`` pairs may take."""
    return count * (_SPARE if over == "assumed" else 1)


def lots(over: str, count: int, seed: int) -> Iterator[Lot]:
    """Lots for ``count`` pairs with ascending seeds; some more where assumed values may not fit together.

    Raises:
        ValueError: more pairs than the posterior has draws, or a word that is not in `OVER`.
        FileNotFoundError: no posterior is shipped.
    """
    if over not in OVER:
        raise ValueError(f"over {over!r}; allowed: {', '.join(OVER)}")
    if over == CENTRAL:
        yield from (Lot(seed + number, 0, {}) for number in range(count))
        return
    draws = read_posterior()
    numbers = pick(count)
    if over in ("posterior", TENABLE):
        yield from (Lot(seed + place, number, draws[number]) for place, number in enumerate(numbers))
        return
    free = uncertain(tuple(draws[0]))
    points = sobol(seeds_of(over, count), len(free), seed, "assumed")
    for place, point in enumerate(points):
        values = {one.id: _inside(one, share) for one, share in zip(free, point.tolist(), strict=True)}
        number = numbers[place % count]
        yield Lot(seed + place, number, {**draws[number], **values})


def strengths(parameter: Parameter, count: int, seed: int) -> list[float]:
    """A value of a parameter for each of ``count`` lots: one from each of as many equal parts of its range."""
    shares = stratified(count, seed, f"{TENABLE}/{parameter.id}")
    return [_inside(parameter, share) for share in shares.tolist()]


def _inside(parameter: Parameter, share: float) -> float:
    low, high = float(parameter.low or 0.0), float(parameter.high or 0.0)
    return drawn(share, low, high, parameter.step)


def under(lot: Lot, templates: Sequence[Template], values: Mapping[str, Plain] | None = None) -> list[Scenario] | None:
    """Every scenario with the values of a lot; None if these do not fit together in one of them.

    ``values`` are set in all of them, whatever the lot.
    """
    try:
        return [template.at(values, lot.values) for template in templates]
    except ScenarioFaults:
        return None
