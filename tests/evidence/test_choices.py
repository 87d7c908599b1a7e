"""The choices for A1-A21: complete, consistent with the functions behind them, and clear about errors."""

import pytest

from klyngesim.evidence import tables
from klyngesim.evidence.files import UnknownEvidence
from klyngesim.evidence.tables import (
    FOREIGN_SHARE_READINGS,
    choice,
    choices,
    foreign_firm_share_pct,
)


def test_all_21_are_settled() -> None:
    assert [one.id for one in choices()] == [f"A{number}" for number in range(1, 22)]


@pytest.mark.parametrize("one", choices(), ids=lambda one: one.id)
def test_each_choice_is_documented(one) -> None:
    assert one.default in one.option_names
    assert len(set(one.option_names)) == len(one.options)
    assert all(option.name.isidentifier() and option.meaning for option in one.options)
    assert one.topic
    assert one.question.endswith("?")
    assert one.why.endswith(".")
    assert all(0 < first <= last for first, last in one.lines)
    assert one.lines
    assert one.use in {"model", "calibration", "documentation"}
    # A choice that changes a run has a parameter, and only such a choice.
    assert bool(one.parameters) == (one.use == "model")


def test_parameters_by_which_alternatives_are_selected() -> None:
    assert {one.id: one.parameters for one in choices() if one.parameters and one.id != "A6"} == {
        "A2": ("choices.dlsc_other_income",),
        "A10": ("choices.foreign_share_reading",),
        "A21": ("grant.ufs_share",),
    }
    clusters = {parameter.removeprefix("choices.table6_") for parameter in choice("A6").parameters}
    assert clusters == set(dict(tables.group_sizes().readings))


def test_options_are_those_of_the_functions_behind_them() -> None:
    assert choice("A2").option_names == tables.DLSC_READINGS
    assert choice("A2").default == "validated"
    assert choice("A10").option_names == FOREIGN_SHARE_READINGS
    assert choice("A10").default == "midpoint"
    assert set(choice("A6").option_names) == {reading.letter for reading in tables.readings()}
    assert {reading.letter for reading in tables.readings() if reading.preferred} == {choice("A6").default}
    assert choice("A13").option_names == ("excluded",)


@pytest.mark.parametrize(("option", "pct"), [("midpoint", 19.0), ("low", 15.0), ("high", 25.0)])
def test_foreign_share(option: str, pct: float) -> None:
    shares = dict(foreign_firm_share_pct(option))
    assert shares == dict.fromkeys(["fintech", "sound", "censec", "clean"], pct)


def test_unknown_choices_and_options_raise_with_the_nearest() -> None:
    with pytest.raises(UnknownEvidence, match="unknown choice 'A22'"):
        choice("A22")
    with pytest.raises(UnknownEvidence, match="did you mean 'validated'"):
        choice("A2").option("validatet")
    with pytest.raises(UnknownEvidence, match="did you mean 'midpoint'"):
        foreign_firm_share_pct("midpont")
    assert choice("A13").option("excluded").meaning
