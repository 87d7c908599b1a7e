"""Faults of a scenario: everything that is wrong with it, collected and reported at once.

A fault names the file, the line when it is known, the path inside the file, what was found, why it may not stand
there, what may, and what was probably meant. ``ScenarioFaults`` is the only error that reading a scenario raises.
"""

import difflib
from collections.abc import Iterable
from dataclasses import dataclass

from klyngesim.errors import InputError
from klyngesim.scenario.characters import plainly, visible

_SUGGESTIONS = 200  # per scenario: looking for near names is slow, and nobody reads the 201st
_LONGEST_NAME = 80


@dataclass(frozen=True)
class Fault:
    """One thing wrong with a scenario.

    file: as the user named it (``--set`` for the command line); path: keys joined by dots, ``[n]`` in lists;
    value: what was found; allowed: what may stand there, empty where nothing else may; nearest: what to type instead;
    line: from 1; reason: why the value may not stand there, where what is allowed does not say it.
    """

    file: str
    path: str
    value: str
    allowed: str
    nearest: str | None = None
    line: int | None = None
    reason: str = ""

    def __str__(self) -> str:
        """The fault on one line, whatever the file held."""
        place = self.file if self.line is None else f"{self.file}:{self.line}"
        text = f"{place}: {self.path}: {self.value}" if self.path else f"{place}: {self.value}"
        if self.reason:
            text += f"; {self.reason}"
        if self.allowed:
            text += f"; allowed: {self.allowed}"
        if self.nearest is not None and self.nearest not in (self.path, self.value, self.value.strip("'")):
            text += f"; did you mean {self.nearest}?"
        return visible(text)


class ScenarioFaults(InputError):
    """A scenario or another file of settings is refused; ``faults`` holds them all, the text has a line for each."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults: tuple[Fault, ...] = tuple(dict.fromkeys(faults))
        super().__init__(self.faults)

    def __str__(self) -> str:
        """One line per fault."""
        return "\n".join(map(str, self.faults))


class Collector:
    """Gathers faults while a scenario is read, so that all of them can be reported together."""

    def __init__(self) -> None:
        self.faults: list[Fault] = []
        self._looked = 0

    def add(
        self,
        file: str,
        path: str,
        value: str,
        allowed: str,
        nearest: str | None = None,
        line: int | None = None,
        reason: str = "",
    ) -> None:
        """Note one fault; the fields are those of ``Fault``."""
        self.faults.append(Fault(file, path, value, allowed, nearest, line, reason))

    def extend(self, faults: Iterable[Fault]) -> None:
        """Note faults found elsewhere."""
        self.faults.extend(faults)

    def nearest(self, word: str, known: Iterable[str]) -> str | None:
        """``nearest`` with a limit on the number of look-ups, so that a file full of nonsense stays cheap."""
        self._looked += 1
        return nearest(word, known) if self._looked <= _SUGGESTIONS else None

    def raise_if_any(self) -> None:
        """Raise ScenarioFaults when there is at least one fault."""
        if self.faults:
            raise ScenarioFaults(self.faults)


def nearest(word: str, known: Iterable[str]) -> str | None:
    """The known name that ``word`` most resembles, or None.

    Names whose last part is the word come first (``turnover_base`` finds ``social_capital.turnover_base``),
    then the closest by spelling, without regard to capitals, hyphens, underscores, quotes or kinds of spaces.
    """
    if not 0 < len(word) <= _LONGEST_NAME:
        return None
    names = list(known)
    tail = [name for name in names if name.rpartition(".")[2] == plainly(word)]
    if len(tail) == 1:
        return tail[0]
    spelled: dict[str, str] = {}
    for name in names:
        spelled.setdefault(_loose(name), name)
    close = difflib.get_close_matches(_loose(word), list(spelled), n=1, cutoff=0.6)
    return spelled[close[0]] if close else None


def join(*parts: str | int) -> str:
    """A path for people: keys joined by dots, list places in brackets, long keys shortened."""
    text = ""
    for part in parts:
        if isinstance(part, int):
            text += f"[{part}]"
        else:
            key = part if len(part) <= 80 else part[:77] + "..."
            text += f".{key or repr('')}" if text else key or repr("")
    return text


def _loose(name: str) -> str:
    return plainly(name).lower().replace("-", "_").replace(" ", "_")
