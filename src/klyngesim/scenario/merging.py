"""From checked layers, root first, to one scenario; and the checks that need the whole.

Later layers win. Parameters and overrides of organisations merge key by key, mechanisms switched off add up, timelines
are put one after the other; a later layer's entry replaces an earlier layer's value of the same parameter, date and
target and keeps its announcement. A mechanism switched off wins over what earlier layers set, and later layers may not
set it again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TypeVar

from klyngesim.scenario import checks, periods
from klyngesim.scenario.faults import Collector, Fault, ScenarioFaults
from klyngesim.scenario.gates import alone, closed, partial
from klyngesim.scenario.holding import Merged, emptied, overruled, silenced
from klyngesim.scenario.layers import Layer, Setting
from klyngesim.scenario.limits import seeds_fault
from klyngesim.scenario.parameters import Registry
from klyngesim.scenario.reader import FIRST
from klyngesim.scenario.scalars import Scalar, show, tidy
from klyngesim.scenario.scaling import not_held, scaled, squeezed
from klyngesim.scenario.schema import Lever, Scenario, compare
from klyngesim.scenario.timing import (
    beyond_end,
    early,
    idle,
    in_vain,
    moved,
    no_evaluation,
    no_new_period,
    no_renewal,
    switched_off,
    unfinished,
    unjudged,
)

RULES: tuple[Callable[[Merged], Iterator[Fault]], ...] = (
    silenced,
    emptied,
    moved,
    closed,
    alone,
    partial,
    scaled,
    squeezed,
    not_held,
    early,
    switched_off,
    idle,
    beyond_end,
    unfinished,
    no_renewal,
    no_new_period,
    no_evaluation,
    unjudged,
    in_vain,
)
"""The rules besides `overruled`, in the order in which their sentences are printed."""


def with_warnings(merged: Merged) -> Scenario:
    """The scenario with what has to be known of it."""
    broken = tuple(overruled(merged))
    found = [*broken, *(fault for rule in RULES for fault in rule(merged))]
    command_line = {layer.name.origin.file for layer in merged.layers if layer.command_line}
    return replace(
        merged.scenario,
        warnings=tuple(dict.fromkeys(map(str, found))),
        not_held=tuple(fault for fault in broken if fault.file in command_line),
    )


def warnings_of(scenarios: Iterable[Scenario]) -> tuple[str, ...]:
    """What has to be known of several scenarios, each sentence once."""
    return tuple(dict.fromkeys(sentence for scenario in scenarios for sentence in scenario.warnings))


def require_held(scenarios: Iterable[Scenario]) -> None:
    """Raises ScenarioFaults with every setting of the command line that does not hold throughout a scenario."""
    broken = [fault for scenario in scenarios for fault in scenario.not_held]
    if broken:
        raise ScenarioFaults(broken)


DEFAULT_END = periods.parse("2034Q4")
"""Last quarter of a run whose files name none."""

DEFAULT_SCALE, DEFAULT_REPLICATES, DEFAULT_SEED = 1.0, 20, 1

T = TypeVar("T")


def merge(
    layers: Sequence[Layer], inputs: Iterable[tuple[str, str]], registry: Registry, collector: Collector
) -> Scenario:
    """The scenario that layers describe, root first. Raises ScenarioFaults with all faults of the collector."""
    scenario = assembled(layers, registry, collector)
    collector.raise_if_any()
    file = layers[-1].name.origin.file
    for rule in checks.INTERPLAY:
        collector.extend(replace(fault, file=file) for fault in rule(scenario))
    collector.raise_if_any()
    root = assembled(layers[:1], registry, Collector())
    scenario = replace(scenario, inputs=tuple(inputs), changes=compare(scenario, root))
    return with_warnings(Merged(scenario, registry, layers))


def assembled(layers: Sequence[Layer], registry: Registry, collector: Collector) -> Scenario:
    """The scenario of layers without inputs and changes; faults are noted and left out of it."""
    files = [layer for layer in layers if not layer.command_line]
    name = layers[-1].name.value
    own = [files[-1], *(layer for layer in layers if layer.command_line)]
    for layer in files[:-1]:
        if layer.name.value == name:
            at = (files[-1] if files[-1].name.value == name else layers[-1]).name.origin
            allowed = f"a name that no scenario it extends has ({layer.name.origin.file})"
            collector.add(at.file, "name", show(name), allowed, line=at.line)
    title: dict[str, str] = {}
    for layer in own:
        title |= layer.title
    fallback = next(iter(title.values()), name)
    end = _last([layer.end for layer in layers], DEFAULT_END)
    seed, replicates = _seeds(layers, collector)
    off = _Off(layers, registry, collector)
    values, organisation_values = _values(layers, registry, off)
    return Scenario(
        name=name,
        title={language: title.get(language, fallback) for language in checks.LANGUAGES},
        question=_question(own),
        source=next((s for layer in reversed(own) if (s := layer.source) is not None), ()),
        start=FIRST,
        end=end,
        scale=_last([layer.scale for layer in layers], DEFAULT_SCALE),
        replicates=replicates,
        seed=seed,
        values=values,
        organisation_values=organisation_values,
        timeline=_timeline(layers, end, off, collector),
        mechanisms_off=tuple(sorted(off.since)),
        lineage=(*(layer.name.value for layer in files[:-1]), name),
        inputs=(),
    )


def _question(layers: Iterable[Layer]) -> str | dict[str, str]:
    """The question as the last layer has it; languages add up, and take the place of a plain text."""
    found: str | dict[str, str] = ""
    for said in (layer.question for layer in layers if layer.question is not None):
        found = found | said if isinstance(found, dict) and isinstance(said, dict) else said
    return found


def _last(settings: Iterable[Setting[T] | None], default: T) -> T:
    """The value of the last layer that sets one."""
    found = [setting.value for setting in settings if setting is not None]
    return found[-1] if found else default


def _seeds(layers: Sequence[Layer], collector: Collector) -> tuple[int, int]:
    """First seed and number of replicates; the last replicate's seed must fit as well."""
    seed = _last([layer.seed for layer in layers], DEFAULT_SEED)
    replicates = _last([layer.replicates for layer in layers], DEFAULT_REPLICATES)
    at = next((layer.seed.origin for layer in reversed(layers) if layer.seed is not None), layers[-1].name.origin)
    collector.extend(fault for fault in [seeds_fault(at, seed, replicates)] if fault is not None)
    return seed, replicates


