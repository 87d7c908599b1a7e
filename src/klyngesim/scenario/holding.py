"""Which settings hold, from when on and for whom; and those that another layer overrules.

Settings are made for the whole programme or for one organisation, with a date or without. Of the same date an
organisation's own value comes before the programme's, whichever layer it is from; a later date comes before an earlier
one, so that a dated entry of the whole programme ends every organisation's own value. The later layer wins only among
settings of one date and one target. `merging` and `ecosystem.settings` apply this order; here it is looked through.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from klyngesim.scenario import periods
from klyngesim.scenario.faults import Fault
from klyngesim.scenario.layers import ADDED_UP, Layer, Origin, Setting
from klyngesim.scenario.resolved import Resolved
from klyngesim.scenario.scalars import Scalar, tidy


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

    def told(self, text: str) -> Fault:
        """A sentence about the claim, with the place where it was written."""
        at = self.setting.origin
        return Fault(at.file, at.path, text, "", line=at.line)

    def entry(self, start: int, cluster: str | None = None) -> str:
        """The entry of a timeline that makes the claim from a quarter on."""
        whom = f"cluster: {cluster or self.cluster}, " if cluster or self.cluster else ""
        return f"[{{from: {periods.label(start)}, {whom}set: {{{self.key}: {spelled(self.value)}}}}}]"


@dataclass(frozen=True)
class Merged(Resolved):
    """A scenario, and the layers that it was merged from, root first."""

    layers: Sequence[Layer]

    @cached_property
    def off(self) -> dict[str, Scalar]:
        """The parameters of mechanisms that are switched off, with their neutral values."""
        carriers = (one for mechanism in self.scenario.mechanisms_off for one in self.registry.carriers(mechanism))
        return {one.id: one.neutral for one in carriers if one.neutral is not None}

    @cached_property
    def claims(self) -> dict[str, list[Claim]]:
        """The claims of every parameter in the order of application: each comes before those that stand earlier."""
        winners: dict[tuple[str, bool, int, str | None], Claim] = {}
        for place, layer in enumerate(self.layers):
            for claim in _made(layer, place):
                if claim.key not in self.off:
                    winners[claim.key, claim.dated, claim.start, claim.cluster] = claim
        found: dict[str, list[Claim]] = {}
        for claim in sorted(winners.values(), key=lambda one: (one.dated, one.start, one.cluster is not None)):
            found.setdefault(claim.key, []).append(claim)
        return found

    def replaced(self, claim: Claim) -> list[Claim]:
        """What earlier layers say for the date and target of a claim, which replaces it."""
        earlier = (other for place, layer in enumerate(self.layers[: claim.layer]) for other in _made(layer, place))
        at = (claim.key, claim.dated, claim.start, claim.cluster)
        return [other for other in earlier if (other.key, other.dated, other.start, other.cluster) == at]

    def meant(self, claim: Claim) -> tuple[str | None, ...]:
        """The organisations that a claim is made for; (None,) for a parameter that all have in common."""
        return self.everybody(claim.key) if claim.cluster is None else (claim.cluster,)

    def course(self, key: str, organisation: str | None) -> list[tuple[int, Scalar]]:
        """The values of a parameter for an organisation, the registry's first, each with its first quarter."""
        default = self.off.get(key, self.registry.default(key))
        usual = default[organisation or self.registry.organisations[0]] if isinstance(default, dict) else default
        own = [claim for claim in self.claims.get(key, ()) if claim.cluster in (None, organisation)]
        return [(0, usual), *((claim.start, claim.value) for claim in own)]

    def after(self, claim: Claim) -> int:
        """First quarter in which nobody has the value of a claim any more, at most the one after the run."""
        return max(self.ends(claim, one) for one in self.meant(claim))

    def ends(self, claim: Claim, organisation: str | None) -> int:
        """First quarter in which an organisation has the value of a claim no more, at most the one after the run."""
        made = self.claims[claim.key]
        later = (one.start for one in made[made.index(claim) + 1 :] if one.cluster in (None, organisation))
        return min(next(later, self.scenario.end + 1), self.scenario.end + 1)

    def advice(self, claim: Claim, key: str, value: str) -> str:
        """What to write beside a claim: as a file has it, or as an option."""
        return f"'{key}={value}'" if self.layers[claim.layer].command_line else f"{key}: {value}"

    def of(self, claim: Claim) -> str:
        """Words that name the scenario, where the place of the claim does not."""
        return f" in {self.scenario.name}" if self.layers[claim.layer].command_line else ""


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
    for made in merged.claims.values():
        everybody = merged.everybody(made[0].key)
        for place, claim in enumerate(made):
            by: dict[Claim, list[str | None]] = {}
            for one in merged.meant(claim):
                ends = _end(claim, made[place + 1 :], one, merged.scenario.end)
                if ends is not None:
                    by.setdefault(ends, []).append(one)
            for ends, those in by.items():
                yield _ended(claim, ends, those, _whom(those, everybody), merged)


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


