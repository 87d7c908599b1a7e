"""Institutions: relations with organisations, hours that money passed on pays, and whom firms meet and agree with."""

from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from klyngesim.ecosystem.by_organisation import Flows, Organisations, Plans, References
from klyngesim.ecosystem.ledger import PARTNERS, PASSED_ON, Ledger
from klyngesim.ecosystem.processes import partnerships, passed_on
from klyngesim.ecosystem.processes.belief_and_staff import contact_people
from klyngesim.ecosystem.processes.matchmaking import (
    UNLIMITED,
    Terms,
    find_partners,
    firm_rule,
    fitting,
    institution_rule,
    rooms,
)
from klyngesim.ecosystem.processes.meeting import Luck, Units, agreed
from klyngesim.ecosystem.processes.partnerships import (
    follow,
    lift_rule,
    room_lifts,
    strength_rule,
    usual_rule,
    work_rule,
)
from klyngesim.ecosystem.processes.passed_on import application_time, capacity, plan_time, time_rule
from klyngesim.ecosystem.processes.planning import contact_hours
from klyngesim.ecosystem.rows import NEVER, Contacts, Episodes, Relations, Ties
from klyngesim.ecosystem.ties import add
from klyngesim.population.institutions import INSTITUTION_TYPES, plan_institutions
from tests.rules.policies import baseline, close, values
from tests.rules.states import state

KINDS = len(INSTITUTION_TYPES)


@given(st.floats(0.0, 1.0), st.floats(0.0, 1.0))
def test_a_relation_rests_where_its_odds_are_the_joint_work(presence, pace):
    usual = usual_rule(presence)
    assert strength_rule(usual, presence, pace) == pytest.approx(usual)


def test_joint_work_builds_a_relation_and_without_it_it_fades():
    """From one half: at twice the work that keeps it, at that, and at none, a tenth of the way."""
    assert close([strength_rule(0.5, work, 0.1) for work in (2.0, 1.0, 0.0)], [0.55, 0.5, 0.45])
    strength = 0.5
    for _ in range(400):
        strength = strength_rule(strength, 3.0, 0.1)
    assert strength == pytest.approx(0.75)  # odds of three


def test_joint_work_is_made_of_activities_projects_and_brokering():
    assert work_rule(1.0, 1.0, 1.0, 0.3, 0.2) == pytest.approx(1.0)
    assert work_rule(2.0, 3.0, 5.0, 0.3, 0.2) == pytest.approx(0.5 * 2.0 + 0.3 * 3.0 + 0.2 * 5.0)
    assert work_rule(2.0, 3.0, 5.0, 1.5, 0.5) == pytest.approx(0.75 * 3.0 + 0.25 * 5.0)  # activities count for nothing


def test_presence_and_room_follow_relations_and_are_never_negative():
    assert close([lift_rule(0.3, 0.2, response) for response in (0.0, 0.5, 1.0)], [1.0, 1.25, 1.5])
    assert lift_rule(0.0, 0.2, 1.0) == 0.0
    assert lift_rule(0.3, 0.0, 1.0) == 1.0  # nothing to compare with


def together(**changed):
    """Two organisations as usual, whose relations rest at a presence of 0.5; ``changed`` is not as at the start."""
    organisations, reference, plans, flows = Organisations(2, 2), References(2, 2), Plans(2, 2), Flows(2, 2)
    organisations.presence = reference.presence = 0.5
    organisations.partnership = reference.partnership = usual_rule(0.5)
    reference.activities_quarter, reference.applications_quarter = np.array([6.0, 2.0, 1.0, 4.0]), 5.0
    reference.brokering, plans.brokering = 300.0, 300.0
    plans.activities, flows.projects_pilot, flows.applications = np.array([6, 2, 1, 4]), 4.0, 5.0
    tables = {"organisations": organisations, "reference": reference, "plans": plans, "flows": flows}
    for name, value in changed.items():
        table, column = name.split("__")
        getattr(tables[table], column)[0] = value
    terms = baseline().terms(partnerships.Terms)._replace(pace=0.3, projects=0.3, brokering=0.2)
    follow(state(**tables), terms)
    return organisations.partnership


def test_relations_stay_as_long_as_everything_is_as_at_the_start():
    assert close(together(), np.full((2, KINDS), 1 / 3))


@pytest.mark.parametrize(
    ("changed", "work"),
    [
        ({"plans__activities": [12, 4, 1, 4]}, 1.5),
        ({"flows__projects_pilot": 13.0}, 1.3),
        ({"flows__applications": 14.0}, 1.3),
        ({"plans__brokering": 600.0}, 1.2),
        ({"organisations__presence": 0.25}, 0.6),
    ],
)
def test_relations_follow_what_is_done_together(changed, work):
    """Half of it are activities, three tenths projects, a fifth hours of brokers; without it a third is 3 % less."""
    after = 1 / 3 + 0.3 * (0.5 * work * (2 / 3) - 1 / 3)
    assert close(together(**changed), [np.full(KINDS, after), np.full(KINDS, 1 / 3)])


