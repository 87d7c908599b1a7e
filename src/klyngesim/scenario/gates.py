"""Levers and strengths that take no effect alone: what is told of them, by the table of `gatelist`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from klyngesim.scenario import periods
from klyngesim.scenario.faults import Fault
from klyngesim.scenario.gatelist import GATES, PARTIAL, Gate, Need
from klyngesim.scenario.holding import Claim, Merged, spelled
from klyngesim.scenario.resolved import Resolved

REPLACED = (
    "open_call.entrant_quality",
    "open_call.entrant_equity",
    "authority.vacancy_quarters",
    "authority.handover_trust",
)
"""Parameters of organisations that follow one which failed or lost its grant."""


class Span(NamedTuple):
    """A parameter over some quarters.

    Attributes:
        key: its id.
        whom: the organisations that it is asked about; (None,) for one that all have in common.
        start, after: first quarter, and the first one that is not among them.
        dated: whether what is set has a date, or else holds from the start.
    """

    key: str
    whom: tuple[str | None, ...]
    start: int
    after: int
    dated: bool


def span(claim: Claim, merged: Merged) -> Span:
    """What a claim sets while it holds."""
    return Span(claim.key, merged.meant(claim), claim.start, merged.after(claim), claim.dated)


def closed(merged: Merged) -> Iterator[Fault]:
    """Settings whose effect needs another one that is not there, or not yet."""
    for claim in changing(merged):
        asked = span(claim, merged)
        for gate, opens in openings(asked, merged):
            if opens is None:
                yield claim.told(
                    f"{spelled(claim.value)} takes no effect{merged.of(claim)}: that needs {gate}, which is "
                    f"not so{_while(asked, merged)}"
                )
            elif opens > claim.start and claim.dated:
                yield claim.told(
                    f"{spelled(claim.value)} takes effect{merged.of(claim)} only from {periods.label(opens)} on: that "
                    f"needs {gate}"
                )


def _while(asked: Span, merged: Merged) -> str:
    """The quarters of a span in words; none for a whole run."""
    if asked.start < asked.after <= merged.scenario.end:
        first, last = periods.label(asked.start), periods.label(asked.after - 1)
        return f" from {first} to {last}"
    return "" if asked.start == 0 else f" from {periods.label(asked.start)} on"


def openings(asked: Span, held: Resolved) -> Iterator[tuple[Gate, int | None]]:
    """The gates of a parameter, each with the first quarter of the span in which a need is met; None = never."""
    for gate in GATES:
        if asked.key in gate.keys and (asked.dated or not gate.dated) and registered(gate, held):
            yield gate, opening(gate, asked, held)


def registered(gate: Gate, held: Resolved) -> bool:
    """Whether a registry has what a gate asks for."""
    return all(need.key in held.registry for need in gate.needs)


def opening(gate: Gate, asked: Span, held: Resolved) -> int | None:
    """First quarter of a span in which a need of a gate is met, for any of those that are asked about; None = never."""
    if gate.opens is not None:
        return gate.opens(asked.start, asked.after, held)
    quarters = [met for need in gate.needs if (met := _met_from(need, asked, held)) is not None]
    return min(quarters, default=None)


def _met_from(need: Need, asked: Span, held: Resolved) -> int | None:
    """First quarter of a span in which a need is met; what begins after the run is asked about its first quarter."""
    whom = held.everybody(need.key) if asked.whom == (None,) else asked.whom
    starts = {start for one in whom for start, _ in held.course(need.key, one)}
    for quarter in sorted({asked.start, *starts}):
        if asked.start <= quarter < max(asked.after, asked.start + 1) and any(
            need.met(held.value(need.key, quarter, one), held.value(need.key, 0, one)) for one in whom
        ):
            return quarter
    return None


def partial(merged: Merged) -> Iterator[Fault]:
    """Settings that act without what they need, and otherwise than their name says."""
    for claim in changing(merged):
        for gate, words in PARTIAL:
            acts = claim.key in gate.keys and claim.value != 0.0 and registered(gate, merged)
            if acts and opening(gate, span(claim, merged), merged) is None:
                yield claim.told(f"{spelled(claim.value)}{merged.of(claim)} {words.format(gate=gate)}")


def alone(merged: Merged) -> Iterator[Fault]:
    """What concerns organisations that replace others, in a scenario in which hardly any is replaced."""
    if set(merged.claims) <= set(REPLACED):
        for claim in changing(merged):
            yield claim.told(
                f"{spelled(claim.value)} takes effect only where an organisation fails or loses its grant, which "
                f"nothing else{merged.of(claim) or ' here'} makes likely"
            )


def changing(merged: Merged) -> Iterator[Claim]:
    """Claims of other values than the registry's, or than those that stand before."""
    for made in merged.claims.values():
        for place, claim in enumerate(made):
            for one in merged.meant(claim):
                earlier = [other.value for other in made[:place] if other.cluster in (None, one)]
                if claim.value != (earlier[-1] if earlier else merged.course(claim.key, one)[0][1]):
                    yield claim
                    break
