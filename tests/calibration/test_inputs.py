"""The inputs: the world at 2021Q1 holds every printed figure that the model is given, and a lost one would show."""

import csv
import re

import numpy as np
import pytest

from klyngesim.calibration.inputs import given, input_table, reproduced
from klyngesim.calibration.targets import read_targets
from klyngesim.ecosystem.build import build
from klyngesim.evidence.catalogue import facts_about
from klyngesim.posterior import shipped_file
from klyngesim.scenario.loading import load
from klyngesim.scenario.registryfile import DATA

INPUTS = tuple(target for target in read_targets() if target.role == "input")


def world(*settings):
    return build(load("baseline", ["period.end=2023Q4", "population.scale=0.05", *settings]), 1)


def test_every_input_is_reproduced():
    found = given(world())
    assert len(INPUTS) > 80
    assert [target.id for target in INPUTS if not reproduced(target, found[target.key])] == []


@pytest.mark.parametrize(
    ("setting", "lost"),
    [
        (
            "clusters.made.activities.total_2021_23=158.5",
            {"activities.made", "pilots.made", "pilot_firms.made", "seats.made"},
        ),
        ("clusters.dlsc.external.eu_2021_23_mkr=1", {"external.dlsc", "external_eu.all"}),
        ("clusters.energy.grant.spent_2021_23_mkr=42.91", {"grant.energy"}),
        ("clusters.sound.presence.university=0.751", {"university.sound"}),
        ("clusters.clean.recruitment.foreign_share=0.14", {"foreign.clean"}),
        ("clusters.made.seats.project_firms=3.5", {"pilot_firms.made"}),
        ("clusters.food.participants.total_2021_23=100", {"participants.food"}),
        ("clusters.food.members.total_2021_23=100", {"members.food"}),
        ("clusters.energy.participants.large_share=0.2", {"large.energy"}),
        ("clusters.wbdk.participants.export_share=0.2", {"export.wbdk"}),
        ("firms.exporter_odds_micro=1.5", {"export_others.energy"}),
    ],
)
def test_another_figure_is_not_the_printed_one(setting, lost):
    found = given(world(setting))
    wrong = {target.id for target in INPUTS if not reproduced(target, found[target.key])}
    assert lost <= wrong
    assert setting.startswith("firms.") or wrong == lost


LEVELS = {
    "participants.sum": "effects on reach and return are relative to their mean",
    "overlap.participants": "its other half is the printed number of unique participants",
    "members.sum": "effects on joining are relative to their mean; who is inherited is a share of it by assumption",
    "overlap.members": "its other half is the printed number of unique members",
    "large.named": "effects on sizes are relative to their mean",
    "medium.named": "effects on sizes are relative to their mean",
    "export.mean": "effects on exporters are relative to their mean",
    "spending.share": "the budget is what the share is of",
}
"""Figures of the whole programme that count, though figures by organisation that are built in add up to them."""


def figures_of(text):
    """Tables, facts and evidence items that an expression reads."""
    return {name for _, name in re.findall(r"(table|sum|total):(\w+)", text)} | set(re.findall(r"\b[EF]\d+", text))


def test_what_is_built_in_counts_nowhere():
    """Roles are exclusive: no figure that the world is given is fitted to, compared or counted."""
    built_in = given(world()).keys()
    counted = {target.key: target.id for target in read_targets() if target.counts}
    assert [counted[key] for key in counted.keys() & built_in] == []
    assert {target.key for target in INPUTS} <= built_in


def test_no_default_of_the_registry_is_a_figure_that_counts():
    """But for levels: the differences between organisations are built in, their mean is not."""
    with (DATA / "parameters.csv").open(encoding="utf-8", newline="") as opened:
        defaults = " ".join(row["default"] for row in csv.DictReader(opened))
    topics = ("large_firm_share", "medium_firm_share")
    used = figures_of(defaults) | {fact.id for topic in topics for fact in facts_about(topic)}
    with shipped_file("targets.csv").open(encoding="utf-8", newline="") as opened:
        rows = [row for row in csv.DictReader(opened) if row["role"] in ("calibration", "validation")]
    both = {row["id"] for row in rows if used & figures_of(" ".join(row[name] for name in ("observed", "low", "high")))}
    assert both - {"large.others"} == LEVELS.keys()
    assert all(row["cluster"] == "all" for row in rows if row["id"] in LEVELS)


def test_what_comes_out_of_runs_stands_beside_what_went_in():
    known = {target.id: target for target in read_targets()}
    targets = known["activities.made"], known["firms.three"]
    draws = np.array([[100.0, 5.0], [140.0, 5.0]])
    (row,) = input_table(targets, draws, world())
    assert (row.target, row.given, row.reproduced) == ("activities.made", pytest.approx(158.4), True)
    assert row.mean_over_given == pytest.approx(120.0 / 158.4) and row.median == 120.0