def silenced(merged: Merged) -> Iterator[Fault]:
    """Mechanisms that a layer switches off with what earlier layers set of them."""
    told: set[tuple[str, str, int, str | None]] = set()
    for place, layer in enumerate(merged.layers):
        for mechanism, at in layer.disabled.items():
            off = {parameter.id: parameter.neutral for parameter in merged.registry.carriers(mechanism)}
            for claim in (claim for n, below in enumerate(merged.layers[:place]) for claim in _made(below, n)):
                key = (mechanism, claim.key, claim.start, claim.cluster)
                if claim.key in off and claim.value != off[claim.key] and key not in told:
                    told.add(key)
                    where = f" in {merged.scenario.name}" if layer.command_line else ""
                    text = f"{mechanism} switched off{where} takes out {claim.key}, which"
                    text = f"{text} {stands(claim.setting.origin)} sets to {spelled(claim.value)}"
                    since = f" from {periods.label(claim.start)} on" if claim.dated else ""
                    yield Fault(at.file, at.path, f"{text}{since}", "", line=at.line)


def emptied(merged: Merged) -> Iterator[Fault]:
    """Keys left empty, as if that took back what earlier layers set there."""
    for place, layer in enumerate(merged.layers):
        for part, at in layer.emptied.items():
            filled = [below.name.origin.file for below in merged.layers[:place] if getattr(below, part)]
            if filled:
                yield Fault(at.file, at.path, f"empty: {ADDED_UP[part][1]} ({', '.join(filled)})", "", line=at.line)


def _whom(those: Sequence[str | None], everybody: Sequence[str | None]) -> str:
    """Words for some organisations; none for all of them."""
    others = [one for one in everybody if one not in those]
    if not others:
        return ""
    few = others if len(others) < len(those) else those
    return f" for {'all but ' if few is others else ''}{', '.join(map(str, few))}"


def _ended(claim: Claim, ends: Claim, those: Sequence[str | None], whom: str, merged: Merged) -> Fault:
    """What does not hold, since when, for whom, through what, and what would keep it."""
    holds = f"holds{merged.of(claim)} only up to {periods.label(ends.start - 1)}{whom}"
    if ends.start == claim.start:
        holds = f"does not hold{merged.of(claim)}{whom}"
    by = f"{stands(ends.setting.origin)} sets {spelled(ends.value)} from {periods.label(ends.start)} on"
    keep = merged.advice(claim, "timeline", claim.entry(ends.start, those[0] if len(those) == 1 else None))
    if not ends.dated:
        own = ", ".join(f"{one}: {{{claim.key}: {spelled(claim.value)}}}" for one in those)
        keep = merged.advice(claim, "clusters", f"{{{own}}}")
    return claim.told(f"{spelled(claim.value)} {holds}: {by}; to keep it, add {keep}, or take it out")


def stands(origin: Origin) -> str:
    """Where something was written, for a sentence."""
    return origin.file if origin.line is None else f"{origin.file}:{origin.line}"


def spelled(value: Scalar) -> str:
    """A value as a file would have it."""
    return value if isinstance(value, str) else tidy(value)
