"""The proofs at the end of a quarter find what is counted wrongly, and say which identity fails and where."""

import pytest

from klyngesim.ecosystem import quarter
from klyngesim.ecosystem.identities import prove
from klyngesim.ecosystem.ledger import BookkeepingError
from klyngesim.ecosystem.model import Ecosystem
from tests.bookkeeping.watched import scenario


def first_idea(world):
    """Row in relations of the first open idea."""
    return int(world.episodes.relation[0])


def joined_without_a_count(world):
    world.flows.members_joined[2] += 1.0


def a_membership_that_the_firm_does_not_hold(world):
    world.contacts.joined[world.relations.contact[world.members[0]]] -= 1


def a_membership_of_another_firm(world):
    contact = int(world.relations.contact[world.members[0]])
    world.contacts.joined[contact] -= 1
    world.contacts.joined[(contact + 1) % world.contacts.count] += 1


def an_idea_that_the_relation_does_not_know(world):
    world.relations.open_ideas[first_idea(world)] -= 1


def an_idea_of_another_relation(world):
    world.relations.open_ideas[first_idea(world)] -= 1
    world.relations.open_ideas[(first_idea(world) + 1) % world.relations.count] += 1


def too_much_trust(world):
    world.relations.trust[7] = 1.5


def no_number_for_trust(world):
    world.relations.trust[7] = float("nan")


def too_many_engagements(world):
    world.institutions.used[4] = 1e6


def too_many_hours(world):
    world.contacts.hours[world.relations.contact[world.attended[0]]] = 1e6


def dearer_activities(world):
    world.reference.unit_cost[3] *= 1.1


def activities_out_of_nothing(world):
    world.plan.activities[5, 0] += 3


FAULTS = {
    joined_without_a_count: r"quarter 3: members = previous \+ joined - left: .* counted, .* expected at 2",
    a_membership_that_the_firm_does_not_hold: "quarter 3: memberships held: .* at 0",
    a_membership_of_another_firm: r"quarter 3: memberships held by a firm: .* at \d+",
    an_idea_that_the_relation_does_not_know: r"quarter 3: open ideas of a relation: .* at \d+",
    an_idea_of_another_relation: r"quarter 3: open ideas of a relation: .* at \d+",
    too_much_trust: "quarter 3: trust: 1.5 is above the limit at 7",
    no_number_for_trust: "quarter 3: trust: nan is above the limit at 7",
    too_many_engagements: r"quarter 3: engagements of an institution's unit: 1e\+06 is above the limit at 4",
    too_many_hours: r"quarter 3: engagement hours: 1e\+06 is above the limit at 0",
    dearer_activities: "quarter 3: mkr used on own activity .* is above the limit at 3",
    activities_out_of_nothing: "quarter 3: activities rounded away or in: .* is above the limit at 5",
}


def planted(fault, monkeypatch):
    """Runs the last quarter of 2021 with a fault planted before its last step or, what that changes, after it."""
    model = Ecosystem(scenario(end="2022Q1", scale=0.002), 1)
    model.run_until(3)
    before = "membership" in fault.__name__
    step = quarter.decay_and_demography if before else prove
    monkeypatch.setattr(quarter, step.__name__, lambda world: (fault(world), step(world)))
    model.step()


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.__name__)
def test_a_fault_is_found_and_named(fault, monkeypatch):
    with pytest.raises(BookkeepingError, match=FAULTS[fault]):
        planted(fault, monkeypatch)


def test_an_idea_that_moved_without_a_count_is_found(monkeypatch):
    model = Ecosystem(scenario(end="2022Q1", scale=0.002), 1)
    model.step()
    close = model.world.tally.close

    def faulty(period, episodes):
        model.world.tally.moves.now[1, 2, 0, 4, 0] += 1
        close(period, episodes)

    monkeypatch.setattr(model.world.tally, "close", faulty)
    with pytest.raises(BookkeepingError, match=r"quarter 1: stage contacted holds .* in organisation 4, counted moves"):
        model.step()
