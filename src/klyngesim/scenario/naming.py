"""Names: of scenarios (kebab-case, and how any other text becomes one) and of organisations (as printed, to the id)."""

import re
import unicodedata
from collections.abc import Mapping

from klyngesim.scenario.faults import nearest

NAME = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
"""A scenario name: kebab-case."""

LONGEST = 80
"""Most characters of a name."""

_SPELLED = str.maketrans({"æ": "ae", "ø": "oe", "å": "aa", "ß": "ss", "ð": "d", "þ": "th", "œ": "oe", "ł": "l"})


def kebab(text: str) -> str:
    """The name that a text or the stem of a file name gives, empty when nothing of it can be part of a name.

    Danish letters are spelled out (``støtte-på-øen`` is ``stoette-paa-oeen``), other letters lose their accents.
    """
    # A file name from a Mac has its ring beside the a: together they are the letter that is spelled out.
    spelled = unicodedata.normalize("NFC", text).lower().translate(_SPELLED)
    plain = "".join(c for c in unicodedata.normalize("NFKD", spelled) if not unicodedata.combining(c))
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:LONGEST].strip("-")


_COMMON = frozenset(
    {"a", "and", "cluster", "clusters", "danish", "danmark", "danmarks", "dansk", "denmark", "for", "of", "og", "the"}
    | {"klynge", "klyngen", "klyngeorganisation"}
)


def organisation_meant(text: str, printed: Mapping[str, str]) -> str | None:
    """The id of the organisation that a text probably names, or None.

    ``printed`` maps names to ids. A text whose words are all in the names of one organisation alone is that one's
    (``Danish Sound``), whatever the capitals; else the name nearest in spelling.
    """
    asked = _words(text)
    if not asked:
        return None
    having = {one for name, one in printed.items() if (asked <= _words(name) or _words(name) <= asked)}
    if len(having) == 1:
        return having.pop()
    near = nearest(text, printed)
    return None if near is None else printed[near]


def _words(text: str) -> frozenset[str]:
    return frozenset(kebab(text).split("-")) - _COMMON - {""}
