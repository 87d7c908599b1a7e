"""A document is one layer of a scenario as plain data, with the line of every key where it came from a file."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from numbers import Integral, Real
from typing import TypeAlias

from klyngesim.scenario.characters import unfit
from klyngesim.scenario.faults import Fault, ScenarioFaults, join
from klyngesim.scenario.scalars import Plain, show

FIT = "text without such characters (take it out)"
"""What is allowed where text holds control characters or marks of direction."""

DEEPEST = 30
"""Deepest nesting of mappings and lists that is read; the outermost mapping is level 1."""

_LARGEST = 200_000  # values in a mapping given by a program; a file is bounded by its size

Path: TypeAlias = tuple[str | int, ...]
"""Where a value stands: keys and list places from the outermost mapping inwards."""


@dataclass(frozen=True)
class Document:
    """One layer as plain data.

    file: name for messages; data: the outermost mapping; lines: line (from 1) of each key or list item; faults:
    found while reading and not in the way of further checks; sha256: of the file's bytes, empty without a file;
    options: the option of the command line that set a path, where it is not the one that ``file`` names.
    """

    file: str
    data: dict[str, Plain]
    lines: Mapping[Path, int] = field(default_factory=dict)
    faults: tuple[Fault, ...] = ()
    sha256: str = ""
    options: Mapping[str, str] = field(default_factory=dict)

    def line(self, path: Path) -> int | None:
        """The line of a path, or of the nearest enclosing key that has one."""
        for length in range(len(path), 0, -1):
            if (found := self.lines.get(path[:length])) is not None:
                return found
        return None


def from_python(data: Mapping[str, object], file: str) -> Document:
    """A document from a program's mapping: copied, and refused (ScenarioFaults) unless it is plain data.

    Tuples become lists, numbers of other libraries become int or float. Too deep, too large or circular data and
    values that are no data are refused, all of them at once.
    """
    copier = _Copier(file)
    if not isinstance(data, Mapping):
        raise ScenarioFaults([Fault(file, "", show(data), "a mapping of keys")])
    copied = copier.copy(data, ())
    if copier.faults or not isinstance(copied, dict):
        raise ScenarioFaults(copier.faults)
    return checked(Document(file, copied))


def checked(document: Document) -> Document:
    """The document with a fault for every key and text that holds a character which no text may hold."""
    found = [
        Fault(document.file, join(*path), f"holds {wrong}", FIT, line=document.line(path))
        for path, text in _texts(document.data, ())
        if (wrong := unfit(text)) is not None
    ]
    return replace(document, faults=(*document.faults, *found)) if found else document


def _texts(value: Plain, path: Path) -> Iterator[tuple[Path, str]]:
    """Every key and every text with its path; no deeper than a document may be."""
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, dict):
        for key, item in value.items():
            yield (*path, key), key
            yield from _texts(item, (*path, key))
    elif isinstance(value, list):
        for place, item in enumerate(value):
            yield from _texts(item, (*path, place))


class _Copier:
    def __init__(self, file: str) -> None:
        self.file = file
        self.faults: list[Fault] = []
        self.count = 0

    def copy(self, value: object, path: Path) -> Plain:
        self.count += 1
        if self.count > _LARGEST:
            if self.count == _LARGEST + 1:
                self._refuse(path, f"more than {_LARGEST} values", "a scenario of reasonable size")
            return None
        if value is None or isinstance(value, (bool, str)):
            return value
        if isinstance(value, Integral):
            return int(value)
        if isinstance(value, Real):
            return self._real(value, path)
        if isinstance(value, (Mapping, list, tuple)):
            if len(path) >= DEEPEST:
                self._refuse(path, f"nested more than {DEEPEST} deep", "a scenario of reasonable depth")
                return None
            return self._mapping(value, path) if isinstance(value, Mapping) else self._list(value, path)
        self._refuse(path, show(value), "plain data: text, numbers, truth values, lists and mappings")
        return None

    def _mapping(self, value: Mapping[object, object], path: Path) -> dict[str, Plain]:
        copied: dict[str, Plain] = {}
        for key, item in value.items():
            if self.count > _LARGEST:
                break
            if isinstance(key, str):
                copied[key] = self.copy(item, (*path, key))
            else:
                self._refuse(path, f"the key {show(key)}", "keys that are text")
        return copied

    def _list(self, value: Sequence[object], path: Path) -> list[Plain]:
        copied: list[Plain] = []
        for place, item in enumerate(value):
            if self.count > _LARGEST:
                break
            copied.append(self.copy(item, (*path, place)))
        return copied

    def _real(self, value: Real, path: Path) -> Plain:
        try:
            return float(value)
        except (OverflowError, ValueError):
            self._refuse(path, "a number too large", "a number that fits a float")
            return None

    def _refuse(self, path: Path, value: str, allowed: str) -> None:
        self.faults.append(Fault(self.file, join(*path), value, allowed))
