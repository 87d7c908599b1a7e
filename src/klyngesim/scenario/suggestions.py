"""What was probably meant: by a number that is none (a decimal comma, per cent, thousands, yes and no), and by a name.

Nothing here is taken for what it may mean; it is what a fault tells to type instead.
"""

import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal

from klyngesim.scenario.characters import plainly
from klyngesim.scenario.faults import nearest
from klyngesim.scenario.measures import measure
from klyngesim.scenario.scalars import Plain, Thousands, finite, resolve, show, tidy

YES = frozenset({"ja", "yes", "true", "sand", "on", "til", "y", "j"})
NO = frozenset({"nej", "no", "false", "falsk", "off", "fra", "n"})

_LONGEST = 60
_PERCENT = re.compile(r"(.+?)\s*(?:%|pct\.?|procent|percent|per cent)", re.IGNORECASE)
_DOTS = re.compile(r"([-+]?\d{1,3}(?:[. ']\d{3})+)(?:,(\d+))?")
_COMMAS = re.compile(r"([-+]?\d{1,3}(?:,\d{3})+)(?:\.(\d+))?")
_COMMA = re.compile(r"([-+]?\d*),(\d+)")
_JOINED = re.compile(r"[-+]?\d+(?:_\d+)+(?:\.\d+)?")
_BASED = re.compile(r"0o[0-7]+|0x[0-9a-f]+|0b[01]+", re.IGNORECASE)


_TYPED = str.maketrans({"\u2212": "-", "\uff0c": ",", "\uff0e": "."} | {chr(0xFF10 + n): str(n) for n in range(10)})
"""Signs of a number that look like those of a keyboard: a minus of print, full-width digits."""

_RELATIVE = "ratio"
"""Unit of levels relative to today's, of which ``+25 %`` is 1.25."""


def numbers_meant(value: Plain, unit: str = "") -> list[float]:
    """The numbers that ``value`` may stand for, likeliest first; none for what is no number at all.

    A list of two whole numbers is ``1,5`` in brackets or braces, where a comma separates. A number with words for its
    size or unit (``15k``, ``60.000 kr.``, ``1,5 mio.``) is given in ``unit``, that of the registry.
    """
    if isinstance(value, Thousands):
        return [value.thousands, float(value)]
    if isinstance(value, list) and len(value) == 2 and all(isinstance(one, int) for one in value):
        value = f"{value[0]},{value[1]}"
    if not isinstance(value, str) or len(value) > _LONGEST:
        return []
    text = plainly(value).translate(_TYPED)
    if percent := _PERCENT.fullmatch(text):
        found = [one / 100 for one in _readings(percent[1])]
        if unit == _RELATIVE and text[0] in "+-":
            found = [*(1 + one for one in found), *found]
    elif measured := measure(text, unit):
        # Who names the unit writes for people: a point before three digits stands between thousands.
        found = [one * measured.factor for one in list(_readings(measured.number))[:1]]
    else:
        found = list(_readings(text))
    return list(dict.fromkeys(float(one) for one in found))


_BETWEEN = re.compile(r"(.*?\d.*?)\s*(?:\.{2,3}|–|—|-|\bto\b|\btil\b)\s*(.*\d.*)")


def ends_meant(value: Plain) -> tuple[float, float] | None:
    """The ends of a range that is written in one piece, ``0.1-0.3`` or ``[0.1, 0.3]``; None for what is none.

    A list of four whole numbers is ``[0,1, 0,3]``, where commas separate.
    """
    if isinstance(value, str) and len(value) <= _LONGEST and (found := _BETWEEN.fullmatch(plainly(value))):
        value = [found[1], found[2]]
    if isinstance(value, list) and len(value) == 4:
        value = [value[:2], value[2:]]
    if not isinstance(value, list) or len(value) != 2:
        return None
    numbers = [[number] if (number := finite(one)) is not None else numbers_meant(one) for one in value]
    return (numbers[0][0], numbers[1][0]) if all(numbers) else None


def suggested_number(value: Plain, fits: Callable[[float], bool], flag: bool = False, unit: str = "") -> str | None:
    """What to type instead of ``value``: the numbers it may stand for that fit, or None.

    ``flag``: the number is 0 or 1 and means no or yes; ``unit``: see `numbers_meant`.
    """
    meant = [tidy(number) for number in numbers_meant(value, unit) if fits(number)]
    if flag and not meant and (truth := truth_meant(value)) is not None:
        meant = ["1" if truth else "0"]
    if not meant:
        return None
    return " or ".join(meant) + (", without quotes" if meant == [value] else "")


def truth_meant(value: Plain) -> bool | None:
    """Yes or no in the words of both languages, or None."""
    word = plainly(value).lower() if isinstance(value, str) else show(value)
    return True if word in YES else False if word in NO else None


def quoted(value: Plain, spelled: Callable[[str], str] = str) -> str | None:
    """A number or truth value in quotes, in which it is text, spelled as text has to be; None for anything else."""
    return None if value is None or isinstance(value, (str, list, dict)) else f'"{spelled(show(value))}"'


def _readings(text: str) -> Iterator[Decimal]:
    """The numbers that digits with points, commas and spaces may be, thousands first."""
    if grouped := _DOTS.fullmatch(text):
        yield Decimal(f"{re.sub('[^-0-9]', '', grouped[1])}.{grouped[2] or 0}")
    elif grouped := _COMMAS.fullmatch(text):
        yield Decimal(f"{grouped[1].replace(',', '')}.{grouped[2] or 0}")
    if decimal := _COMMA.fullmatch(text):
        yield Decimal(f"{decimal[1] or 0}.{decimal[2]}".replace("-.", "-0.").replace("+.", "+0."))
    elif _BASED.fullmatch(text):
        yield Decimal(int(text, 0))
    elif _JOINED.fullmatch(text):
        yield Decimal(text.replace("_", ""))
    elif finite(resolve(text)) is not None:
        yield Decimal(text)


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
