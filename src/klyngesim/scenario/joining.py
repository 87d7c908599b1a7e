"""Several parents of one scenario: in which order their layers come, and where what they say cannot all hold.

Each parent is a line of layers from its root on. What they have in common comes once; then the parents' own layers
follow in the order in which they are named. Two parents clash where each of them gives a parameter another value than
what they have in common, and another than the other, for the same organisation and quarter. That is refused, whatever
the order, unless what is set on top of both decides.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations

from klyngesim.scenario import periods
from klyngesim.scenario.faults import Collector, Fault
from klyngesim.scenario.holding import Claim, Merged, spelled, stands
from klyngesim.scenario.layers import Layer, Origin, Setting
from klyngesim.scenario.merging import assembled
from klyngesim.scenario.parameters import Registry
from klyngesim.scenario.scalars import Scalar

FRAME = ("end", "scale", "replicates", "seed")
"""What a layer may set besides parameters and mechanisms, and in what file key that stands."""

_PATHS = {"end": "period.end", "scale": "population.scale", "replicates": "replicates", "seed": "seed"}


@dataclass(frozen=True)
class Join:
    """A scenario with several parents.

    Attributes:
        sides: the layers of every parent with all that it extends, root first.
        top: those on top: the scenario's own, and settings of the command line.
        at: where the parents are named.
    """

    sides: tuple[tuple[Layer, ...], ...]
    top: tuple[Layer, ...]
    at: Origin

    @property
    def layers(self) -> list[Layer]:
        """All of them in order."""
        return [*joined(self.sides), *self.top]


def joined(sides: Iterable[Sequence[Layer]]) -> list[Layer]:
    """The layers of all sides, each once, in the order in which they first come."""
    return list({id(layer): layer for side in sides for layer in side}.values())


def clashes(join: Join, registry: Registry) -> Iterator[Fault]:
    """Everything that two of the parents say otherwise and nothing on top decides."""
    whole = _Side(join.layers, registry)
    for one, other in combinations(join.sides, 2):
        common = [layer for layer in one if any(layer is its for its in other)]
        own = [[layer for layer in side if not any(layer is its for its in common)] for side in (one, other)]
        yield from _frames(join, own)
        sides = [_Side(side, registry) for side in (one, other)]
        keys = [set(side.keys(layers)) for side, layers in zip(sides, own, strict=True)]
        for key in (key for key in registry if all(key in known for known in keys)):
            yield from _clash(key, join, whole, _Side(common, registry), sides)


class _Side:
    """A line of layers, asked for the value of a parameter."""

    def __init__(self, layers: Sequence[Layer], registry: Registry) -> None:
        self._layers, self._registry = layers, registry

    @cached_property
    def merged(self) -> Merged:
        """What the layers come to; where nothing is wrong with them otherwise."""
        return Merged(assembled(self._layers, self._registry, Collector()), self._registry, self._layers)

    @cached_property
    def off(self) -> dict[str, tuple[str, Origin, Scalar]]:
        """Parameters that are at neutral: the mechanism, where it is switched off, and the value."""
        return {
            one.id: (mechanism, origin, one.neutral)
            for layer in self._layers
            for mechanism, origin in layer.disabled.items()
            for one in self._registry.carriers(mechanism)
            if one.neutral is not None
        }

    def keys(self, layers: Iterable[Layer]) -> Iterator[str]:
        """Parameters that some of the layers give a value or switch off."""
        for layer in layers:
            yield from layer.parameters
            yield from (key for values in layer.clusters.values() for key in values)
            yield from (key for entry in layer.timeline for key in entry.values)
            yield from (one.id for mechanism in layer.disabled for one in self._registry.carriers(mechanism))

    def value(self, key: str, quarter: int, organisation: str | None) -> Scalar:
        """The value of a parameter for an organisation in a quarter."""
        if key in self.off:
            return self.off[key][2]
        if not self._layers:
            default = self._registry.default(key)
            return default[organisation or self._registry.organisations[0]] if isinstance(default, dict) else default
        return self.merged.value(key, quarter, organisation)

    def claim(self, key: str, quarter: int, organisation: str | None) -> Claim | None:
        """The claim that holds there, None where the default does."""
        made = [one for one in self.merged.claims.get(key, ()) if one.cluster in (None, organisation)]
        return next((one for one in reversed(made) if one.start <= quarter), None)

    def told(self, key: str, quarter: int, organisation: str | None) -> str:
        """What the side says there, and where."""
        if key in self.off:
            mechanism, origin, value = self.off[key]
            return f"{spelled(value)} ({mechanism} switched off, {stands(origin)})"
        claim = self.claim(key, quarter, organisation)
        value = spelled(self.value(key, quarter, organisation))
        return value if claim is None else f"{value} ({stands(claim.setting.origin)})"


def _clash(key: str, join: Join, whole: _Side, common: _Side, sides: Sequence[_Side]) -> Iterator[Fault]:
    """The first quarter in which a parameter has values that clash, and for whom."""
    parameter = whole.merged.registry[key]
    everybody = whole.merged.registry.organisations if parameter.by_organisation else (None,)
    starts = {claim.start for side in sides for claim in side.merged.claims.get(key, ())}
    for quarter in sorted({0, *starts}):
        those = [one for one in everybody if _apart(key, quarter, one, common, sides)]
        those = [one for one in those if not _decided(key, quarter, one, join, whole)]
        if those:
            first, second = (side.told(key, quarter, those[0]) for side in sides)
            since = f" from {periods.label(quarter)} on" if quarter else ""
            whom = "" if len(those) == len(everybody) else f" for {', '.join(map(str, those))}"
            value = sides[1].value(key, quarter, those[0])
            yield Fault(
                join.at.file,
                join.at.path,
                f"{key} is {first} and {second}{since}{whom}",
                f"parents that agree, or a value here that decides, such as {_entry(key, value, quarter, those)}",
                line=join.at.line,
            )
            return


def _apart(key: str, quarter: int, organisation: str | None, common: _Side, sides: Sequence[_Side]) -> bool:
    values = [side.value(key, quarter, organisation) for side in (common, *sides)]
    return len(set(values)) == len(values)


def _decided(key: str, quarter: int, organisation: str | None, join: Join, whole: _Side) -> bool:
    """Whether what holds there was set on top of the parents."""
    if any(key in _Side([layer], whole.merged.registry).off for layer in join.top):
        return True
    claim = whole.claim(key, quarter, organisation)
    return claim is not None and claim.layer >= len(join.layers) - len(join.top)


def _entry(key: str, value: Scalar, quarter: int, those: Sequence[str | None]) -> str:
    """How a file sets a value from a quarter on."""
    pair = f"{{{key}: {spelled(value)}}}"
    if quarter:
        whom = f"cluster: {those[0]}, " if len(those) == 1 and those[0] is not None else ""
        return f"timeline: [{{from: {periods.label(quarter)}, {whom}set: {pair}}}]"
    return f"clusters: {{{those[0]}: {pair}}}" if len(those) == 1 and those[0] is not None else f"parameters: {pair}"


def _frames(join: Join, own: Sequence[Sequence[Layer]]) -> Iterator[Fault]:
    """Ends, sizes and seeds that differ."""
    for part in FRAME:
        if any(getattr(layer, part) is not None for layer in join.top):
            continue
        set_by = [[setting for layer in layers if (setting := getattr(layer, part)) is not None] for layers in own]
        if all(set_by) and set_by[0][-1].value != set_by[1][-1].value:
            first, second = (_shown(part, settings[-1]) for settings in set_by)
            allowed = f"parents that agree, or {_PATHS[part]} set here"
            yield Fault(
                join.at.file, join.at.path, f"{_PATHS[part]} is {first} and {second}", allowed, line=join.at.line
            )


def _shown(part: str, setting: Setting[int] | Setting[float]) -> str:
    value = periods.label(int(setting.value)) if part == "end" else spelled(float(setting.value))
    return f"{value} ({stands(setting.origin)})"
