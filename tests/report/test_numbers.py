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
        (1.0, None, "1,0", "1.0"),
        (1.5, None, "1,5", "1.5"),
        (100.0, None, "100", "100"),
        (100.5, None, "101", "101"),
        (-0.5, None, f"{MINUS}0,50", f"{MINUS}0.50"),
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
    assert numbers.percent(-1.0, "en") == f"{MINUS}100{NBSP}%"


def test_million_kroner() -> None:
    assert numbers.mkr(121.63, "da", 1) == f"121,6{NBSP}mio.{NBSP}kr."
    assert numbers.mkr(1234.4, "da", 0) == f"1.234{NBSP}mio.{NBSP}kr."
    assert numbers.mkr(121.63, "en", 1) == f"DKK{NBSP}121.6{NBSP}million"
    assert numbers.mkr(-121.63, "en", 1) == f"DKK{NBSP}{MINUS}121.6{NBSP}million"


def test_years() -> None:
    assert numbers.years(2021, 2023) == "2021–2023"
    assert numbers.years(2021, 2021) == "2021"


@pytest.mark.parametrize(
    ("values", "labels"),
    [
        ([0.0, 0.2, 0.4, 0.6000000000000001], ["0.0", "0.2", "0.4", "0.6"]),
        ([0.0, 2500.0, 5000.0], ["0", "2,500", "5,000"]),
        ([0.0, 0.25], ["0.00", "0.25"]),
        ([0.0, 0.00001], ["0.00000", "0.00001"]),
        # A millionth of the value, or of one, is an error of rounding; more than that is not, and has no sixth decimal.
        ([1.0000008, 2.0], ["1", "2"]),
        ([1.0000015, 2.0], ["1.0", "2.0"]),
        ([0.000001], ["0.00"]),
        ([0.0000015], ["0.00"]),
        ([1e-9], ["0"]),
        ([1000000.5], ["1,000,001"]),
    ],
)
def test_tick_labels_share_the_fewest_decimals(values: list[float], labels: list[str]) -> None:
    assert numbers.tick_labels(values, "en") == labels
    swap = str.maketrans(".,", ",.")
    assert numbers.tick_labels(values, "da") == [label.translate(swap) for label in labels]


def test_languages() -> None:
    assert [numbers.suffix_of(lang) for lang in numbers.LANGUAGES] == ["", "_da"]
    assert [numbers.check_language(lang) for lang in ("en", "da")] == ["en", "da"]
    with pytest.raises(ValueError, match="en, da"):
        numbers.check_language("sv")
