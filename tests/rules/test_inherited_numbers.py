"""What 2021Q1 begins with, with every length, price and share at a value of its own."""

import numpy as np

from klyngesim.ecosystem.by_organisation import References
from klyngesim.ecosystem.inherited_numbers import inherited_ideas, inherited_projects, list_fees, trust_rule
from klyngesim.ecosystem.initial import spending_rate
from klyngesim.ecosystem.processes.external_income import mean_length
from tests.rules.policies import close, values

REFERENCE = References(2, 2)
REFERENCE.activities_quarter = np.array([[9.0, 5.0, 7.0, 2.0], [9.0, 5.0, 7.0, 0.0]])
REFERENCE.applications_quarter, REFERENCE.eu_share = np.array([3.0, 10.0]), np.array([0.25, 1.0])
REFERENCE.seats_quarter = np.array([40.0, 60.0])


def policy(**change):
    usual = {
        "pilot.length_quarters": 5.0,
        "application.decision_quarters": 2.0,
        "calls.fixed_success_national": 0.3,
        "calls.fixed_success_eu": 0.1,
        "external.length_low_quarters": 12.0,
        "external.length_high_quarters": 18.0,
        "initial.project_fill": 0.5,
        "seats.project_firms": 6.0,
        "seats.application_firms": 4.0,
        "initial.matched_per_seat": 0.05,
        "initial.ideas_per_seat": 0.2,
    }
    return values(**{**usual, **change})


def test_projects_on_their_way():
    """Four quarters of 2 pilots; two of applications; 25 % and 10 % of them granted, fourteen quarters running."""
    assert mean_length(policy()) == 15.0
    pilots, pending, external = inherited_projects(policy(), REFERENCE)
    assert close(pilots, [8.0, 0.0])
    assert close(pending, [6.0, 20.0])
    assert close(external, [3.0 * 0.25 * 14.0, 10.0 * 0.1 * 14.0])


def test_ideas_on_their_way():
    """Half of six firms in a pilot, of four in an application or external project; and by seats."""
    found = inherited_ideas(policy(), REFERENCE)
    assert close(found, [[24.0, 12.0, 21.0, 2.0, 8.0], [0.0, 40.0, 28.0, 3.0, 12.0]])
    least = inherited_ideas(policy(initial__project_fill=0.01), REFERENCE)  # a firm each at least
    assert close(least[0, :3], [8.0, 6.0, 10.5])


def test_fees_of_a_quarter():
    assert close(list_fees(np.array([4_000_000.0, 20_000.0])), [1.0, 0.005])


def test_trust_fades_from_the_level_after_meetings():
    found = trust_rule(np.array([0.0, 0.5, 1.0]), 0.1, 0.7, 2.0)
    assert close(found, [0.1, 0.1 + 0.3 / 2.0, 0.7])
    assert trust_rule(np.array([0.9]), 0.4, 0.3, 2.0).tolist() == [0.4]  # nobody is below the floor


def test_spending_before_2021_by_funder_and_account():
    shares = np.array([[[0.5, 0.4, 0.1], [0.25, 0.65, 0.1]]])
    assert close(spending_rate(shares, np.array([8.0]), 0.75), [[[3.0, 2.4, 0.6], [0.5, 1.3, 0.2]]])
