"""Steps 13 and 14: what fades, firms that close, and ratios of the record."""

import math

import numpy as np
import pytest

from klyngesim.ecosystem import stages
from klyngesim.ecosystem.by_organisation import Organisations
from klyngesim.ecosystem.processes.decay_and_demography import (
    Terms,
    closing_ideas,
    closing_relations,
    fade_readiness,
    fade_trust,
    turnover,
)
from klyngesim.ecosystem.rows import Contacts, Episodes, Relations, Ties
from klyngesim.ecosystem.ties import fade
from klyngesim.ecosystem.totals import ratio_rule, with_total
from tests.rules.states import state

TERMS = Terms(trust_decay=0.1, tie_decay=0.5, readiness_decay=0.2, trust_floor=0.05, tie_floor=0.2)


def firms(*death):
    """Firms in contact by the first quarter in which they are closed."""
    contacts = Contacts(8)
    contacts.append(len(death), death=np.array(death), excess=0.5, mean=0.25, joined=np.arange(len(death)))
    return contacts


def test_trust_fades_by_care_and_ends_with_the_firm():
    """A tenth at the usual care, a twentieth at twice of it; the third is below the floor, the fourth firm closes."""
    contacts, relations, organisations = firms(9, 9, 9, 6), Relations(8), Organisations(2, 2)
    organisations.open, organisations.live = np.array([True, False]), 7.0
    relations.append(5, contact=[0, 1, 2, 3, 0], organisation=[0, 1, 0, 0, 0], trust=[0.5, 0.4, 0.055, 0.9, 0.0])
    now = state(5, relations=relations, contacts=contacts, organisations=organisations)
    live = fade_trust(now, np.arange(4), np.array([1.0, 2.0]), TERMS)
    assert live.tolist() == [0, 1]
    assert relations.trust.tolist() == pytest.approx([0.45, 0.38, 0.0, 0.0, 0.0])
    assert organisations.known.tolist() == [1.0, 1.0]
    assert organisations.social_capital.tolist() == relations.trust[:2].tolist()
    assert organisations.readiness.tolist() == [0.75, 0.75]
    assert organisations.live.tolist() == [1.0, 0.0]  # of a closed organisation none are counted


def test_weak_ties_and_those_of_firms_that_close_are_dropped_in_order():
    ties = Ties(8)
    ties.append(4, key=[3, 5, 8, 9], strength=[0.8, 0.3, 0.9, 0.4], death=[9, 9, 6, 7], origin=[0, 1, 2, -1])
    ties.use(fade(ties.rows, 0.5, 0.2, 5))
    assert ties.key.tolist() == [3, 9]
    assert (ties.strength.tolist(), ties.origin.tolist()) == ([0.4, 0.2], [0, -1])


def test_readiness_falls_back_towards_the_own_mean_while_memberships_are_counted():
    contacts = firms(9, 9, 9)
    assert fade_readiness(state(contacts=contacts), TERMS) == (3, 2)
    assert contacts.excess.tolist() == [0.4, 0.4, 0.4]


def test_firms_close_with_their_last_quarter():
    contacts, relations, episodes = firms(5, 6, 7), Relations(8), Episodes(8)
    relations.append(3, contact=[2, 1, 0])
    episodes.append(4, contact=[1, 1, 2, 0], stage=[stages.CONTACTED, stages.LEFT, stages.PILOT, stages.PILOT])
    now = state(5, contacts=contacts, relations=relations, episodes=episodes)
    assert closing_relations(now, np.arange(3)).tolist() == [1]
    assert closing_ideas(now).tolist() == [0]


@pytest.mark.parametrize(
    ("decay", "initial", "floor", "share"),
    [
        (0.0, 0.3, 0.1, 0.0),  # nothing fades
        (0.5, 0.3, 0.1, 1.0 / 2.0),  # 0.15, then 0.075
        (0.5, 0.8, 0.1, 1.0 / 4.0),  # 0.4, 0.2, 0.1 (still there), 0.05: lost in the fourth quarter
        (0.1, 0.11, 0.1, 1.0),  # gone at once
        (1.0, 1.0, 0.1, 1.0),
    ],
)
def test_turnover_of_ties(decay, initial, floor, share):
    assert turnover(decay, initial, floor) == share


def test_turnover_is_the_inverse_of_the_life_of_a_tie():
    for decay, initial in ((0.03, 0.3), (0.1, 0.5), (0.2, 0.9)):
        strength, life = initial, 0
        while strength >= 0.1:
            strength, life = strength * (1.0 - decay), life + 1
        assert turnover(decay, initial, 0.1) == pytest.approx(1.0 / life)


def test_ratios_of_nothing_are_not_numbers():
    assert ratio_rule(1.0, 2.0) == 0.5
    assert math.isnan(ratio_rule(0.0, 0.0)) and math.isnan(ratio_rule(3.0, -1.0))


def test_totals_are_appended():
    assert with_total(np.array([1.0, 2.0, 4.0])).tolist() == [1.0, 2.0, 4.0, 7.0]
