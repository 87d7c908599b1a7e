"""Steps 5 to 7: who answers, who comes back, what they learn, whom they meet."""

import numpy as np
import pytest

from klyngesim.ecosystem.by_organisation import Organisations, Plans, References
from klyngesim.ecosystem.processes.dissemination import Terms, return_rule
from klyngesim.ecosystem.processes.participation import gain_rule, share_rule
from klyngesim.ecosystem.processes.recruitment import answer_rule
from klyngesim.ecosystem.proposals import Proposals, ProposalTable, propose
from klyngesim.ecosystem.relations import Care, care
from klyngesim.population.strongholds import ID_BITS
from klyngesim.population.traits import Firms, FirmTraits, Living
from tests.rules.policies import baseline, close
from tests.rules.states import state


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


def cares(hours, live, unlimited=False):
    """Care of two organisations, each with two hours for a firm at the start; a share of 0.4 follows hours."""
    plans, organisations, reference = Plans(2, 2), Organisations(2, 2), References(2, 2)
    plans.hours[:, 1], organisations.live, reference.care = hours, np.array(live), 2.0
    terms = Care(share=0.4, most=2.0, unlimited=unlimited)
    return care(state(plans=plans, organisations=organisations, reference=reference), terms)


def test_care_follows_hours_per_known_firm():
    hours = [200.0, 900.0]  # per firm: 1 of the usual 2, and 9
    assert close(cares(hours, [200.0, 100.0]), [0.6 + 0.4 * 0.5, 0.6 + 0.4 * 2.0])
    assert close(cares(hours, [100.0, 0.0]), [1.0, 0.6 + 0.4 * 2.0])  # nobody known: as if one


def test_without_scarcity_of_hours_nobody_competes_for_care():
    assert close(cares([1.0, 1.0], [1e6, 1e6], unlimited=True), [1.0, 1.0])


def test_hours_that_a_firm_can_give_by_class():
    names = ("micro", "small", "medium", "large", "foreign")
    assert baseline().terms(Terms).hours.tolist() == [baseline().num(f"firms.hours_{name}") for name in names]


def test_share_of_international_seats():
    assert [share_rule(*seats) for seats in ((30, 10), (5, 0), (0, 0))] == [0.25, 0.0, 0.0]


FIRMS = np.array([100, 10, 0, 40])
FIRST_ROW = np.array([0, 100, 110, 110, 150])


def four_cells(*weights):
    """Proposals among four cells in which nobody enters or closes."""
    lives = np.zeros(150, dtype=np.int16), np.full(150, 100, dtype=np.int16)
    traits = FirmTraits(*[np.zeros(5)] * 4, 0.0, 0.0, np.zeros(4), 0.0, 0.0, 0)
    firms = Firms(FIRST_ROW, np.array([0, 1, 0, 1]), *lives, np.zeros(1, dtype=np.int64), traits)
    return Proposals(ProposalTable.build(np.array(weights)), firms, Living(0, FIRMS.copy(), np.ones(4), 1.0))


def test_proposals_follow_the_weights_of_cells():
    proposals = four_cells([3.0, 3.0, 0.0, 2.0], [5.0, 5.0, 0.0, 30.0])
    uniforms = (np.arange(4000) + 0.5) / 4000
    for organisation, expected in ((0, [0.375, 0.375, 0.0, 0.25]), (1, [0.125, 0.125, 0.0, 0.75])):
        kept, ident, row = propose(proposals, organisation, uniforms, uniforms[::-1].copy())
        cell = ident >> ID_BITS
        assert close(np.bincount(cell, minlength=4) / 4000, expected)
        assert kept.tolist() == list(range(4000))
        assert (row == FIRST_ROW[cell] + (ident & ((1 << ID_BITS) - 1))).all()
        assert (row < FIRST_ROW[cell + 1]).all()


def test_every_firm_of_a_cell_is_proposed_alike():
    uniforms = (np.arange(1500) + 0.5) / 1500
    _, ident, row = propose(four_cells([100.0, 10.0, 0.0, 40.0]), 0, np.full(1500, 0.1), uniforms)
    assert set((ident >> ID_BITS).tolist()) == {0}
    assert np.bincount(row).tolist() == [15] * 100


def test_closed_firms_and_thinned_cells_are_not_proposed():
    """Of the first cell firms 0 to 49 are closed and every second proposal is kept; the second cell is as it was."""
    proposals = four_cells([1.0, 1.0, 0.0, 0.0])
    proposals.firms.death[:50] = 0
    proposals.living.thinning[0] = 0.5
    uniforms = (np.arange(400) + 0.5) / 400
    kept, _, row = propose(proposals, 0, np.repeat([0.2, 0.7], 400), np.tile(uniforms, 2))
    assert np.bincount(row, minlength=110).tolist() == [0] * 50 + [2] * 50 + [40] * 10
    assert kept[100:].tolist() == list(range(400, 800))


def test_a_list_without_firms_proposes_nobody_when_its_cell_never_had_any():
    proposals = four_cells([0.0, 0.0, 0.0, 0.0])
    proposals.living.entered[0] = 0
    assert [len(each) for each in propose(proposals, 0, np.full(5, 0.5), np.full(5, 0.5))] == [0, 0, 0]
