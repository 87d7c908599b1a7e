"""Limits and costs that are worked out from the state: hours of firms, room at institutions, posts, measures."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from klyngesim.ecosystem.by_organisation import Organisations, Plans, References
from klyngesim.ecosystem.ledger import Ledger
from klyngesim.ecosystem.processes import belief_and_staff, solvency, spending
from klyngesim.ecosystem.processes.belief_and_staff import afford_posts, hire_rule
from klyngesim.ecosystem.processes.dissemination import Terms, answer_invitations
from klyngesim.ecosystem.processes.presence import Terms as PresenceTerms
from klyngesim.ecosystem.processes.presence import shares
from klyngesim.ecosystem.processes.spending import measure_costs
from klyngesim.ecosystem.rows import Contacts, Relations
from klyngesim.population.institutions import INSTITUTION_TYPES, plan_institutions
from klyngesim.streams import Decision, Streams
from tests.rules.policies import baseline, close, values
from tests.rules.states import state


def answers(used, year, invited, hours=16.0):
    """Who accepts in 2022Q1, and has time for a second seat, at 4 hours a seat, and the order of the invitations.

    Args:
        used: hours that each firm has used in some year.
        year: that year.
        invited: firm of each invitation.
        hours: that a firm of any class has a year.
    """
    contacts, relations, streams = Contacts(8), Relations(8), Streams(1)
    contacts.append(len(used), hours=np.array(used), year=np.array(year))
    relations.append(len(invited), contact=np.array(invited, dtype=np.int64), pair=np.arange(len(invited)))
    terms = baseline().terms(Terms)._replace(hours=np.full(5, hours), hours_per_seat=4.0)
    everybody = np.arange(len(invited))
    found = answer_invitations(state(4, streams, relations=relations, contacts=contacts), everybody, terms)
    return *found, streams.uniform(Decision.OFFER_ORDER, 4, everybody), streams.drawn - len(invited)


def test_a_firm_accepts_as_many_invitations_as_fit_in_its_own_order():
    """16 hours a year, 4 a seat: the first firm has used 8 this year, the second all of last year's."""
    accepts, spare, order, drawn = answers([8.0, 16.0], [1, 0], [0, 0, 0, 1, 1])
    first = np.ones(3, dtype=bool)
    first[order[:3].argmax()] = False
    assert accepts.tolist() == [*first, True, True]  # two fit, those first in its order; all fit
    assert spare.tolist() == [False, False, False, True, True]  # a second seat at both: 4 seats for 16 hours
    assert drawn == 3  # nobody else has to choose


@pytest.mark.parametrize(("used", "accepted", "second"), [(14.0, False, False), (9.0, True, False), (8.0, True, True)])
def test_one_invitation(used, accepted, second):
    accepts, spare, _, drawn = answers([used], [1], [0])
    assert (accepts.tolist(), spare.tolist(), drawn) == ([accepted], [second], 0)


def test_hours_that_were_cut_below_what_is_used_leave_no_room():
    assert not answers([12.0], [1], [0, 0, 0], hours=6.0)[0].any()


