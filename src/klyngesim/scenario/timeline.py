"""Checks of the timeline of one layer: dated settings of the whole programme or of one organisation."""

from klyngesim.scenario import periods
from klyngesim.scenario.documents import Path
from klyngesim.scenario.layers import Entry, Layer
from klyngesim.scenario.reader import FIRST, LAST, LayerReader
from klyngesim.scenario.scalars import Plain, show

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
    if "cluster" in data:
        own, why_not = reader.dated_organisation, "not dated, or the same for the whole programme"
    else:
        own, why_not = reader.dated, "not a dated parameter"
    values = reader.values((*path, "set"), data.get("set", {}), own, why_not)
    wrong = announced is None and "announced" in data
    if start is None or wrong or ("cluster" in data and cluster is None):
        return None
    return Entry(start, announced, cluster, values, reader.origin(path))
