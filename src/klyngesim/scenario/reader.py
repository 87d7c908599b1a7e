"""Checked access to one document: every method notes what is wrong and gives back only what is valid."""

from collections.abc import Iterable, Mapping
from functools import cached_property

from klyngesim.scenario import periods
from klyngesim.scenario.characters import blank, unseen
from klyngesim.scenario.documents import Document, Path
from klyngesim.scenario.faults import Collector, join
from klyngesim.scenario.layers import Origin, Setting
from klyngesim.scenario.parameters import Parameter, Registry, suggested_value
from klyngesim.scenario.scalars import Plain, Scalar, Thousands, finite, show, tidy
from klyngesim.scenario.suggestions import organisation_meant, quoted, suggested_number

FIRST = 0
"""The only start: 2021Q1 is the only quarter whose initial state is documented."""

LAST = periods.parse("2120Q4")
"""The last possible end of a run."""

_UNCLEAR = "a point between thousands, or before decimals?"


def _hidden_in(key: str) -> str:
    """A reason why a key is not known that nobody can see."""
    sign = unseen(key)
    return "" if sign is None else f"holds {sign}, which is no ordinary space"


class LayerReader:
    """Reads values of one document."""

    def __init__(self, document: Document, registry: Registry, collector: Collector) -> None:
        self.document = document
        self.registry = registry
        self.collector = collector

    @cached_property
    def organisation_scope(self) -> dict[str, Parameter]:
        """What ``clusters`` may set."""
        return {key: parameter for key, parameter in self.registry.items() if parameter.by_organisation}

    @cached_property
    def dated(self) -> dict[str, Parameter]:
        """What a timeline entry may set."""
        return {key: parameter for key, parameter in self.registry.items() if parameter.dated}

    @cached_property
    def dated_organisation(self) -> dict[str, Parameter]:
        """What a timeline entry for one organisation may set."""
        return {key: parameter for key, parameter in self.dated.items() if parameter.by_organisation}

    def origin(self, path: Path) -> Origin:
        """Where a path stands in this document."""
        where = join(*path)
        return Origin(self.document.options.get(where, self.document.file), where, self.document.line(path))

    def fault(self, path: Path, value: str, allowed: str, nearest: str | None = None, reason: str = "") -> None:
        """Note a fault at a path; the texts are those of `Fault`."""
        at = self.origin(path)
        self.collector.add(at.file, at.path, value, allowed, nearest, at.line, reason)

    def keys(
        self, path: Path, data: Mapping[str, Plain], known: Iterable[str], what: str, allowed: Iterable[str]
    ) -> None:
        """Note every key that is not allowed; ``known`` are the names looked through for the nearest."""
        names = tuple(allowed)
        for key in data:
            if key not in names:
                near = self.collector.nearest(key, known)
                near = f"parameters.{near}" if near in self.registry and not path else near
                self.fault((*path, key), f"not {what}", ", ".join(names), near, _hidden_in(key))

    def mapping(self, path: Path, value: Plain, allowed: str) -> dict[str, Plain]:
        """A mapping, or an empty one after noting the fault."""
        if isinstance(value, dict):
            return value
        self.fault(path, show(value), allowed)
        return {}

    def text(self, path: Path, value: Plain, allowed: str = "text", empty: bool = False) -> str | None:
        """Text that can be seen; where it may be ``empty``, nothing at all will do, but nothing else without ink."""
        if isinstance(value, str) and (not blank(value) or (empty and not value)):
            return value
        unseeable = isinstance(value, str) and value != ""
        reason = "nothing of it can be seen: type words, or leave the key out" if unseeable else ""
        self.fault(path, show(value), allowed, quoted(value), reason)
        return None

    def line_of_text(self, path: Path, value: Plain, allowed: str = "text") -> str | None:
        """One line of text, not empty; the line break at the end of a block of YAML is no part of it."""
        text = self.text(path, value, allowed)
        line = None if text is None else text.rstrip("\n")
        if line is None or not any(mark in line for mark in "\n\t"):
            return line
        self.fault(path, show(line), f"{allowed}, on one line", " ".join(line.split()))
        return None

    def number(self, path: Path, value: Plain, low: float, high: float, whole: bool) -> float | None:
        """A finite number within bounds."""

        def fits(one: float) -> bool:
            return low <= one <= high and (not whole or one.is_integer())

        number = finite(value)
        unclear = isinstance(value, Thousands) and fits(value.thousands)
        if number is not None and fits(number) and not unclear:
            return number
        kind = "a whole number" if whole else "a number"
        allowed = f"{kind} from {tidy(low)} to {tidy(high)}"
        self.fault(path, show(value), allowed, suggested_number(value, fits), _UNCLEAR if unclear else "")
        return None

    def period(self, path: Path, value: Plain, first: int, last: int, ends: bool = False) -> int | None:
        """A quarter within bounds, as a period number. ``ends``: something ends with it, so a year means its last."""
        allowed = f"a quarter from {periods.label(first)} to {periods.label(last)}"
        if first == last:
            allowed = f"{periods.label(first)}, the only documented initial state"
        try:
            period = periods.parse(value) if isinstance(value, str) else None
        except ValueError:
            period = None
        if period is not None and first <= period <= last:
            return period
        meant = periods.meant(value, ends) if period is None else None
        near = periods.label(meant) if meant is not None and first <= meant <= last else None
        self.fault(path, show(value), allowed, near)
        return None

    def value(self, path: Path, parameter: Parameter, value: Plain) -> Setting[Scalar] | None:
        """A valid value of a parameter."""
        unclear = isinstance(value, Thousands) and parameter.validate(value.thousands) is None
        if parameter.validate(value) is None and not unclear:
            return Setting(parameter.clean(value), self.origin(path))
        near = self.collector.nearest(str(value), parameter.choices) if isinstance(value, str) else None
        meant = suggested_value(parameter, value, near)
        self.fault(path, show(value), parameter.allowed, meant, _UNCLEAR if unclear else "")
        return None

    def values(
        self,
        path: Path,
        data: Plain,
        allowed: Mapping[str, Parameter],
        why_not: str = "",
        whole: Mapping[str, Parameter] | None = None,
    ) -> dict[str, Setting[Scalar]]:
        """The valid settings of a mapping from parameter ids to values.

        ``why_not`` says why a registered parameter that is not in ``allowed`` may not be set here. Those in ``whole``
        may, were it not for one organisation.
        """
        found: dict[str, Setting[Scalar]] = {}
        what = "a mapping from parameter ids to values, such as {fees.level: 1.2}"
        for key, value in self.mapping(path, data, what).items():
            here = (*path, key)
            if key in allowed:
                if (setting := self.value(here, self.registry[key], value)) is not None:
                    found[key] = setting
            elif whole is not None and key in whole:
                self.fault(here, show(value), "an entry without cluster", reason="the same for the whole programme")
            elif key in self.registry:
                instead = "another parameter here, or this one under parameters"
                self.fault(here, show(value), instead, reason=why_not)
            elif isinstance(value, dict) and any(known.startswith(f"{key}.") for known in self.registry):
                inner = next(iter(value), None)
                near = self.collector.nearest(f"{key}.{inner}", allowed) if inner is not None else None
                self.fault(here, "a mapping", "parameter ids in one piece, such as group.name: value", near)
            else:
                near = self.collector.nearest(key, allowed)
                what = "an id listed by 'klyngesim params'"
                self.fault(here, "not a registered parameter", what, near, _hidden_in(key))
        return found

    def cluster(self, path: Path, name: Plain) -> str | None:
        """The id of a cluster organisation."""
        known = self.registry.organisations
        if isinstance(name, str) and name in known:
            return name
        near = organisation_meant(name, self.registry.organisation_names) if isinstance(name, str) else None
        allowed = f"one of {', '.join(known)} ('klyngesim organisations' has their names)"
        if isinstance(name, list):
            allowed = f"an entry for each organisation, or none for all of them: {allowed}"
        self.fault(path, f"{show(name)} is no cluster organisation", allowed, near)
        return None
