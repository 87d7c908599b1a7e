"""Scenario files as plain data: YAML 1.2 core scalars, no tags, no anchors, nothing that can explode.

The text is walked event by event and plain values are built from the events. Tags, anchors, aliases and deep nesting
are refused before a value is made from them, so no YAML constructor and no recursion is involved. Keys are always
text. All refusals are ScenarioFaults with line numbers.
"""

import hashlib
import re
import stat
from dataclasses import replace
from pathlib import Path as FilePath
from typing import Any

import yaml

from klyngesim.scenario.characters import unfit
from klyngesim.scenario.documents import DEEPEST, FIT, Document, Path, checked
from klyngesim.scenario.faults import Fault, ScenarioFaults, join
from klyngesim.scenario.meaning import numbers_meant
from klyngesim.scenario.scalars import Plain, resolve, show, tidy

LARGEST = 1_000_000
"""Largest scenario file in bytes (1 MB); larger files are refused unread."""

_MOST = 20  # refusals after which reading stops: the file is not meant for us
# The C parser is four times faster; PyYAML without libyaml lacks it and reads the same events.
_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_PLAIN_DATA = "plain data, without tags, anchors or aliases"
_UTF8 = "text in UTF-8 (save the file as UTF-8)"
# YAML may hold these in quotes as escapes only, and a scenario not even there.
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufffe\uffff]")
_AFTER_COMMA = re.compile(r"\d+ ?(?:%|pct\.?|procent)?[”’\"']?")


def read(path: FilePath, file: str | None = None) -> Document:
    """The scenario file at ``path`` as a document; ``file`` is its name in messages (default: the path).

    Raises ScenarioFaults for a missing, unreadable, empty or too large file and for everything ``parse`` refuses.
    """
    name = str(path) if file is None else file
    raw = _bytes(path, name)
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise ScenarioFaults([Fault(name, "", "text in UTF-16", _UTF8, line=1)])
    try:
        text = raw.decode("utf-8-sig")  # Notepad and Excel put a byte order mark in front
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        found = f"not UTF-8: byte 0x{raw[error.start]:02x}"
        raise ScenarioFaults([Fault(name, "", found, _UTF8, line=line)]) from None
    document = parse(text, name)
    return Document(name, document.data, document.lines, document.faults, hashlib.sha256(raw).hexdigest())


def parse(text: str, file: str) -> Document:
    """The YAML ``text`` of a scenario as a document.

    Duplicate keys, decimal commas in braces and characters that may not be in text are kept as faults of the document.

    Raises ScenarioFaults for text that is no YAML, is not one mapping, or holds tags, anchors or aliases.
    """
    builder = _build(text, file)
    if not isinstance(builder.root, dict):
        found = "an empty file" if builder.root is None else show(builder.root)
        raise ScenarioFaults([Fault(file, "", found, "a mapping of keys (name: ..., parameters: ...)")])
    return checked(Document(file, builder.root, builder.lines, tuple(builder.faults)))


def parse_value(text: str, file: str, path: str) -> Plain:
    """One YAML value written on a command line (``[M085]``, ``{a: 1}``, ``0.5``). Raises ScenarioFaults."""
    try:
        builder = _build(text, file)
    except ScenarioFaults as refused:
        raise ScenarioFaults(replace(f, path=path, line=None) for f in refused.faults) from None
    if builder.faults:
        inside = [f.path if f.path.startswith("[") else f".{f.path}" for f in builder.faults]
        raise ScenarioFaults(
            replace(fault, path=path + where, line=None) for fault, where in zip(builder.faults, inside, strict=True)
        )
    return builder.root


def _bytes(path: FilePath, name: str) -> bytes:
    def refusal(found: str, allowed: str = "a scenario file") -> ScenarioFaults:
        return ScenarioFaults([Fault(name, "", found, allowed)])

    try:
        status = path.stat()
    except OSError as error:
        raise refusal(*_trouble(error)) from None
    except ValueError:  # a NUL or a lone surrogate in the name
        raise refusal("not a file name") from None
    if stat.S_ISDIR(status.st_mode):
        raise refusal("a directory")
    # A pipe or a device has no size to check before reading and may never end.
    if not stat.S_ISREG(status.st_mode):
        raise refusal("not a regular file")
    if status.st_size > LARGEST:
        raise refusal(f"{status.st_size / 1e6:.1f} MB", "a scenario file of at most 1 MB")
    try:
        with path.open("rb") as opened:
            raw = opened.read(LARGEST + 1)
    except OSError as error:
        raise refusal(*_trouble(error)) from None
    if len(raw) > LARGEST:  # it has grown in the meantime
        raise refusal("more than 1 MB", "a scenario file of at most 1 MB")
    return raw


def _trouble(error: OSError) -> tuple[str, str]:
    if isinstance(error, FileNotFoundError):
        return "no such file", "an existing scenario file"
    return f"cannot be read ({error.strerror})", "a readable scenario file"


def _build(text: str, file: str) -> "_Builder":
    builder = _Builder(file)
    if found := _CONTROL.search(text):
        allowed = _UTF8 if found[0] == "\0" else FIT
        builder.stop(f"holds {unfit(found[0])}", allowed, text.count("\n", 0, found.start()) + 1)
    try:
        for event in yaml.parse(text, Loader=_LOADER):
            builder.take(event)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = mark.line + 1 if mark is not None else _line_of(text, getattr(error, "position", None))
        problem = getattr(error, "problem", None) or getattr(error, "reason", None) or "cannot be read"
        builder.stop(f"not YAML: {problem}", "YAML 1.2 (indented with spaces, text with ': ' in quotes)", line)
    if builder.refused:
        raise ScenarioFaults([*builder.refused, *builder.faults])
    return builder


