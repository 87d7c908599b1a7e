"""What a setting without effect would need, in words: manifests of comparisons have it by ids."""

from __future__ import annotations

import re

from klyngesim.report.labels import catalogue
from klyngesim.report.numbers import Lang
from klyngesim.report.parameter_words import name, valued
from klyngesim.scenario.parameters import registry
from klyngesim.scenario.scalars import Scalar, resolve

_NEED = re.compile(r"(\S+) (other than at the start|other than|=|above|below) ?(.*)")
_LONGER = re.compile(r"period\.end at (\S+) or later")
_KEYS = {"=": "is", "other than": "is_not", "above": "above", "below": "below", "other than at the start": "moves"}


def needs(text: str, lang: Lang) -> str:
    """``a above 0 or b = on`` as people say it; what is no such need stays as it is.

    Args:
        text: needs as `klyngesim.comparisons.contested.without_effect` has them.
        lang: of the words.
    """
    words = catalogue("explain.csv")
    if longer := _LONGER.fullmatch(text):
        return words["longer"][lang].format(end=longer[1])
    told = []
    for each in text.split(" and "):
        *first, last = (_need(one, lang) for one in each.split(" or "))
        told.append(words["or"][lang].format(first=", ".join(first), last=last) if first else last)
    return words["and"][lang].join(told)


def _need(text: str, lang: Lang) -> str:
    found = _NEED.fullmatch(text)
    if found is None or found[1] not in registry():
        return text
    key, test, written = found.groups()
    value = valued(key, _scalar(written), lang) if written else ""
    return catalogue("explain.csv")[_KEYS[test]][lang].format(name=name(key, lang), value=value)


def _scalar(written: str) -> Scalar:
    value = resolve(written)
    return value if isinstance(value, int | float) else written
