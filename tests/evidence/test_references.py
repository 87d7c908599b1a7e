"""Reference expressions: values, exact decimal arithmetic, and faults that say what would be right."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from klyngesim.evidence import tables
from klyngesim.evidence.files import EvidenceError, UnknownEvidence
from klyngesim.evidence.references import ReferenceFault, identifiers, resolve


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("F312*0.01", 0.15),
        ("F312 * 0.01", 0.15),
        ("E124.central*0.01", 0.89),
        ("E124*0.01", 0.89),
        ("E124.high", 90.0),
        ("F202.low*0.01", 0.15),
        ("F202.high*0.01", 0.23),
        ("F068/F069", 160.0),
        ("F068/F069/4", 40.0),
        ("F271*0.01", 0.66),
        ("F226", -20.0),
        ("-0.3", -0.3),
        ("2.5e-1", 0.25),
        (" 7 ", 7.0),
        ("0.1*0.1", 0.01),  # exact in decimals, 0.010000000000000002 in binary
        ("1/3*3", 1.0),
    ],
)
def test_resolve(text: str, value: float) -> None:
    assert resolve(text) == value


@pytest.mark.parametrize(
    ("text", "nearest"),
    [
        ("F999*0.01", None),
        ("E999", None),
        ("F3120*0.01", "F312"),
        ("F312.central", None),
        ("E124.centre", "central"),
        ("E124.value", None),
        ("F202.hihg", "high"),
        ("F068/F0699", "F069"),
    ],
)
def test_unknown_references(text: str, nearest: str | None) -> None:
    with pytest.raises(UnknownEvidence) as raised:
        resolve(text)
    if nearest is not None:
        assert raised.value.nearest == nearest


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("F202", r"F202 has no value value; it has F202.low, F202.high"),
        ("F202*0.01", "F202.low"),
        ("E124.low", r"E124 has no low value; it has E124.central, E124.high"),
        ("F008", "holds no number at all"),
        ("F068/0", "division by zero"),
        ("F006/F006", "division by zero"),
        ("1/F006", "division by zero"),
        ("1e308*1e308", "too large"),
        ("1e999999*1e999999", "too large"),
        ("", "neither a number nor a reference"),
        ("F312*", "neither a number nor a reference"),
        ("*0.01", "neither a number nor a reference"),
        ("F312**2", "neither a number nor a reference"),
        ("F312+1", r"'F312\+1' is neither a number nor a reference"),
        ("F312 0.01", "neither a number nor a reference"),
        ("f312", "neither a number nor a reference"),
        ("L08", "neither a number nor a reference"),
        ("nan", "neither a number nor a reference"),
        ("inf", "neither a number nor a reference"),
        ("F312.low.high", "neither a number nor a reference"),
        ("monotone", "neither a number nor a reference"),
        ("٣*2", "neither a number nor a reference"),
    ],
)
def test_faults(text: str, message: str) -> None:
    with pytest.raises(ReferenceFault, match=message):
        resolve(text)


@given(st.text(alphabet="FEL0123456789.*/+-e valuehigcntr", max_size=24))
def test_any_text_gives_a_finite_number_or_an_evidence_error(text: str) -> None:
    try:
        value = resolve(text)
    except EvidenceError:
        return
    assert isinstance(value, float)
    assert abs(value) < float("inf")


@given(st.decimals("-1000", "1000", places=3), st.decimals("-1000", "1000", places=3))
def test_products_are_exact(left: Decimal, right: Decimal) -> None:
    assert resolve(f"{left:f}*{right:f}") == float(left * right)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("F068/F069", ("F068", "F069")),
        ("E124.central*0.01", ("E124",)),
        ("F312*F312", ("F312",)),
        ("0.25", ()),
        ("monotone", ()),
    ],
)
def test_identifiers(text: str, found: tuple[str, ...]) -> None:
    assert identifiers(text) == found


def test_every_number_of_the_catalogue_can_be_referred_to() -> None:
    for item in (*tables.facts(), *tables.sources()):
        attributes = ("value", "low", "high") if item.id.startswith("F") else ("central", "low", "high")
        for attribute in attributes:
            value = getattr(item, attribute)
            if value is not None:
                assert resolve(f"{item.id}.{attribute}") == value