@settings(deadline=None)
@given(
    st.lists(st.tuples(st.floats(0.0, 16.0), st.integers(0, 1)), min_size=1, max_size=4).flatmap(
        lambda state: st.tuples(st.just(state), st.lists(st.integers(0, len(state) - 1), max_size=12))
    )
)
def test_nobody_promises_more_hours_than_are_left(case):
    """As many invitations as fit, never one more; two seats at each only when there is time for all of them."""
    state, invited = case
    accepts, spare, order, _ = answers([used for used, _ in state], [year for _, year in state], invited)
    for firm, (used, year) in enumerate(state):
        room = int((16.0 - (used if year == 1 else 0.0)) // 4.0)
        mine = np.array(invited, dtype=int) == firm
        assert accepts[mine].sum() == min(room, mine.sum())
        assert order[mine & accepts].max(initial=0.0) <= order[mine & ~accepts].min(initial=1.0)
        if accepts[mine].any():
            assert spare[mine].all() == spare[mine].any() == (2 * accepts[mine].sum() <= room)


def test_presence_follows_relation_incentive_outreach_support_and_paid_hours():
    """The first organisation has half its usual relation with GTS, and four times that with academies."""
    usual = {f"presence__{name}": 0.4 for name in INSTITUTION_TYPES}
    policy = values(
        2,
        **usual,
        researcher__incentive=0.5,
        researcher__incentive_effect=0.2,
        institutions__outreach=1.0,
        institutions__outreach_effect=0.5,
        institutions__relation_response=0.5,
        partner__support_response=0.4,
    )
    organisations, reference, plans = Organisations(2, 2), References(2, 2), Plans(2, 2)
    organisations.support_ratio, plans.visit_time = np.array([1.0, 0.75]), np.array([1.0, 0.5])
    reference.partnership = organisations.partnership = 0.2
    organisations.partnership[0] = [0.2, 0.1, 0.2, 0.8, 0.2, 0.2]
    first_unit = plan_institutions(np.array([1, 1, 1, 1, 0, 1]), np.ones(6, dtype=int)).first_unit
    now = state(organisations=organisations, reference=reference, plans=plans)
    found = shares(now, first_unit, policy.terms(PresenceTerms))
    # Universities gain 10 %, GTS lose a quarter, colleges and academies gain 50 %; there are no art schools.
    # A quarter less support is expected of the second organisation, a tenth fewer come, and half the hours are there.
    assert close(found, [[0.44, 0.3, 0.6, 1.0, 0.0, 0.4], [0.198, 0.18, 0.27, 0.27, 0.0, 0.18]])


def test_posts_follow_real_money():
    """Half of the UFS part and a quarter of the DEB part are passed on to partners."""
    organisations, reference, plans = Organisations(5, 5), References(5, 5), Plans(5, 5)
    organisations.external_year = np.array([10.0, 20.0, 0.0, 10.0, 0.0])
    organisations.funded = np.array([[1, 1], [0, 0], [1, 0], [1, 1], [0, 0]])
    organisations.open = np.array([True, True, True, False, True])
    organisations.own_use = np.array([0.0, 0.0, 0.625, 0.625, 0.0])
    reference.spent_share, reference.staff_posts, plans.grant_year = 0.5, 6.6, np.array([6.0, 8.0])
    terms = belief_and_staff.Terms(
        funder_share=np.array([0.6, 0.4]),
        partners=np.tile([0.5, 0.25], (5, 1)),
        front_loading=0.0,
        scarce=True,
        per_grant=2.0,
        per_external=0.3,
        least=2.0,
        contact_staff=np.ones(5),
        exit_year=0.2,
        exit_response=0.0,
        joining_response=0.0,
        hiring=2,
    )
    found = state(organisations=organisations, reference=reference, plans=plans, price=1.5)
    for index in range(5):
        afford_posts(found, index, terms)
    # 2 x (3 + 6) x 0.5 + 3 = 12 at prices half as high again; no grant; grant and 2.5 million own money a year, of
    # which 2 x (0.6 x 0.5 + 0.4 x 0.75) posts a million; closed; the least.
    assert plans.posts.tolist() == [8.0, 4.0, 8.0, 0.0, 2.0]
    assert organisations.contact_staff.tolist() == [1.0, 1.0, 1.0, 0.0, 1.0]
    for index in range(5):
        afford_posts(found, index, terms._replace(scarce=False))
    assert plans.posts.tolist() == [7.0, 7.0, 7.0, 0.0, 7.0]


@pytest.mark.parametrize(
    ("ratio", "response", "chance"),
    [(1.0, 0.5, 1.0), (0.5, 0.4, 0.8), (0.0, 0.0, 1.0), (2.0, 0.4, 1.0), (0.0, 1.0, 0.0)],
)
def test_hiring(ratio, response, chance):
    assert close(hire_rule(ratio, response), chance)


def measures(paid_extra):
    """Two organisations with a contact person each, the second closed; a national researcher incentive."""
    organisations, reference, ledger = Organisations(2, 2), References(2, 2), Ledger(2, 1, np.zeros((2, 2, 3)))
    organisations.open, reference.grant_share = np.array([True, False]), np.array([0.6, 0.4])
    organisations.contact_staff = 1.0
    terms = spending.Terms(
        account_share=np.ones((2, 2, 3)),
        absorption=1.0,
        start_year=1.0,
        lock_in=0.0,
        scarce=True,
        aim=solvency.Aim(np.zeros(2), 0.0),
        spend_down=0.0,
        quarters=8.0,
        contact_cost=0.8,
        level=np.array([0.5, 0.0, 0.0, 0.0, 0.0, 0.0]),
        full=np.full(6, 8.0),
        paid_extra=paid_extra,
    )
    start = state(organisations=organisations, ledger=ledger, reference=reference, price=1.25)
    found = [measure_costs(start, index, terms) for index in range(2)]
    return found, ledger.books.own_initiatives.tolist(), ledger.books.own_policy.tolist()


def test_measures_displace_activities_or_are_paid_for():
    """0.8 + 0.6 x 0.5 x 8 a year = 3.2 at a price level of 1.25: a million a quarter."""
    cost, income, paid = measures(paid_extra=False)
    assert close(cost, [1.0, 0.0])
    assert income == paid == [0, 0]
    cost, income, paid = measures(paid_extra=True)
    assert cost == [0.0, 0.0]
    assert income == paid == [100_000_000, 0]
