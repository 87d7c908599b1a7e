"""Checks of one layer: keys, types, ranges, dates and ids. Every fault is noted and reading goes on.

`read_layer` turns a document into a `Layer` that holds only valid settings. What can only be judged on the whole
(the end of the run, mechanisms switched off by a parent) is in merging.py; rules between several parameters are
listed in `INTERPLAY` and asked when nothing else is wrong.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, TypeAlias

from klyngesim.scenario import periods
from klyngesim.scenario.documents import Document, Path
from klyngesim.scenario.faults import Collector, Fault
from klyngesim.scenario.interplay import RULES
from klyngesim.scenario.layers import ADDED_UP, Entry, Layer, Setting
from klyngesim.scenario.limits import LARGEST_SEED, MOST_SEEDS
from klyngesim.scenario.parameters import FILE_KEYS, Registry
from klyngesim.scenario.reader import FIRST, LAST, LayerReader
from klyngesim.scenario.scalars import Plain, show
from klyngesim.scenario.sources import meant_id
from klyngesim.scenario.suggestions import LONGEST, NAME, kebab, quoted

if TYPE_CHECKING:
    from klyngesim.scenario.schema import Scenario


SMALLEST_SCALE = 1e-4  # some twenty Danish firms; far below there is none, as every group of firms is rounded

LANGUAGES = ("en", "da")
"""Languages of a title, and of a question."""

Rule: TypeAlias = "Callable[[Scenario], Iterable[Fault]]"
"""A rule between several parameters: the faults of a scenario that is valid key by key."""

INTERPLAY: tuple[Rule, ...] = RULES
"""The rules between parameters, asked in this order."""


def read_layer(
    document: Document, registry: Registry, collector: Collector, name: str, command_line: bool = False
) -> Layer:
    """The layer a document describes; faults go to ``collector``. ``name`` is used when the document has none."""
    collector.extend(document.faults)
    reader = LayerReader(document, registry, collector)
    layer = Layer(Setting(name, reader.origin(())), command_line)
    reader.keys((), document.data, (*FILE_KEYS, *registry), "a key of a scenario file", FILE_KEYS)
    _description(reader, layer)
    _settings(reader, layer)
    layer.parameters = reader.values(("parameters",), document.data.get("parameters", {}), registry)
    _clusters(reader, layer)
    _mechanisms(reader, layer)
    read_timeline(reader, layer)
    layer.emptied = {part: reader.origin(at) for part, (at, _) in ADDED_UP.items() if _at(document, at) in ([], {})}
    return layer


def _at(document: Document, path: Path) -> Plain:
    """What a document has at a path, None where that leads nowhere."""
    value: Plain = document.data
    for key in path:
        value = value.get(str(key)) if isinstance(value, dict) else None
    return value


def _description(reader: LayerReader, layer: Layer) -> None:
    """name, title, question, source and extends."""
    data = reader.document.data
    if "name" in data:
        name = data["name"]
        if isinstance(name, str) and len(name) <= LONGEST and NAME.fullmatch(name):
            layer.name = Setting(name, reader.origin(("name",)))
        else:
            near = kebab(name) if isinstance(name, str) else quoted(name, kebab)
            reader.fault(("name",), show(name), "kebab-case: lower case letters a-z, digits and hyphens", near or None)
    if "title" in data:
        layer.title = _by_language(reader, "title", data["title"], "a mapping {en: ..., da: ...}", reader.line_of_text)
    if "question" in data:
        layer.question = _question(reader, data["question"])
    if "source" in data:
        layer.source = _source(reader, data["source"])
    if "extends" in data:
        layer.extends = _parents(reader, data["extends"])


def _question(reader: LayerReader, value: Plain) -> str | dict[str, str] | None:
    """A question as plain text, or by language."""
    if isinstance(value, dict) and value:
        return _by_language(reader, "question", value, "", reader.text)
    return reader.text(("question",), value, "text, or a mapping {en: ..., da: ...}", empty=True)


def _by_language(
    reader: LayerReader, key: str, value: Plain, allowed: str, read: Callable[[Path, Plain], str | None]
) -> dict[str, str]:
    """Texts by language; what is no language is a fault."""
    said = reader.mapping((key,), value, allowed)
    reader.keys((key,), said, LANGUAGES, "a language", LANGUAGES)
    texts = {language: read((key, language), said[language]) for language in LANGUAGES if language in said}
    return {language: text for language, text in texts.items() if text is not None}


_PARENTS = "the name or path of a scenario, or a list of several"


def _parents(reader: LayerReader, value: Plain) -> tuple[Setting[str], ...]:
    """The scenarios that this one starts from, each named once."""
    listed = value if isinstance(value, list) else [value]
    found: dict[str, Setting[str]] = {}
    for place, item in enumerate(listed):
        path: Path = ("extends", place) if isinstance(value, list) else ("extends",)
        parent = reader.text(path, item, _PARENTS)
        if parent in found:
            reader.fault(path, f"{show(parent)} again", "every scenario once")
        elif parent is not None:
            found[parent] = Setting(parent, reader.origin(path))
    if not listed:
        reader.fault(("extends",), "an empty list", _PARENTS)
    return tuple(found.values())


def _source(reader: LayerReader, value: Plain) -> tuple[str, ...]:
    if not isinstance(value, list):
        reader.fault(("source",), show(value), 'a list of report ids, such as ["#3", L08]')
        return ()
    found = []
    for place, item in enumerate(value):
        text = reader.line_of_text(("source", place), item, "a report id as text, such as L08")
        if text is not None and reader.registry.evidence.known(text):
            found.append(text)
        elif text is not None:
            near = meant_id(text, reader.registry.evidence)
            allowed = "an id of the report (#3, L08, M012, F068, A10, Table 7) or of its evidence (E110)"
            reader.fault(("source", place), f"unknown id {show(text)}", allowed, near)
    return tuple(found)


def _settings(reader: LayerReader, layer: Layer) -> None:
    """period, population, replicates and seed."""
    data = reader.document.data
    period = reader.mapping(("period",), data.get("period", {}), "a mapping {start: 2021Q1, end: ...}")
    reader.keys(("period",), period, ("start", "end"), "a key of period", ("start", "end"))
    layer.start = _period(reader, period, "start", FIRST, FIRST)
    layer.end = _period(reader, period, "end", FIRST + 1, LAST)
    population = reader.mapping(("population",), data.get("population", {}), "a mapping {scale: 1.0}")
    reader.keys(("population",), population, ("scale",), "a key of population", ("scale",))
    if "scale" in population:
        path = ("population", "scale")
        scale = reader.number(path, population["scale"], SMALLEST_SCALE, 1, whole=False)
        layer.scale = None if scale is None else Setting(scale, reader.origin(path))
    layer.replicates = _whole(reader, "replicates", 1, MOST_SEEDS)
    layer.seed = _whole(reader, "seed", 0, LARGEST_SEED)


def _period(reader: LayerReader, data: Mapping[str, Plain], key: str, first: int, last: int) -> Setting[int] | None:
    if key not in data:
        return None
    found = reader.period(("period", key), data[key], first, last, ends=key == "end")
    return None if found is None else Setting(found, reader.origin(("period", key)))


def _whole(reader: LayerReader, key: str, low: int, high: int) -> Setting[int] | None:
    if key not in reader.document.data:
        return None
    found = reader.number((key,), reader.document.data[key], low, high, whole=True)
    return None if found is None else Setting(int(found), reader.origin((key,)))


def _clusters(reader: LayerReader, layer: Layer) -> None:
    """Overrides of single organisations."""
    value = reader.document.data.get("clusters", {})
    for name, data in reader.mapping(("clusters",), value, "a mapping from organisations to overrides").items():
        path = ("clusters", name)
        found = reader.values(path, data, reader.organisation_scope, "the same for the whole programme")
        if reader.cluster(path, name) is not None:
            layer.clusters[name] = found


def _mechanisms(reader: LayerReader, layer: Layer) -> None:
    """The mechanisms that are switched off."""
    value = reader.document.data.get("mechanisms", {})
    data = reader.mapping(("mechanisms",), value, "a mapping {disable: [M085]}")
    reader.keys(("mechanisms",), data, ("disable",), "a key of mechanisms", ("disable",))
    listed = data.get("disable", [])
    path: Path = ("mechanisms", "disable")
    if not isinstance(listed, list):
        reader.fault(path, show(listed), "a list of mechanism ids, such as [M085]")
        return
    switchable = reader.registry.switchable()
    for place, item in enumerate(listed):
        here = (*path, place)
        if isinstance(item, str) and item in switchable:
            layer.disabled[item] = reader.origin(here)
            continue
        word = item if isinstance(item, str) else ""
        status = reader.registry.mechanisms.get(word)
        found = f"{show(item)} is no mechanism" if status is None else f"{word} ({status}) is not switchable"
        near = reader.collector.nearest(word, switchable)
        reader.fault(here, found, f"one of {', '.join(switchable)}", near)


KEYS = ("from", "announced", "cluster", "set")
"""Keys of one entry; ``from`` and ``set`` are required.