def test_room_follows_the_relations_of_a_type_with_all_organisations():
    organisations, reference = Organisations(2, 2), References(2, 2)
    reference.partnership = 0.2
    organisations.partnership[:, 0], organisations.partnership[:, 1:] = [0.5, 0.1], 0.2
    found = room_lifts(state(organisations=organisations, reference=reference), 0.5)
    assert close(found, [1.25, *[1.0] * (KINDS - 1)])


def test_money_passed_on_pays_a_share_of_the_hours():
    """Half as much money; half as much for half as much work; four fifths; none of it matters; no work to do."""
    cases = ((0.5, 1.0, 0.4), (0.5, 0.5, 0.4), (1.0, 1.25, 0.5), (0.1, 1.0, 0.0), (0.5, 0.0, 0.4))
    assert close([time_rule(*case) for case in cases], [0.8, 1.0, 0.9, 1.0, 1.0])


def of_money(shift=0.0, written=10.0, pilots=10.0, price=1.25, money=2.0):
    """Hours for an activity, a pilot and an application in the first of two organisations, and room of units."""
    reference, plans, organisations = References(2, 2), Plans(2, 2), Organisations(2, 2)
    reference.passed_on, reference.written_quarter, reference.activities_quarter = 2.0, 10.0, [6.0, 2.0, 1.0, 10.0]
    plans.passed_on, plans.activities_expected = [0.0, 2.5], [6.0, 2.0, 1.0, pilots]
    ledger = Ledger(2, 1, np.zeros((2, 2, 3)))
    ledger.now.book[0].grant[:, PARTNERS, PASSED_ON] = [round(0.6e8 * money), round(0.4e8 * money)]
    organisations.written = written
    now = state(reference=reference, plans=plans, organisations=organisations, price=price, ledger=ledger)
    terms = passed_on.Terms(paid=0.5, depth_shift=np.full(2, shift))
    plan_time(now, 0, terms)
    names = {f"institutions__capacity_{name}": 20.0 for name in INSTITUTION_TYPES}
    names |= {f"institutions__relation_{name}": 0.0 for name in ("response", "pace", "projects", "brokering")}
    world = SimpleNamespace(
        state=now,
        policy=values(2, **names, depth__shift=0.0, institutions__paid_share=0.5),
        institutions=SimpleNamespace(plan=plan_institutions(np.array([1, 0, 2, 0, 0, 0]), np.ones(6, dtype=int))),
    )
    return [plans.visit_time[0], plans.pilot_time[0], application_time(now, 0, terms)], capacity(world)


def test_hours_of_institutions_follow_money_in_real_terms_and_what_they_are_for():
    """At prices a quarter higher two millions are 1.6; half of the hours are paid."""
    assert close(of_money()[0], [0.9, 0.9, 0.9])
    assert close(of_money(money=2.5)[0], [1.0, 1.0, 1.0])
    assert close(of_money(written=20.0)[0], [0.9, 0.9, 0.5 + 0.5 * 0.8 / 2.0])
    assert close(of_money(pilots=5.0)[0], [0.9, 0.5 + 0.5 * 0.8 * 2.0, 0.9])
    assert close(of_money(shift=0.25)[0], [0.5 + 0.5 * 0.8 * 0.75, *[0.5 + 0.5 * 0.8 * 1.25] * 2])


def test_less_money_passed_on_leaves_less_room_for_firms():
    """Of four millions 3.6 are passed on, in real terms: a tenth less, of which half is paid."""
    assert close(of_money()[1], [19.0] * 3)
    assert (of_money(money=0.5)[1] < of_money()[1]).all()


def test_contact_staff_are_there_as_often_as_others():
    """A fifth leave in a year and are followed after two quarters: ten of eleven posts are filled."""
    policy = values(2, split={"contact_staff.fte": [2.2, 0.0]}, staff__exit_year=0.2, staff__hiring_quarters=2.0)
    assert close(contact_people(policy), [2.0, 0.0])
    assert contact_hours(2.0, 1600.0) == 800.0


def test_a_chance_is_made_of_the_firm_and_of_what_institution_and_organisation_bring():
    firm = [firm_rule(0.5, readiness, trust, 0.4) for readiness, trust in ((1.0, 0.0), (0.8, 0.5))]
    assert close(firm, [0.5, 0.5 * 0.8 * 1.2])
    found = [institution_rule(*case) for case in ((1.0, 0.0, 0.0, 0.5, 1.0), (0.5, 0.25, 0.4, 0.5, 1.5))]
    assert close(found, [1.0, 0.5 * 0.75 * 1.2 * 1.5])