def _line_of(text: str, position: int | None) -> int | None:
    return None if position is None else text.count("\n", 0, position) + 1


class _Open:
    """A mapping or list whose end has not come yet; ``key`` is the key that waits for its value."""

    __slots__ = ("braces", "items", "key", "last", "path", "skip")

    def __init__(self, items: dict[str, Plain] | list[Plain], path: Path, braces: bool) -> None:
        self.items = items
        self.path = path
        self.braces = braces
        self.key: str | None = None
        self.skip = False  # the waiting key is a duplicate: its value is read and dropped
        self.last: tuple[str, str] | None = None  # the key and text before, as long as its value was a single word


class _Builder:
    """Builds plain data from events and notes what is refused."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.root: Plain = None
        self.lines: dict[Path, int] = {}
        self.refused: list[Fault] = []
        self.faults: list[Fault] = []
        self._open: list[_Open] = []
        self._documents = 0

    def take(self, event: Any) -> None:
        """Take one event of the parser; raises ScenarioFaults when reading on makes no sense."""
        line = event.start_mark.line + 1
        if isinstance(event, (yaml.ScalarEvent, yaml.CollectionStartEvent, yaml.AliasEvent)):
            self._screen(event, line)
        if isinstance(event, yaml.ScalarEvent):
            plain = event.style in (None, "")
            self._scalar(event.value, plain, line)
        elif isinstance(event, yaml.CollectionStartEvent):
            self._start({} if isinstance(event, yaml.MappingStartEvent) else [], line, bool(event.flow_style))
        elif isinstance(event, yaml.CollectionEndEvent):
            self._open.pop()
        elif isinstance(event, yaml.AliasEvent):
            self._scalar("", True, line)
        elif isinstance(event, yaml.DocumentStartEvent):
            self._documents += 1
            if self._documents > 1:
                self.stop("a second document (---)", "one document per file", line)

    def stop(self, value: str, allowed: str, line: int | None) -> None:
        """Refuse the whole text, with everything noted so far."""
        self.refused.append(Fault(self.file, "", value, allowed, line=line))
        raise ScenarioFaults([*self.refused, *self.faults])

    def _screen(self, event: Any, line: int) -> None:
        if isinstance(event, yaml.AliasEvent):
            found = f"an alias (*{event.anchor})"
        elif event.anchor is not None:
            found = f"an anchor (&{event.anchor})"
        elif event.tag is not None:
            found = f"a tag ({event.tag})"
        else:
            return
        if len(self.refused) >= _MOST:
            self.stop("more of the same", _PLAIN_DATA, line)
        self.refused.append(Fault(self.file, "", found[:80], _PLAIN_DATA, line=line))

    def _scalar(self, text: str, plain: bool, line: int) -> None:
        top = self._open[-1] if self._open else None
        if top is not None and isinstance(top.items, dict) and top.key is None:
            self._key(top, top.items, text, line)
        elif top is not None and top.last is not None and not text and self._comma(top, line):
            top.key, top.last = None, None
        else:
            if top is not None:
                top.last = (top.key, text) if top.key is not None and top.braces and plain else None
            self._put(resolve(text) if plain else text, line)

    def _key(self, top: _Open, items: dict[str, Plain], text: str, line: int) -> None:
        path = (*top.path, text)
        top.key, top.skip = text, text in items
        if top.skip:
            found = f"set twice, first in line {self.lines.get(path)}"
            self.faults.append(Fault(self.file, join(*path), found, "each key once", line=line))
        else:
            self.lines.setdefault(path, line)

    def _comma(self, top: _Open, line: int) -> bool:
        """Whether a key without a value is what stands behind a decimal comma in braces: ``{fees.level: 1,5}``."""
        assert top.last is not None
        (key, before), after = top.last, top.key or ""
        meant = numbers_meant(f"{before},{after}") if _AFTER_COMMA.fullmatch(after) else []
        if not meant:
            return False
        path, reason = join(*top.path, key), "in braces a comma begins the next entry; write decimals with a point"
        self.faults.append(Fault(self.file, path, f"{before},{after}", "", tidy(meant[0]), line, reason))
        if isinstance(top.items, dict):
            top.items[key] = meant[0]
        return True

    def _start(self, items: dict[str, Plain] | list[Plain], line: int, flow: bool) -> None:
        top = self._open[-1] if self._open else None
        if top is not None and isinstance(top.items, dict) and top.key is None:
            self.stop(f"{show(items)} as a key", "keys that are text", line)
        if len(self._open) >= DEEPEST:
            self.stop(f"nested more than {DEEPEST} deep", "a scenario of reasonable depth", line)
        if top is not None:
            top.last = None
        self._open.append(_Open(items, self._put(items, line), flow))

    def _put(self, value: Plain, line: int) -> Path:
        """Put a value where it belongs and give its path."""
        if not self._open:
            self.root = value
            return ()
        top = self._open[-1]
        if isinstance(top.items, list):
            path: Path = (*top.path, len(top.items))
            top.items.append(value)
            self.lines.setdefault(path, line)
            return path
        key = top.key or ""
        if not top.skip:
            top.items[key] = value
        top.key = None
        return (*top.path, key)