class _Off:
    """The mechanisms switched off: since which layer, and whether a setting is overruled by that."""

    def __init__(self, layers: Sequence[Layer], registry: Registry, collector: Collector) -> None:
        self._collector = collector
        self.since: dict[str, int] = {}
        for place, layer in enumerate(layers):
            for mechanism in layer.disabled:
                self.since.setdefault(mechanism, place)
        self.neutral: dict[str, Scalar] = {}
        self._by: dict[str, tuple[int, str]] = {}
        for mechanism, place in self.since.items():
            for parameter in registry.carriers(mechanism):
                assert parameter.neutral is not None  # carriers() gives no others
                self.neutral[parameter.id] = parameter.neutral
                self._by[parameter.id] = min(self._by.get(parameter.id, (place, mechanism)), (place, mechanism))

    def overrules(self, key: str, setting: Setting[Scalar], place: int) -> bool:
        """Whether the setting made in layer ``place`` does not count; notes a fault if it contradicts."""
        if key not in self.neutral:
            return False
        since, mechanism = self._by[key]
        if place >= since and setting.value != self.neutral[key]:
            at, neutral = setting.origin, self.neutral[key]
            held = neutral if isinstance(neutral, str) else tidy(neutral)
            allowed = f"{held}, or no {mechanism} in mechanisms.disable"
            reason = f"{mechanism} is switched off"
            self._collector.add(at.file, at.path, show(setting.value), allowed, line=at.line, reason=reason)
        return True


def _values(
    layers: Sequence[Layer], registry: Registry, off: _Off
) -> tuple[dict[str, Scalar], dict[str, dict[str, Scalar]]]:
    """Programme-wide values, and the values of each organisation that override them."""
    common: dict[str, Scalar] = {}
    own: dict[str, dict[str, Scalar]] = {name: {} for name in registry.organisations}
    for key in registry:
        default = registry.default(key)
        if isinstance(default, dict):
            for name in own:
                own[name][key] = default[name]
        else:
            common[key] = default
    for key, value in _counting((layer.parameters for layer in layers), off).items():
        _set_everywhere(key, value, common, own)
    for name, values in own.items():
        values |= _counting((layer.clusters.get(name, {}) for layer in layers), off)
    for key, neutral in off.neutral.items():
        _set_everywhere(key, neutral, common, own)
    return common, own


def _counting(settings: Iterable[Mapping[str, Setting[Scalar]]], off: _Off) -> dict[str, Scalar]:
    """The settings of all layers that no switched-off mechanism overrules; the last layer wins."""
    found: dict[str, Scalar] = {}
    for place, layer in enumerate(settings):
        for key, setting in layer.items():
            if not off.overrules(key, setting, place):
                found[key] = setting.value
    return found


def _set_everywhere(key: str, value: Scalar, common: dict[str, Scalar], own: dict[str, dict[str, Scalar]]) -> None:
    """Give a parameter one value: its table is replaced in every organisation, or its common value is."""
    if key in common:
        common[key] = value
    else:
        for values in own.values():
            values[key] = value


def _timeline(layers: Sequence[Layer], end: int, off: _Off, collector: Collector) -> tuple[Lever, ...]:
    """The levers of all layers.

    An entry that replaces an earlier layer's keeps its announcement unless it says its own. What starts after the end
    that its own or an earlier layer sets is a fault; a later layer may end the run before, and then the levers that
    nobody hears of by that end are left out.
    """
    # After a fault in the period the end is not known, and nothing can be called too late.
    end_known = not any(fault.path.startswith("period") for fault in collector.faults)
    ended_by = max((place for place, layer in enumerate(layers) if layer.end is not None), default=-1)
    winner: dict[tuple[int, str | None, str], int] = {}
    announced: dict[tuple[int, str | None, str], int] = {}
    for place, layer in enumerate(layers):
        for entry in layer.timeline:
            targets = [(entry.start, entry.cluster, key) for key in entry.values]
            winner |= dict.fromkeys(targets, place)
            if entry.announced is not None:
                announced |= dict.fromkeys(targets, entry.announced)
    found: list[Lever] = []
    for place, layer in enumerate(layers):
        for entry in layer.timeline:
            known: dict[int, dict[str, Scalar]] = {}
            for key, setting in entry.values.items():
                target = (entry.start, entry.cluster, key)
                if winner[target] == place and not off.overrules(key, setting, place):
                    known.setdefault(announced.get(target, entry.start), {})[key] = setting.value
            if known and entry.start > end and end_known and place >= ended_by:
                at = entry.origin
                allowed = f"a quarter up to the end of the run, {periods.label(end)}"
                collector.add(at.file, f"{at.path}.from", periods.label(entry.start), allowed, line=at.line)
            found += [Lever(entry.start, by, entry.cluster, values) for by, values in known.items() if by <= end]
    # Sorting is stable: entries of one date and target stay in the order in which they were written.
    return tuple(sorted(found, key=lambda lever: (lever.start, lever.cluster is not None)))
