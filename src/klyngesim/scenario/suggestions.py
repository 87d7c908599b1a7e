"""What was probably meant: by a number that is none (a decimal comma, per cent, thousands, yes and no), and by a name.

Nothing here is taken for what it may mean; it is what a fault tells to type instead.
"""

import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal, InvalidOperation

from klyngesim.scenario.characters import plainly
from klyngesim.scenario.faults import nearest
from klyngesim.scenario.scalars import Plain, Thousands, finite, resolve, show, tidy

YES = frozenset({"ja", "yes", "true", "sand", "on", "til", "y", "j"})
NO = frozenset({"nej", "no", "false", "falsk", "off", "fra", "n"})

_LONGEST = 60
_PERCENT = re.compile(r"(.+?)\s*(?:%|pct\.?|procent|percent|per cent)", re.IGNORECASE)
_DOTS = re.compile(r"([-+]?\d{1,3}(?:[. ']\d{3})+)(?:,(\d+))?")
_COMMAS = re.compile(r"([-+]?\d{1,3}(?:,\d{3})+)(?:\.(\d+))?")
_COMMA = re.compile(r"([-+]?\d*),(\d+)")


def numbers_meant(value: Plain) -> list[float]:
    """The numbers that ``value`` may stand for, likeliest first; none for what is no number at all.

    A list of two whole numbers is ``1,5`` in brackets or braces, where a comma separates.
    """
    if isinstance(value, Thousands):
        return [value.thousands, float(value)]
    if isinstance(value, list) and len(value) == 2 and all(isinstance(one, int) for one in value):
        value = f"{value[0]},{value[1]}"
    if not isinstance(value, str) or len(value) > _LONGEST:
        return []
    text = plainly(value)
    percent = _PERCENT.fullmatch(text)
    found = [one / 100 for one in _readings(percent[1])] if percent else list(_readings(text))
    return list(dict.fromkeys(float(one) for one in found))


def suggested_number(value: Plain, fits: Callable[[float], bool], flag: bool = False) -> str | None:
    """What to type instead of ``value``: the numbers it may stand for that fit, or None.

    ``flag``: the number is 0 or 1 and means no or yes.
    """
    meant = [tidy(number) for number in numbers_meant(value) if fits(number)]
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
    elif finite(resolve(text)) is not None:
        try:
            yield Decimal(text)
        except InvalidOperation:  # 0x1f
            yield Decimal(str(resolve(text)))


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
