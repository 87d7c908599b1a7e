"""Step 8: what is written becomes a joint application with the hours of brokers and institutions."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from klyngesim.ecosystem.by_organisation import Flows, Organisations, Plans, References
from klyngesim.ecosystem.processes.applications import Terms, broker_rule, joint_chances, joint_rule, write
from klyngesim.ecosystem.processes.passed_on import Terms as Time
from klyngesim.ecosystem.rows import Contacts, Episodes, Projects, Relations
from klyngesim.ecosystem.tally import Tally
from klyngesim.results.vocabulary import STAGE
from klyngesim.streams import Decision, Streams
from tests.rules.policies import baseline, close
from tests.rules.states import state


def test_the_brokers_ratio_holds_at_the_hours_of_the_start():
    """30 hours for each of ten applications; none; twice as many; for half the applications; 99 times."""
    cases = ((300.0, 10.0), (0.0, 10.0), (600.0, 10.0), (300.0, 5.0), (29700.0, 10.0))
    assert close([broker_rule(*case, 30.0, 1.75, 1.0) for case in cases], [1.75, 1.0, 2.0, 2.0, 2.485])
    assert close([broker_rule(*case, 30.0, 1.75, 0.0) for case in cases], [1.75, 1.0, 1.75, 1.75, 1.75])
    assert broker_rule(300.0, 10.0, 0.0, 1.75, 1.0) == 2.5  # where there were none at the start


@given(st.floats(1.0, 1e4), st.floats(0.1, 500.0), st.floats(1.0, 2.0), st.floats(0.1, 200.0), st.floats(0.0, 2.0))
def test_more_writing_never_gives_fewer_joint_applications(hours, slots, more, each, headroom):
    found = [n * broker_rule(hours, n, each, 1.75, headroom) for n in (slots, slots * more)]
    assert found[1] >= found[0] * (1.0 - 1e-12)


def test_joint_applications_take_hours_of_both_sides():
    cases = ((1.75, 1.0), (1.0, 1.0), (1.75, 0.5), (2.5, 1.2))
    assert close([joint_rule(0.4, *case) for case in cases], [0.7, 0.4, 0.35, 1.0])


def test_the_chance_of_an_organisation():
    """Ten are written, as at the start, with twice the hours of brokers and eight tenths of the money; or with none."""
    plans, reference, organisations = Plans(2, 2), References(2, 2), Organisations(2, 2)
    organisations.written = reference.written_quarter = 10.0
    plans.brokering, reference.brokering = [600.0, 0.0], 300.0
    plans.passed_on, reference.passed_on = [1.6, 0.0], 2.0
    terms = baseline().terms(Terms)._replace(base=0.4, broker=1.75, headroom=1.0, time=Time(0.5, np.zeros(2)))
    now = state(plans=plans, reference=reference, organisations=organisations)
    assert close(joint_chances(now, terms), [0.4 * 2.0 * 0.9, 0.4 * 0.5])


@pytest.mark.parametrize("planned", [0, 2, 9])
def test_what_does_not_become_a_joint_application_waits_and_the_first_ones_are_registered(planned):
    """Thirty ideas for thirty slots of one organisation."""
    number, tally, streams = 30, Tally(2, 8), Streams(4)
    each = np.arange(number)
    ideas, relations, contacts, projects = Episodes(number), Relations(number), Contacts(number), Projects(number)
    contacts.append(number)
    relations.append(number, open_ideas=1)
    ideas.append(number, number=each, contact=each, relation=each, stage=STAGE["matchmaking"], since=6, project=-1)
    plans, reference, flows, organisations = Plans(2, 2), References(2, 2), Flows(2, 2), Organisations(2, 2)
    plans.activities[:, 2], reference.written_quarter, organisations.written = planned, 2.0, 2.0
    terms = baseline().terms(Terms)._replace(base=0.5, seats=np.ones(2))
    tables = {"episodes": ideas, "relations": relations, "contacts": contacts, "projects": projects, "plans": plans}
    tables |= {"reference": reference, "flows": flows, "organisations": organisations}
    now = state(7, streams=streams, tally=tally, **tables)
    store = projects.reserve(number)
    projects.use(write(now, each, np.array([number, 0]), terms, store))
    slots = projects.number // 1024
    drawn = np.unique((streams.uniform(Decision.APPLICATION_SLOT, 7, each) * number).astype(int))
    lucky = drawn[streams.uniform(Decision.JOINT, 7, drawn) < 0.5]
    assert slots.tolist() == lucky.tolist()
    assert flows.applications[0] == len(lucky) > 2
    assert close(organisations.written, [2.0 + (len(drawn) - 2.0) / 4.0, 1.5])
    assert flows.applications_registered[0] == min(planned, len(lucky)) == (~projects.hidden).sum()
    gone = ideas.stage == STAGE["application"]
    assert gone.sum() == projects.firms.sum() == len(lucky)
    assert (ideas.since[~gone] == 6).all() and (ideas.project[~gone] == -1).all()
