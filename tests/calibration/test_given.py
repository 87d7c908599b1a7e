"""The inputs: the world at 2021Q1 holds every printed figure that the model is given, and a lost one would show."""

import numpy as np
import pytest

from klyngesim.calibration.given import given, input_table, reproduced
from klyngesim.calibration.targets import read_targets
from klyngesim.ecosystem.build import build
from klyngesim.scenario.loading import load

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
        ("clusters.made.activities.total_2021_23=158.5", {"activities.made", "pilots.made", "seats.made"}),
        ("clusters.dlsc.external.eu_2021_23_mkr=1", {"external.dlsc", "external_eu.all"}),
        ("clusters.energy.grant.spent_2021_23_mkr=42.91", {"grant.energy"}),
        ("clusters.sound.presence.university=0.751", {"university.sound"}),
        ("clusters.clean.recruitment.foreign_share=0.14", {"foreign.clean"}),
        ("firms.exporter_odds_micro=1.5", {"export_others.energy"}),
    ],
)
def test_another_figure_is_not_the_printed_one(setting, lost):
    found = given(world(setting))
    wrong = {target.id for target in INPUTS if not reproduced(target, found[target.key])}
    assert lost <= wrong
    assert setting.startswith("firms.") or wrong == lost


def test_what_comes_out_of_runs_stands_beside_what_went_in():
    known = {target.id: target for target in read_targets()}
    targets = known["activities.made"], known["firms.three"]
    draws = np.array([[100.0, 5.0], [140.0, 5.0]])
    (row,) = input_table(targets, draws, world())
    assert (row.target, row.given, row.reproduced) == ("activities.made", pytest.approx(158.4), True)
    assert row.mean_over_given == pytest.approx(120.0 / 158.4) and row.median == 120.0
