import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from klyngesim.scenario import periods


def test_known_quarters():
    assert [periods.parse(text) for text in ("2020Q4", "2021Q1", "2025Q1", "2034Q4")] == [-1, 0, 16, 55]
    assert periods.label(16) == "2025Q1"
    assert (periods.year(-1), periods.quarter(-1)) == (2020, 4)
    assert (periods.year(19), periods.quarter(19)) == (2025, 4)


@settings(deadline=None)
@given(st.integers(-8084, 31915))
def test_labels_read_back(period):
    assert periods.parse(periods.label(period)) == period


@pytest.mark.parametrize(
    "text", ["", "2025", "2025Q5", "2025Q0", "2025q1", " 2025Q1", "2025Q1\n", "٢٠٢٥Q1", "25Q1", "2025-Q1"]
)
def test_nonsense_is_refused(text):
    with pytest.raises(ValueError, match="is not a quarter"):
        periods.parse(text)


@pytest.mark.parametrize("value", [2025, None, 16.0, b"2025Q1"])
def test_other_types_are_refused(value):
    with pytest.raises(TypeError):
        periods.parse(value)


@pytest.mark.parametrize("value", [True, 16.0, "16"])
def test_periods_are_whole_numbers(value):
    with pytest.raises(TypeError):
        periods.label(value)


def test_years_out_of_range_are_refused():
    with pytest.raises(ValueError, match="years"):
        periods.label(4 * 10_000)


@pytest.mark.parametrize("text", ["2025q1", "2025-Q1", "2025 K1", "2025.1", " 2025Q1 "])
def test_suggestions(text):
    assert periods.label(periods.meant(text)) == "2025Q1"
    assert periods.meant("next year") is None
