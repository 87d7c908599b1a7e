"""Searching lists by a word in either language: ids, names and notes are looked through, whatever the spelling of æøå.

The model's notes are in English. A Danish word is looked for as it is and by what it means (``data/search.csv``), also
as a part of a longer word: ``medlemskontingenter`` finds members' fees.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache
from typing import Any, TypeVar

from klyngesim.report.labels import catalogue

Found = TypeVar("Found")

_LETTERS = (("å", "a"), ("aa", "a"), ("ø", "o"), ("oe", "o"), ("æ", "ae"), ("é", "e"), ("_", " "), ("-", " "))
_ENDINGS = ("erne", "ens", "ers", "ene", "er", "en", "et", "es", "e", "s", "r")
_SHORTEST = 4
"""Letters that are left of a word without its ending, and that a part of a word has at least."""

_WORD = re.compile(r"[^\W\d_]{4,}")


def folded(text: str) -> str:
    """A text as it is compared: small letters, æøå as people type them without, marks between words as spaces."""
    folding = text.casefold()
    for letter, plain in _LETTERS:
        folding = folding.replace(letter, plain)
    return folding


@cache
def _meanings() -> tuple[tuple[str, tuple[str, ...]], ...]:
    known = catalogue("search.csv", "da").values()
    return tuple((folded(both["da"]), tuple(map(folded, both["en"].split("|")))) for both in known)


@cache
def forms(word: str) -> tuple[str, ...]:
    """What a word is looked for as: itself, without its ending, and by what its Danish parts mean."""
    plain = folded(word).strip()
    stems = (plain.removesuffix(end) for end in _ENDINGS if plain.endswith(end))
    found = [plain, *(stem for stem in stems if len(stem) >= _SHORTEST)][:2]
    for danish, english in _meanings():
        whole = plain.startswith(danish) and (len(danish) > 2 or plain == danish)
        if whole or (len(danish) > _SHORTEST and danish in plain) or (len(plain) >= _SHORTEST and plain in danish):
            found += english
    return tuple(dict.fromkeys(found))


def matching(
    words: Sequence[str], rows: Iterable[Found], called: Callable[[Found], str], described: Callable[[Found], str]
) -> list[Found]:
    """The rows that every word is found in, those first that are called so.

    Args:
        words: what is looked for.
        rows: what is looked through.
        called: id and names of a row.
        described: all else that is said of it.
    """
    wanted = [forms(word) for word in words]
    found: tuple[list[Found], list[Found]] = ([], [])
    for row in rows:
        names = folded(called(row))
        if _has(f"{names} {folded(described(row))}", wanted):
            found[not _has(names, wanted)].append(row)
    return [*found[0], *found[1]]


def _has(text: str, wanted: Sequence[tuple[str, ...]]) -> bool:
    """Whether a folded text has each word in any of its forms."""
    return all(any(form in text for form in forms) for forms in wanted)


def meant(word: str, rows: Iterable[Mapping[str, Any]]) -> str | None:
    """The word of the rows, or the Danish one that is known, which is spelled most like a word; None for none."""
    known = {folded(danish): danish for danish, _ in _meanings()}
    for row in rows:
        known |= {folded(one): one for value in row.values() for one in _WORD.findall(str(value))}
    near = difflib.get_close_matches(folded(word), known, n=1, cutoff=0.7)
    return known[near[0]] if near else None
