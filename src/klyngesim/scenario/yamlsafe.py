"""Scenario files as plain data: YAML 1.2 core scalars, no tags, no anchors, nothing that can explode.

The text is walked event by event and plain values are built from the events. Tags, anchors, aliases and deep nesting
are refused before a value is made from them, so no YAML constructor and no recursion is involved. Keys are always
text. All refusals are ScenarioFaults with line numbers.
"""

import errno
import hashlib
import re
from dataclasses import replace
from pathlib import Path as FilePath
from typing import Any

import yaml

from klyngesim.files import NotRead, read_bytes
from klyngesim.scenario.characters import unfit
from klyngesim.scenario.documents import FIT, Document, checked
from klyngesim.scenario.faults import Fault, ScenarioFaults
from klyngesim.scenario.scalars import Plain, show
from klyngesim.scenario.yamlevents import Builder

LARGEST = 1_000_000
"""Largest scenario file in bytes (1 MB); larger files are refused unread."""

# The C parser is four times faster; PyYAML without libyaml lacks it and reads the same events.
_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_UTF8 = "text in UTF-8 (save the file as UTF-8)"
# YAML may hold these in quotes as escapes only, and a scenario not even there.
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufffe\uffff]")
_TAB = re.compile(" *\t")


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
        return read_bytes(path, LARGEST)
    except NotRead as error:
        allowed = "a scenario file of at most 1 MB" if error.errno == errno.EFBIG else "a scenario file"
        raise refusal(str(error.strerror), allowed) from None
    except OSError as error:
        raise refusal(*_trouble(error)) from None
    except ValueError:  # a NUL or a lone surrogate in the name
        raise refusal("not a file name") from None


def _trouble(error: OSError) -> tuple[str, str]:
    if isinstance(error, FileNotFoundError):
        return "no such file", "an existing scenario file"
    return f"cannot be read ({error.strerror})", "a readable scenario file"


def _build(text: str, file: str) -> Builder:
    builder = Builder(file)
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
        what = f"not YAML: {problem}"
        if line is not None and text.splitlines()[line - 1 : line] and _TAB.match(text.splitlines()[line - 1]):
            what = "a tab in front of a key"
        builder.stop(what, "YAML 1.2 (indented with spaces, text with ': ' in quotes)", line)
    if builder.refused:
        raise ScenarioFaults([*builder.refused, *builder.faults])
    return builder


def _line_of(text: str, position: int | None) -> int | None:
    return None if position is None else text.count("\n", 0, position) + 1
