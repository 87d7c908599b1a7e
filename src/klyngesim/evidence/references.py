"""Numbers as expressions over sources, for the defaults and bounds of the parameter registry.

An expression is a product or quotient of numbers and references, worked from left to right::

    F312*0.01           the value of fact F312, percent to fraction
    E124.central*0.01   an evidence item's central value (also .low, .high); E124 alone means .central
    F068/F069           one fact divided by another
    F202.low            the lower end of a fact's range (also .value, .high); F202 alone means .value
    0.25                a plain number

so that no figure of a source is typed a second time. The arithmetic is decimal: 66*0.01 gives exactly 0.66.
"""

import re
from decimal import Decimal, DivisionByZero, InvalidOperation, Overflow, localcontext
from functools import cache

from klyngesim.evidence.catalogue import EvidenceItem, Fact, fact, source
from klyngesim.evidence.files import EvidenceError, check_option

_REFERENCE = re.compile(r"(?P<id>[FE]\d+)(?:\.(?P<attribute>\w+))?", re.ASCII)
_NUMBER = re.compile(r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?", re.ASCII)
_OPERATOR = re.compile(r"\s*([*/])\s*")

_ATTRIBUTES = {"F": ("value", "low", "high"), "E": ("central", "low", "high")}


class ReferenceFault(EvidenceError):
    """An expression that cannot be worked out: not of the form above, a missing value, a division by zero."""


def _terms(text: str) -> list[str]:
    """Split an expression into term, operator, term, ...; the terms are checked by the caller."""
    return _OPERATOR.split(text.strip())


def identifiers(text: str) -> tuple[str, ...]:
    """Return the fact and evidence ids an expression refers to, each once, in order of appearance."""
    found = (_REFERENCE.fullmatch(term) for term in _terms(text)[::2])
    return tuple(dict.fromkeys(match["id"] for match in found if match))


@cache
def resolve(text: str) -> float:
    """Return the value of a reference expression.

    Raises `UnknownEvidence` (with the nearest name) for an unknown id or attribute and `ReferenceFault` for
    anything else that is wrong: both are `EvidenceError`, and both name the expression's faulty part.
    """
    parts = _terms(text)
    with localcontext() as context:
        context.traps[DivisionByZero] = context.traps[InvalidOperation] = context.traps[Overflow] = True
        try:
            result = _term(parts[0], text)
            for operator, term in zip(parts[1::2], parts[2::2], strict=True):
                value = _term(term, text)
                result = result * value if operator == "*" else result / value
            number = float(result)
        except (DivisionByZero, InvalidOperation):
            raise ReferenceFault(f"{text!r}: division by zero") from None
        except Overflow:
            number = float("inf")
    if number in (float("inf"), float("-inf")):
        raise ReferenceFault(f"{text!r}: the result is too large for a number")
    return number


def _term(term: str, text: str) -> Decimal:
    if _NUMBER.fullmatch(term):
        return Decimal(term)
    match = _REFERENCE.fullmatch(term)
    if match is None:
        raise ReferenceFault(
            f"{text!r}: {term!r} is neither a number nor a reference such as F312 or E124.low; "
            "terms are joined by * or /"
        )
    identifier, attribute = match["id"], match["attribute"]
    allowed = _ATTRIBUTES[identifier[0]]
    item: Fact | EvidenceItem = fact(identifier) if identifier[0] == "F" else source(identifier)
    name = allowed[0] if attribute is None else check_option(f"attribute of {identifier}", attribute, allowed)
    value: float | None = getattr(item, name)
    if value is None:
        present = [f"{identifier}.{other}" for other in allowed if getattr(item, other) is not None]
        hint = f"it has {', '.join(present)}" if present else "it holds no number at all"
        raise ReferenceFault(f"{text!r}: {identifier} has no {name} value; {hint}")
    return Decimal(repr(value))
