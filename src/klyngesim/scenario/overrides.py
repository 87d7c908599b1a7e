"""Overrides from a command line, ``PATH=VALUE``, as one more layer of a scenario.

File keys win (``population.scale``, ``period.end``, ``mechanisms.disable``), then registered parameter ids, then
``clusters.<organisation>.<id>`` and ``parameters.<id>``. Options that set one path can be given as they are typed
(``--end=2030Q4``); faults then name the option. Text keys take the value as it stands, the rest is read as
YAML 1.2. The layer is checked like a file, so that wrong values give the same faults.
"""

from collections.abc import Mapping, Sequence

from klyngesim.scenario.documents import Document, checked
from klyngesim.scenario.faults import Collector, Fault, ScenarioFaults
from klyngesim.scenario.parameters import Registry
from klyngesim.scenario.scalars import Plain, resolve, show
from klyngesim.scenario.yamlsafe import parse_value

FILE = "--set"
"""What faults name as their file."""

TEXTS = ("name", "title.en", "title.da", "question", "question.en", "question.da", "period.start", "period.end")
SCALARS = ("population.scale", "replicates", "seed")
LISTS = ("source", "mechanisms.disable", "timeline")
MAPPINGS = ("title", "period", "population", "parameters", "mechanisms", "clusters")
PATHS = (*TEXTS, *SCALARS, *LISTS, *MAPPINGS)
"""The file keys that can be set."""

OPTIONS = {"--end": "period.end", "--seed": "seed", "--replicates": "replicates"}
"""Options of commands that set one path each."""

_ALLOWED = "PATH=VALUE, where PATH is a key of a scenario file or a parameter id"


def read_overrides(
    overrides: Sequence[str], values: Mapping[str, Plain], registry: Registry, collector: Collector
) -> Document:
    """The layer that overrides describe, with a program's ``values`` by path.

    What cannot be placed is noted in ``collector``. Lists may be given several times and add up; anything else given
    twice is a fault.
    """
    data: dict[str, Plain] = {}
    options: dict[str, str] = {}
    for override in overrides:
        typed, equals, text = override.partition("=")
        path = OPTIONS.get(typed, typed.strip())
        keys = _keys(path, registry)
        if typed in OPTIONS:
            options[path] = typed
        if not equals:
            collector.add(FILE, "", show(override), _ALLOWED)
        elif keys is None:
            _unknown(path, registry, collector)
        else:
            try:
                _place(data, keys, path, _value(path, text.strip()), collector)
            except ScenarioFaults as refused:
                collector.extend(refused.faults)
    for path, value in values.items():
        keys = _keys(path, registry)
        if keys is None:
            _unknown(path, registry, collector)
        else:
            _place(data, keys, path, value, collector)
    return checked(Document(FILE, data, options=options))


def _unknown(path: str, registry: Registry, collector: Collector) -> None:
    key, _, language = path.partition(".")
    if key in ("title", "question") and language:
        collector.add(FILE, path, "not a language", ", ".join(one for one in TEXTS if one.startswith(f"{key}.")))
        return
    near = collector.nearest(path, [*PATHS, *registry])
    collector.add(FILE, path, "neither a file key nor a registered parameter", _ALLOWED, near)


def _keys(path: str, registry: Registry) -> tuple[str, ...] | None:
    """The keys a path goes through, or None for a path that leads nowhere."""
    if path in PATHS:
        return tuple(path.split("."))
    if path in registry:
        return ("parameters", path)
    first, _, rest = path.partition(".")
    if first == "parameters" and rest:
        return ("parameters", rest)
    cluster, _, parameter = rest.partition(".")
    if first != "clusters" or not cluster:
        return None
    return ("clusters", cluster, parameter) if parameter else ("clusters", cluster)


def _value(path: str, text: str) -> Plain:
    if path in TEXTS:
        return text
    if path in ("source", "mechanisms.disable") and not text.startswith("["):
        # One id needs no brackets; "#3" would be a comment to YAML.
        return [text] if text else []
    if path in LISTS or path in MAPPINGS or text.startswith(("{", "[")):
        return parse_value(text, FILE, path)
    return resolve(text)


def _place(data: dict[str, Plain], keys: tuple[str, ...], path: str, value: Plain, collector: Collector) -> None:
    """Put a value under its keys; mappings merge and lists add up, but nothing is set twice."""
    inside = data
    for key in keys[:-1]:
        deeper = inside.setdefault(key, {})
        if not isinstance(deeper, dict):
            collector.faults.append(_twice(path))
            return
        inside = deeper
    last = keys[-1]
    present = inside.get(last)
    if last not in inside:
        inside[last] = value
    elif isinstance(present, list) and isinstance(value, list):
        inside[last] = [*present, *value]
    elif isinstance(present, dict) and isinstance(value, dict):
        for key, item in value.items():
            _place(present, (key,), f"{path}.{key}", item, collector)
    else:
        collector.faults.append(_twice(path))


def _twice(path: str) -> Fault:
    option = next((option for option, known in OPTIONS.items() if known == path), None)
    return Fault(FILE, path, "set twice", "each path once" if option is None else f"once, by --set or by {option}")
