"""A scenario that has been read: its documents, checked and hashed once, from which scenarios are made without a file.

What works with many scenarios made from one (a comparison, a sweep, a calibration) is handed a template and never a
path: whatever happens to the files meanwhile, all of it rests on the bytes that were read first.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Literal

from klyngesim.scenario.checks import read_layer
from klyngesim.scenario.faults import Collector
from klyngesim.scenario.holding import Merged
from klyngesim.scenario.layers import Layer, Origin, Setting
from klyngesim.scenario.merging import merge
from klyngesim.scenario.overrides import read_overrides
from klyngesim.scenario.parameters import Registry
from klyngesim.scenario.parameters import registry as packaged_registry
from klyngesim.scenario.scalars import Plain, Scalar
from klyngesim.scenario.schema import Scenario


@dataclass(frozen=True)
class Template:
    """What the files of a scenario say. Made by `klyngesim.scenario.loading.read_template`.

    Attributes:
        scenario: at its own values.
        layers: of the files, root first.
        settings: ``PATH=VALUE`` that hold in every scenario made from it.
        registry: the parameters, None = the packaged ones (which processes have and need not be sent).
    """

    scenario: Scenario
    layers: tuple[Layer, ...] = field(repr=False)
    settings: tuple[str, ...] = ()
    registry: Registry | None = field(default=None, repr=False)

    def at(self, values: Mapping[str, Plain] | None = None, defaults: Mapping[str, float] | None = None) -> Scenario:
        """The scenario with other values.

        Args:
            values: set as by ``--set``, by the same paths.
            defaults: in place of the registry's, by parameter id; what the scenario sets itself, it keeps.

        Raises:
            ScenarioFaults: they are not allowed, cannot stand together, or the settings have them already.
            ValueError: a default is not allowed.
        """
        if not values and not defaults:
            return self.scenario
        collector = Collector()
        layers = [*self.layers, *override_layers(self.layers, self.settings, values or {}, self._known, collector)]
        return merge(layers, self.scenario.inputs, self._known.with_defaults(defaults or {}), collector)

    @property
    def merged(self) -> Merged:
        """The scenario with the layers that it was merged from, those of its settings on top."""
        on_top = override_layers(self.layers, self.settings, {}, self._known, Collector())
        return Merged(self.scenario, self._known, (*self.layers, *on_top))

    @cached_property
    def held(self) -> frozenset[str]:
        """Parameters that its settings give a value."""
        on_top = override_layers(self.layers, self.settings, {}, self._known, Collector())
        return frozenset(key for layer in on_top for key in _ids(layer))

    def origin(self, key: Literal["seed", "end"]) -> Origin:
        """Where the first seed or the last quarter was written; the scenario itself where nobody has."""
        known = packaged_registry() if self.registry is None else self.registry
        layers = [*self.layers, *override_layers(self.layers, self.settings, {}, known, Collector())]
        written = [setting for layer in layers if (setting := getattr(layer, key)) is not None]
        found: Origin = written[-1].origin if written else self.layers[-1].name.origin
        return found

    @cached_property
    def sets(self) -> frozenset[str]:
        """Parameters that its files or settings give a value, at any time and for anybody: no default reaches it."""
        off = {one.id for name in self.scenario.mechanisms_off for one in self._known.carriers(name)}
        return self.held.union(off, *map(_ids, self.layers))

    def set_after(self, other: "Template") -> frozenset[str]:
        """Parameters that its files set after those that it has in common with another template."""
        return frozenset(key for layer in self.layers[self._common(other) :] for key in _ids(layer))

    def without(self, keys: Collection[str], other: "Template") -> "Template":
        """The same, but for parameters that its files set after those in common with another: as it has them there.

        Raises:
            ScenarioFaults: the rest cannot stand alone.
        """
        common, collector = self._common(other), Collector()
        layers = (*self.layers[:common], *(_less(layer, keys) for layer in self.layers[common:]))
        on_top = override_layers(layers, self.settings, {}, self._known, collector)
        scenario = merge([*layers, *on_top], self.scenario.inputs, self._known, collector)
        return replace(self, scenario=scenario, layers=layers)

    def _common(self, other: "Template") -> int:
        """Files that it has in common with another template, from the root on."""
        same = [mine == theirs for mine, theirs in zip(self.layers, other.layers, strict=False)]
        return same.index(False) if False in same else len(same)

    @property
    def _known(self) -> Registry:
        return packaged_registry() if self.registry is None else self.registry


def _less(layer: Layer, keys: Collection[str]) -> Layer:
    """A layer that does not set some parameters."""

    def rest(values: Mapping[str, Setting[Scalar]]) -> dict[str, Setting[Scalar]]:
        return {key: value for key, value in values.items() if key not in keys}

    timeline = [replace(entry, values=rest(entry.values)) for entry in layer.timeline]
    return replace(
        layer,
        parameters=rest(layer.parameters),
        clusters={name: rest(values) for name, values in layer.clusters.items()},
        timeline=[entry for entry in timeline if entry.values],
    )


def _ids(layer: Layer) -> Iterator[str]:
    """Parameters that a layer gives a value."""
    yield from layer.parameters
    for values in layer.clusters.values():
        yield from values
    for entry in layer.timeline:
        yield from entry.values


def override_layers(
    layers: Sequence[Layer],
    settings: Sequence[str],
    values: Mapping[str, Plain],
    registry: Registry,
    collector: Collector,
) -> list[Layer]:
    """The layer of settings (``PATH=VALUE``) and values on top of those of the files; none where nothing is set."""
    if not settings and not values:
        return []
    name = layers[-1].name.value if layers else "scenario"
    document = read_overrides(settings, values, registry, collector)
    return [read_layer(document, registry, collector, name, command_line=True)]
