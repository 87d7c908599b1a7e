"""Characters that people see and characters that they do not: what text may hold, and how the rest is shown.

Text of a scenario is text: every printable character is taken and shown as written. Control characters steer the
terminal, marks of direction make a line read in another order than it is stored, and neither can stand in every file
that a run leaves (XML has no way to write most of them), so both are refused with their code.
"""

import re
import unicodedata

_BIDIRECTIONAL = "\u061c\u200e\u200f\u202a-\u202e\u2066-\u206f"
_UNFIT = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff"
    + "".join(chr(plane * 0x10000 + last) for plane in range(1, 17) for last in (0xFFFE, 0xFFFF))
    + f"{_BIDIRECTIONAL}]"
)
_MARK = re.compile(f"[{_BIDIRECTIONAL}]")
_HIDDEN = re.compile("[\u00ad\u200b-\u200d\u2060\ufeff]")
_IGNORED = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2800\u3164\ufe00-\ufe0f\uffa0\U000e0100-\U000e01ef]"
)
_QUOTES = "\"'`´“”„‟‘’‚‛«»‹›"


def unfit(text: str) -> str | None:
    """The first character that may not stand in any text, by code and kind, or None. Tabs and line breaks may."""
    found = _UNFIT.search(text)
    if found is None:
        return None
    if found[0] == "\0":
        kind = "NUL, as in files that are not UTF-8"
    elif _MARK.match(found[0]):
        kind = "a mark that turns the direction of writing"
    elif unicodedata.category(found[0]) in ("Cc", "Zl", "Zp"):
        kind = "a control character"
    else:
        kind = "half a character" if unicodedata.category(found[0]) == "Cs" else "no character"
    return f"U+{ord(found[0]):04X} ({kind})"


def unseen(text: str) -> str | None:
    """The first space or sign in ``text`` that looks like an ordinary space or like nothing, by code, or None."""
    found = next((c for c in text if c not in " \n" and (c.isspace() or _HIDDEN.match(c))), None)
    return None if found is None else f"U+{ord(found):04X} ({unicodedata.name(found, 'no name').lower()})"


def blank(text: str) -> bool:
    """Whether there is nothing to be seen of a text: spaces, line breaks, characters without width or without ink."""
    return all(c.isspace() or unicodedata.category(c) in ("Cc", "Cf") or _IGNORED.match(c) for c in text)


def visible(text: str) -> str:
    """The text with every character that does not print as its escape: always one line, harmless on a terminal."""
    return "".join(c if c.isprintable() else repr(c)[1:-1] for c in text)


def plainly(text: str) -> str:
    """What was meant by text from a word processor: ordinary spaces, no invisible characters, no quotes around it."""
    return " ".join(_HIDDEN.sub("", text).split()).strip(_QUOTES).strip()