``announced`` defaults to that of the entry of the same date and target in the scenario extended, and then to ``from``.
"""


def read_timeline(reader: LayerReader, layer: Layer) -> None:
    """Add the valid entries of the document's timeline to ``layer``, in the order written."""
    listed = reader.document.data.get("timeline", [])
    if not isinstance(listed, list):
        reader.fault(("timeline",), show(listed), "a list of entries {from: 2025Q1, set: {...}}")
        return
    taken: dict[tuple[int, str | None, str], int] = {}
    for place, item in enumerate(listed):
        path: Path = ("timeline", place)
        if not isinstance(item, dict):
            reader.fault(path, show(item), "a mapping {from: 2025Q1, set: {...}}")
            continue
        entry = _entry(reader, path, item)
        if entry is None:
            continue
        for key in entry.values:
            first = taken.setdefault((entry.start, entry.cluster, key), place)
            if first != place:
                found = f"set again at {periods.label(entry.start)}, first in timeline[{first}]"
                reader.fault((*path, "set", key), found, "one value per parameter, date and target")
        layer.timeline.append(entry)


def _entry(reader: LayerReader, path: Path, data: dict[str, Plain]) -> Entry | None:
    """The entry at ``path`` if it has a date and a valid target; its valid settings may be fewer than written."""
    reader.keys(path, data, KEYS, "a key of a timeline entry", KEYS)
    for key in ("from", "set"):
        if key not in data:
            reader.fault(path, f"no '{key}'", "an entry with from and set")
    start = reader.period((*path, "from"), data["from"], FIRST, LAST) if "from" in data else None
    announced = None
    if "announced" in data:
        announced = reader.period((*path, "announced"), data["announced"], FIRST, LAST)
        if start is not None and announced is not None and announced > start:
            allowed = f"a quarter not after 'from' ({periods.label(start)})"
            reader.fault((*path, "announced"), show(data["announced"]), allowed)
    cluster = reader.cluster((*path, "cluster"), data["cluster"]) if "cluster" in data else None
    if data.get("set") == {}:
        reader.fault((*path, "set"), "an empty mapping", "a mapping from parameter ids to values")
    own, whole = (reader.dated_organisation, reader.dated) if "cluster" in data else (reader.dated, None)
    values = reader.values((*path, "set"), data.get("set", {}), own, "not a dated parameter", whole)
    wrong = announced is None and "announced" in data
    if start is None or wrong or ("cluster" in data and cluster is None):
        return None
    return Entry(start, announced, cluster, values, reader.origin(path))