def units_of(counts, room=5):
    """Units of institutions of one unit each, with room for some firms."""
    plan = plan_institutions(np.array(counts), np.ones(KINDS, dtype=int))
    return Units(plan.unit_kind, plan.first_unit, np.full(plan.units, room))


def luck_of(meet, inside=0.5, old=1.0, old_agrees=1.0):
    """Uniforms of one idea."""
    return Luck(np.array(meet, dtype=float)[:, None], *(np.array([each]) for each in (inside, old, old_agrees)))


def test_an_idea_takes_the_clearest_of_those_that_agree():
    """It meets universities at 0.8 and agrees at 0.5, GTS at 0.5 and 1.0; nobody of the others comes."""
    units, presence, chances = units_of([1, 2, 1, 1, 1, 1]), np.array([0.8, 0.5, 0.0, 0.0, 0.0, 0.0]), np.ones(KINDS)
    chances[0] = 0.5
    rest = [0.0] * 4
    assert agreed(presence, chances, units, luck_of([0.39, 0.51, *rest]), 0) == 0
    assert agreed(presence, chances, units, luck_of([0.41, 0.49, *rest]), 0) == 2
    assert agreed(presence, chances, units, luck_of([0.3, 0.3, *rest]), 0) == 2  # 0.75 and 0.6 of their chances
    assert agreed(presence, chances, units, luck_of([0.1, 0.3, *rest], inside=0.4), 0) == 0
    assert agreed(presence, chances, units, luck_of([0.41, 0.51, *rest]), 0) == NEVER
    units.room[0] = 0
    assert agreed(presence, chances, units, luck_of([0.1, 0.3, *rest]), 0) == 2  # whoever has room comes first
    assert agreed(presence, chances, units, luck_of([0.1, 0.6, *rest]), 0) == 0


@settings(deadline=None)
@given(
    st.lists(st.floats(0.0, 1.0), min_size=KINDS, max_size=KINDS),
    st.lists(st.floats(0.0, 1.0), min_size=KINDS, max_size=KINDS),
    st.lists(st.floats(0.0, 1.0), min_size=KINDS, max_size=KINDS),
    st.lists(st.floats(0.0, 1.0, exclude_max=True), min_size=KINDS, max_size=KINDS),
)
def test_more_presence_never_takes_a_partner_away(presence, more, chances, meet):
    units, luck = units_of([2] * KINDS), luck_of(meet)
    few = agreed(np.array(presence), np.array(chances), units, luck, 0)
    many = agreed(np.minimum(1.0, np.array(presence) + more), np.array(chances), units, luck, 0)
    assert many != NEVER or few == NEVER


def test_a_firm_asks_its_old_partner_first_and_then_whoever_comes():
    """A tie with unit 1 of GTS; base, readiness, ease and skill make chances of 0.4 x ease."""
    ties, episodes, relations, contacts = Ties(1), Episodes(1), Relations(1), Contacts(1)
    organisations = Organisations(1, 1)
    add(ties, 1, key=7 * KINDS + 1, ident=7, unit=1, death=99, strength=0.5, origin=0, last=0)
    contacts.append(1, ident=7, mean=0.8)
    relations.append(1)
    episodes.append(1, ident=7)
    organisations.quality, organisations.presence = 1.0, np.array([0.5, 0.0, 0.0, 0.0, 0.0, 0.0])
    terms = (
        baseline()
        .terms(Terms)
        ._replace(
            base=0.5,
            ease=np.array([1.0, 0.5, 1.0, 1.0, 1.0, 1.0]),
            gap=np.zeros(KINDS),
            segmentation=np.zeros(1),
            old_partner=0.6,
        )
    )
    now = state(episodes=episodes, relations=relations, contacts=contacts, organisations=organisations)
    units, each = units_of([1] * KINDS), [0.19, *[0.0] * 5]
    assert close(fitting(now, terms), [terms.ease])
    for luck, unit in (
        (luck_of(each, old=0.59, old_agrees=0.19), 1),
        (luck_of(each, old=0.59, old_agrees=0.21), 0),
        (luck_of(each, old=0.61, old_agrees=0.19), 0),
        (luck_of([0.21, *each[1:]], old=0.61, old_agrees=0.19), NEVER),
    ):
        assert find_partners(now, ties.rows, np.array([0]), units, luck, terms).tolist() == [unit]


def test_units_have_room_for_what_is_left_of_the_year():
    capacity, used = np.array([2.9, 2.0, 2.0]), np.array([1.0, 2.0, 3.0])
    assert rooms(capacity, used, False).tolist() == [1, 0, 0]
    assert (rooms(capacity, used, True) == UNLIMITED).all()
