"""The drop-out table counts cohorts: who entered in 2021-2023, followed until the run ends."""

import numpy as np
import pytest

from klyngesim.calibration.dropout import dropout_table
from klyngesim.calibration.funnel_flows import TRANSITIONS, flows
from klyngesim.results.indicators import IDS, index
from klyngesim.results.records import CohortRows, FunnelRows, RunResult
from klyngesim.results.vocabulary import OUTCOME, STAGE

COHORTS = (
    # Inherited ideas and those of later years are no part of it.
    (2020, "matchmaking", "price", 500),
    (2024, "matchmaking", "price", 500),
    (2021, "contacted", "dissemination", 60),
    (2021, "contacted", "not_ready", 40),
    (2022, "dissemination", "matchmaking", 20),
    (2022, "dissemination", "no_partner", 39),
    (2022, "dissemination", "open", 1),
    (2021, "matchmaking", "pilot", 6),
    (2023, "matchmaking", "application", 4),
    (2023, "matchmaking", "price", 10),
    (2023, "matchmaking", "open", 5),
    (2022, "pilot", "matchmaking", 2),
    (2022, "pilot", "completed", 3),
    (2022, "pilot", "withdrew", 1),
    (2023, "application", "external_project", 1),
    (2023, "application", "matchmaking", 1),
    (2023, "application", "rejected", 2),
    (2023, "external_project", "innovation", 1),
)
"""Year of entry, stage, outcome and number of ideas."""


@pytest.fixture(scope="module")
def run():
    year, stage, outcome, count = zip(*COHORTS, strict=True)
    zero = np.zeros(len(year), dtype=np.int64)
    rows = CohortRows(
        np.array(year), zero, zero, np.array([STAGE[word] for word in stage]),
        np.array([OUTCOME[word] for word in outcome]), np.array(count),
    )  # fmt: skip
    values = np.zeros((28, 2, len(IDS)))
    values[:, 0, index("applications_submitted")], values[:, 0, index("applications_hidden")] = 1.0, 0.5
    nothing = FunnelRows(*[np.zeros(0, dtype=np.int64)] * 7)
    return RunResult("made-up", 1, 0, 0, ("a",), values, IDS, nothing, np.zeros((28, 1, 0)), (), 0, 0.0, {}, rows)


def test_every_transition_has_who_went_on_who_dropped_out_and_who_is_still_there(run):
    found = flows(run)
    names = [transition.id for transition in TRANSITIONS]
    counts = {
        name: tuple(int(part[place].sum()) for part in (found.on, found.out, found.open))
        for place, name in enumerate(names)
    }
    assert counts == {
        "contacted_to_dissemination": (60, 40, 0),
        "dissemination_to_matchmaking": (20, 39, 1),
        "contacted_to_matchmaking": (20, 79, 1),
        "matchmaking_to_depth": (10, 10, 5),
        "pilot_to_end": (5, 1, 0),
        "application_to_project": (2, 2, 0),
        "project_to_end": (1, 0, 0),
    }
    assert found.applied.sum() == 4
    # Of the report's three years only, though the run goes on.
    assert (found.applications.sum(), found.hidden.sum()) == (12.0, 6.0)


def test_the_table_says_how_many_entered_and_how_many_are_still_there(run):
    rows = dropout_table([flows(run)] * 2, [flows(run)] * 2, ("a",))
    (row,) = (one for one in rows if (one.transition, one.firm_class, one.organisation) == (
        "matchmaking_to_depth", "all", "all",
    ))  # fmt: skip
    assert (row.episodes, row.still_there, row.median) == (25.0, 0.2, 0.5)
    # Two of the four that applied are hidden: twelve of twenty would seem to have dropped out.
    assert row.as_registered == pytest.approx(12.5 / 21)
