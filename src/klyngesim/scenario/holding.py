"""Which settings hold, from when on and for whom; and those that another layer overrules.

Settings are made for the whole programme or for one organisation, with a date or without. Of the same date an
organisation's own value comes before the programme's, whichever layer it is from; a later date comes before an earlier
one, so that a dated entry of the whole programme ends every organisation's own value. The later layer wins only among
settings of one date and one target. `merging` and `ecosystem.settings` apply this order; here it is looked through.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from klyngesim.scenario import periods
from klyngesim.scenario.faults import Fault
from klyngesim.scenario.layers import Layer, Origin, Setting
from klyngesim.scenario.parameters import Registry
from klyngesim.scenario.scalars import Scalar, tidy
from klyngesim.scenario.schema import Scenario


@dataclass(frozen=True)
class Merged:
    """A scenario, and the layers that it was merged from, root first."""

    scenario: Scenario
    layers: Sequence[Layer]
    registry: Registry


@dataclass(frozen=True)
class Claim:
    """A setting that wins at its own date and target.

    start: first quarter, 0 where it has no date; cluster: the organisation, None = the whole programme; layer: place
    of the layer that makes it, root = 0.
    """

    key: str
    start: int
    dated: bool
    cluster: str | None
    layer: int
    setting: Setting[Scalar]

    @property
    def value(self) -> Scalar:
        """What is set."""
        return self.setting.value


def claims(merged: Merged) -> dict[str, list[Claim]]:
    """The claims of every parameter in the order of application: each comes before those that stand earlier."""
    off = {p.id for mechanism in merged.scenario.mechanisms_off for p in merged.registry.carriers(mechanism)}
    winners: dict[tuple[str, bool, int, str | None], Claim] = {}
    for place, layer in enumerate(merged.layers):
        for claim in _made(layer, place):
            if claim.key not in off:
                winners[claim.key, claim.dated, claim.start, claim.cluster] = claim
    found: dict[str, list[Claim]] = {}
    for claim in sorted(winners.values(), key=lambda one: (one.dated, one.start, one.cluster is not None)):
        found.setdefault(claim.key, []).append(claim)
    return found


def _made(layer: Layer, place: int) -> Iterator[Claim]:
    for key, setting in layer.parameters.items():
        yield Claim(key, 0, False, None, place, setting)
    for cluster, values in layer.clusters.items():
        for key, setting in values.items():
            yield Claim(key, 0, False, cluster, place, setting)
    for entry in layer.timeline:
        for key, setting in entry.values.items():
            yield Claim(key, entry.start, True, entry.cluster, place, setting)


def overruled(merged: Merged) -> Iterator[Fault]:
    """Settings that do not hold to the end of the run for all they were made for, because of an earlier layer.

    What a layer says itself at a later date, or for an organisation, is meant. Only an organisation's own value that an
    entry of the whole programme ends is told whoever wrote it: few expect that.
    """
    for key, made in claims(merged).items():
        everybody = merged.registry.organisations if merged.registry[key].by_organisation else (None,)
        for place, claim in enumerate(made):
            by: dict[Claim, list[str | None]] = {}
            for one in everybody if claim.cluster is None else (claim.cluster,):
                ends = _end(claim, made[place + 1 :], one, merged.scenario.end)
                if ends is not None:
                    by.setdefault(ends, []).append(one)
            for ends, those in by.items():
                yield _told(claim, ends, those if len(those) < len(everybody) else [], merged)


def _end(claim: Claim, later: Sequence[Claim], organisation: str | None, end: int) -> Claim | None:
    """The claim that gives ``organisation`` another value although ``claim`` is meant to hold, or None."""
    for other in later:
        if other.cluster not in (None, organisation) or other.start > end:
            continue
        ends_own = claim.cluster is not None and other.cluster is None
        if other.layer >= claim.layer and not ends_own:
            return None
        if other.value != claim.value:
            return other
    return None


def _told(claim: Claim, ends: Claim, those: Sequence[str | None], merged: Merged) -> Fault:
    """What does not hold, since when, for whom, through what, and what would keep it."""
    at, value = claim.setting.origin, spelled(claim.value)
    where = f" in {merged.scenario.name}" if merged.layers[claim.layer].command_line else ""
    whom = f" for {', '.join(map(str, those))}" if those else ""
    since = periods.label(ends.start)
    holds = f"holds{where} only up to {periods.label(ends.start - 1)}{whom}"
    if ends.start == claim.start:
        holds = f"does not hold{where}{whom}"
    by = f"{stands(ends.setting.origin)} sets {spelled(ends.value)} from {since} on"
    target = f"cluster: {those[0]}, " if len(those) == 1 else ""
    keep = f"timeline: [{{from: {since}, {target}set: {{{claim.key}: {value}}}}}]"
    return Fault(at.file, at.path, f"{value} {holds}: {by}; to keep it, add {keep}, or take it out", "", line=at.line)


def stands(origin: Origin) -> str:
    """Where something was written, for a sentence."""
    return origin.file if origin.line is None else f"{origin.file}:{origin.line}"


def spelled(value: Scalar) -> str:
    """A value as a file would have it."""
    return value if isinstance(value, str) else tidy(value)
