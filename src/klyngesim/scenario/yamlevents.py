"""Plain data from the events of a YAML parser, one after another, without recursion and without a YAML constructor.

What is refused (tags, anchors, aliases, deep nesting) and what may stand but is wrong (a key twice, a decimal comma
where a comma separates) is noted with its line.
"""

import re
from typing import Any

import yaml

from klyngesim.scenario.documents import DEEPEST, Path
from klyngesim.scenario.faults import Fault, ScenarioFaults, join
from klyngesim.scenario.scalars import Plain, resolve, show, tidy
from klyngesim.scenario.suggestions import numbers_meant

_MOST = 20  # refusals after which reading stops: the file is not meant for us
_PLAIN_DATA = "plain data, without tags, anchors or aliases"
_SETTING = re.compile(r"(.*=\s*)([-+]?\d[\d.,]*)")
_AFTER_COMMA = re.compile(r"\d+(?:\.\d+)? ?(?:%|pct\.?|procent)?[”’\"']?")


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


class Builder:
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
        elif (
            top is not None
            and top.last is not None
            and ((not text and self._comma(top, line)) or (plain and self._comma_in_list(top, text, line)))
        ):
            top.key = None
        else:
            if top is not None:
                top.last = (top.key or "", text) if top.braces and plain else None
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
        found = f"{before},{after}"
        meant = numbers_meant(found) if _AFTER_COMMA.fullmatch(after) else []
        if not meant:
            return False
        self._noted_comma((*top.path, key), found, " or ".join(map(tidy, meant)), line)
        top.last = (key, found)  # of 1,234,567.8 more is to come
        if isinstance(top.items, dict):
            top.items[key] = meant[0]
        return True

    def _comma_in_list(self, top: _Open, text: str, line: int) -> bool:
        """Whether a number is what stands behind a decimal comma in brackets: ``[fees.level=1,5]``."""
        setting = _SETTING.fullmatch(top.last[1]) if top.last is not None else None
        if not isinstance(top.items, list) or setting is None or not _AFTER_COMMA.fullmatch(text):
            return False
        meant = numbers_meant(f"{setting[2]},{text}")
        if not meant:
            return False
        top.items[-1] = instead = f"{setting[1]}{tidy(meant[0])}"
        self._noted_comma((*top.path, len(top.items) - 1), f"{setting[0]},{text}", instead, line)
        top.last = ("", f"{setting[0]},{text}")
        return True

    def _noted_comma(self, path: Path, found: str, meant: str, line: int) -> None:
        reason = "in braces and brackets a comma begins the next entry; write decimals with a point"
        at = join(*path)
        if self.faults and self.faults[-1].path == at and found.startswith(f"{self.faults[-1].value},"):
            self.faults.pop()  # of the same number, before more of it came
        self.faults.append(Fault(self.file, at, found, "", meant, line, reason))

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
