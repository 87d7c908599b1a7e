"""Steps 5 to 7: who answers, who comes back, what they learn, whom they meet."""

from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from klyngesim.ecosystem.processes.dissemination import attendance, return_rule
from klyngesim.ecosystem.processes.matchmaking import choose_type, match_rule
from klyngesim.ecosystem.processes.participation import gain_rule, share_rule
from klyngesim.ecosystem.processes.recruitment import answer_rule
from klyngesim.ecosystem.proposals import ProposalTable
from klyngesim.ecosystem.relations import care_rule
from klyngesim.ecosystem.sorting import first_of_each
from tests.rules.policies import baseline, close, values


@pytest.mark.parametrize(
    ("readiness", "exporter", "regional", "attention", "chance"),
    [
        (1.0, 0.0, 0.0, 1.0, 0.6),
        (0.5, 0.0, 0.0, 1.0, 0.3),
        (0.5, 1.0, 0.0, 1.0, 0.45),  # exporters half as much again
        (0.5, 0.0, 1.0, 1.0, 0.24),  # a fifth lost by distance
        (0.5, 1.0, 1.0, 0.5, 0.18),
        (1.0, 1.0, 0.0, 2.0, 1.0),  # never above one
        (0.0, 1.0, 0.0, 1.0, 0.0),
        (1.0, 1.0, 1.0, 2.0, 1.0),  # 1.8 * 0.8
    ],
)
def test_answers(readiness, exporter, regional, attention, chance):
    assert close(answer_rule(readiness, exporter, regional, attention, 0.6, 1.5, 0.2), chance)


@pytest.mark.parametrize(
    ("trust", "loyalty", "attention", "chance"),
    [(0.0, 1.0, 1.0, 0.02), (0.5, 1.0, 1.0, 0.22), (0.5, 2.0, 0.5, 0.22), (1.0, 4.0, 1.0, 0.95), (1.0, 0.0, 1.0, 0.0)],
)
def test_returning(trust, loyalty, attention, chance):
    assert close(return_rule(trust, loyalty, attention, 0.02, 0.4), chance)


def test_gains_approach_one():
    assert close([gain_rule(level, 0.3) for level in (0.0, 0.5, 1.0)], [0.3, 0.65, 1.0])
    assert close(gain_rule(0.4, 0.0), 0.4)
    assert close(gain_rule(0.4, 1.0), 1.0)


@pytest.mark.parametrize(
    ("readiness", "trust", "ease", "gap", "broker", "chance"),
    [
        (1.0, 0.0, 1.0, 0.0, 1.0, 0.5),
        (0.8, 0.5, 0.5, 0.25, 1.75, 0.5 * 0.8 * 0.5 * 0.75 * 1.75 * 1.2),
        (1.0, 1.0, 1.0, 0.0, 5.0, 1.0),
        (1.0, 1.0, 1.0, 1.0, 5.0, 0.0),
    ],
)
def test_matching(readiness, trust, ease, gap, broker, chance):
    assert close(match_rule(readiness, trust, ease, gap, broker, 0.5, 0.4), chance)


def test_institution_types_are_met_in_proportion_to_presence():
    presence = np.array([[0.5, 0.0, 0.25, 0.25], [0.0, 0.0, 0.0, 0.0], [0.0, 0.2, 0.0, 0.0]])
    uniforms = np.array([0.0, 0.49, 0.5, 0.74, 0.75, 1.0 - 2.0**-53])
    first = choose_type(presence, np.zeros(6, dtype=int), uniforms)
    assert first.tolist() == [0, 0, 2, 2, 3, 3]
    assert choose_type(presence, np.full(6, 1), uniforms).tolist() == [-1] * 6  # nobody came
    assert choose_type(presence, np.full(6, 2), uniforms).tolist() == [1] * 6


def with_hours(hours, live, scarce="on", **policy):
    """A world of which only care is known."""
    return SimpleNamespace(
        count=2,
        policy=values(scarcity__hours=scarce, **policy),
        plan=SimpleNamespace(hours=np.array(hours)),
        organisations=SimpleNamespace(live=np.array(live)),
        reference=SimpleNamespace(care=np.array([2.0, 2.0])),
    )


def test_care_follows_hours_per_known_firm():
    hours = [[0.0, 200.0, 0.0], [0.0, 900.0, 0.0]]  # per firm: 1 of the usual 2, and 9
    world = with_hours(hours, [200.0, 100.0], retention__care_share=0.4, retention__care_most=2.0)
    assert close(care_rule(world), [0.6 + 0.4 * 0.5, 0.6 + 0.4 * 2.0])
    world = with_hours(hours, [100.0, 0.0], retention__care_share=0.4, retention__care_most=2.0)
    assert close(care_rule(world), [1.0, 0.6 + 0.4 * 2.0])  # nobody known: as if one


def test_without_scarcity_of_hours_nobody_competes_for_care():
    rare = [[0.0, 1.0, 1.0], [0.0, 1.0, 1.0]]
    many = [1e6, 1e6]
    world = with_hours(rare, many, "off", retention__care_share=0.4, retention__care_most=2.0)
    assert close(care_rule(world), [1.0, 1.0])


def test_hours_that_a_firm_can_give_by_class():
    names = ("micro", "small", "medium", "large", "foreign")
    assert attendance(baseline()).hours.tolist() == [baseline().num(f"firms.hours_{name}") for name in names]


def test_share_of_international_seats():
    assert [share_rule(*seats) for seats in ((30, 10), (5, 0), (0, 0))] == [0.25, 0.0, 0.0]


@settings(deadline=None)
@given(st.lists(st.integers(0, 8), max_size=30))
def test_first_of_each(keys):
    first = [place for place, key in enumerate(keys) if key not in keys[:place]]
    assert first_of_each(np.array(keys, dtype=np.int64)).tolist() == first


class FourCells:
    """A register of four cells in which nobody enters or closes."""

    def __init__(self):
        self.alive_at_start = np.array([100, 10, 0, 40])
        self.first_row = np.array([0, 100, 110, 110, 150])
        self.death = np.full(150, 100)
        self.plan = SimpleNamespace(size_class=np.array([0, 1, 0, 1]), firms=self.alive_at_start)

    def entered(self, period):
        return self.alive_at_start

    def thinning(self, period):
        return np.ones(4)


def test_proposals_follow_the_weights_of_cells():
    register = FourCells()
    table = ProposalTable.build(np.array([[3.0, 3.0, 0.0, 2.0], [5.0, 5.0, 0.0, 30.0]]))
    uniforms = (np.arange(4000) + 0.5) / 4000
    for organisation, expected in ((0, [0.375, 0.375, 0.0, 0.25]), (1, [0.125, 0.125, 0.0, 0.75])):
        cell, row, valid = table.propose(np.full(4000, organisation), uniforms, uniforms[::-1], register, 0)
        assert close(np.bincount(cell, minlength=4) / 4000, expected)
        assert valid.all()
        assert (register.first_row[cell] <= row).all()
        assert (row < register.first_row[cell + 1]).all()


def test_every_firm_of_a_cell_is_proposed_alike():
    table = ProposalTable.build(np.array([[100.0, 10.0, 0.0, 40.0]]))
    uniforms = (np.arange(1500) + 0.5) / 1500
    cell, row, _ = table.propose(np.zeros(1500, int), np.full(1500, 0.1), uniforms, FourCells(), 0)
    assert set(cell.tolist()) == {0}
    assert np.bincount(row).tolist() == [15] * 100
