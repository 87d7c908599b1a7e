"""Numbers as Danes and English readers write them: known answers."""

from __future__ import annotations

import math

import pytest

from klyngesim.report import numbers

NBSP = "\u00a0"
MINUS = "\u2212"


@pytest.mark.parametrize(
    ("value", "decimals", "danish", "english"),
    [
        (1234567.0, None, "1.234.567", "1,234,567"),
        (1234.5, 1, "1.234,5", "1,234.5"),
        (999.96, 1, "1.000,0", "1,000.0"),
        (121.6, None, "122", "122"),
        (99.94, None, "99,9", "99.9"),
        (4.25, 1, "4,3", "4.3"),
        (2.5, 0, "3", "3"),
        (2.675, 2, "2,68", "2.68"),
        (0.046, None, "0,05", "0.05"),
        (0.0, None, "0", "0"),
        (-0.004, 2, "0,00", "0.00"),
        (-1234.5, 1, f"{MINUS}1.234,5", f"{MINUS}1,234.5"),
        (12, 0, "12", "12"),
    ],
)
def test_number(value: float, decimals: int | None, danish: str, english: str) -> None:
    assert numbers.number(value, "da", decimals) == danish
    assert numbers.number(value, "en", decimals) == english


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_what_is_no_number(value: float) -> None:
    assert numbers.number(value, "da") == "–"
    assert numbers.percent(value, "en") == "–"
    assert numbers.mkr(value, "da") == "–"


def test_percent() -> None:
    assert numbers.percent(0.123, "da") == f"12{NBSP}pct."
    assert numbers.percent(0.123, "en") == f"12{NBSP}%"
    assert numbers.percent(0.0175, "da", 1) == f"1,8{NBSP}pct."


def test_million_kroner() -> None:
    assert numbers.mkr(121.63, "da", 1) == f"121,6{NBSP}mio.{NBSP}kr."
    assert numbers.mkr(1234.4, "da", 0) == f"1.234{NBSP}mio.{NBSP}kr."
    assert numbers.mkr(121.63, "en", 1) == f"DKK{NBSP}121.6{NBSP}million"


def test_years() -> None:
    assert numbers.years(2021, 2023) == "2021–2023"
    assert numbers.years(2021, 2021) == "2021"


def test_tick_labels_share_the_fewest_decimals() -> None:
    assert numbers.tick_labels([0.0, 0.2, 0.4, 0.6000000000000001], "da") == ["0,0", "0,2", "0,4", "0,6"]
    assert numbers.tick_labels([0.0, 2500.0, 5000.0], "da") == ["0", "2.500", "5.000"]
    assert numbers.tick_labels([0.0, 0.25], "en") == ["0.00", "0.25"]


def test_unknown_language() -> None:
    with pytest.raises(ValueError, match="en, da"):
        numbers.check_language("sv")
