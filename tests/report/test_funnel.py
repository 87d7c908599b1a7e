"""What a move in the funnel is counted as."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from klyngesim.report import funnel, labels
from klyngesim.report.run_data import Move, RunData, read
from klyngesim.results.vocabulary import REASONS, STAGES


@pytest.mark.parametrize(
    ("start", "end", "reason", "outcome"),
    [
        ("contacted", "dissemination", "progress", "on"),
        ("dissemination", "internationalisation", "progress", "on"),
        ("matchmaking", "application", "progress", "on"),
        ("pilot", "application", "progress", "on"),
        ("application", "pilot", "progress", "on"),
        ("matchmaking", "dissemination", "not_ready", "back"),
        ("application", "matchmaking", "rejected", "rejected"),
        ("application", "left", "rejected", "rejected"),
        ("pilot", "matchmaking", "completed", "completed"),
        ("pilot", "left", "withdrew", "firm"),
        ("contacted", "left", "no_seat", "offer"),
        ("dissemination", "left", "price", "terms"),
        ("dissemination", "left", "support_ended", "ended"),
        ("dissemination", "left", "a reason of tomorrow", "elsewhere"),
    ],
)
def test_outcome(start: str, end: str, reason: str, outcome: str) -> None:
    assert funnel.outcome_of(Move(2021, "small", start, end, reason)) == outcome


def test_every_stage_and_reason_of_the_vocabulary_has_a_place() -> None:
    assert {word.id for word in STAGES} - {"left"} == set(funnel.RANK)
    for reason in REASONS:
        outcome = funnel.outcome_of(Move(2021, "small", "contacted", "left", reason.id))
        assert outcome != "elsewhere" or reason.id in ("other_fora", "progress")


def test_joint_row_leaves_out_moves_among_the_first_stages() -> None:
    moves = {
        Move(2021, "small", "contacted", "dissemination", "progress"): 100.0,
        Move(2021, "small", "dissemination", "matchmaking", "progress"): 40.0,
        Move(2021, "small", "matchmaking", "dissemination", "no_partner"): 5.0,
        Move(2021, "small", "dissemination", "left", "not_ready"): 30.0,
        Move(2021, "large", "matchmaking", "application", "progress"): 10.0,
        Move(2022, "large", "matchmaking", "application", "progress"): 20.0,
        Move(2022, "large", "external_project", "innovation", "progress"): 4.0,
    }
    found = funnel.panel(RunData({}, moves=moves, years=(2021, 2022)), (2021, 2022))
    assert found.total("first_stages") == 15.0 + 15.0
    assert found.share("first_stages", "on") == 0.5
    assert found.moves["contacted"]["on"] == 50.0
    assert found.moves["matchmaking"] == {**dict.fromkeys(funnel.OUTCOMES, 0.0), "on": 15.0, "back": 2.5}
    assert found.innovations == 2.0
    assert found.share("pilot", "on") == 0.0


def test_shares_of_a_stage_sum_to_one(run_directory: Callable[..., Path]) -> None:
    run = read(run_directory())
    found = funnel.panel(run, run.windows()[0])
    for stage in funnel.STAGES:
        assert sum(found.share(stage, outcome) for outcome in funnel.OUTCOMES) == pytest.approx(1.0)


def test_texts_have_both_languages_and_the_same_gaps() -> None:
    for key, text in labels.catalogue("texts.csv").items():
        assert text["en"].strip() and text["da"].strip(), key
        assert sorted(_gaps(text["en"])) == sorted(_gaps(text["da"])), key


def _gaps(text: str) -> list[str]:
    return [part.split("}")[0] for part in text.split("{")[1:]]


def test_unknown_words_fall_back_to_their_id() -> None:
    assert labels.stage("application", "da") == "FoU-ansøgning"
    assert labels.stage("a stage of tomorrow", "da") == "a stage of tomorrow"
    assert labels.firm_class("micro", "en").startswith("Micro")
    assert labels.firm_class("giant", "en") == "giant"
