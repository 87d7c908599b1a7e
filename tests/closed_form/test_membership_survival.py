"""Members leave on the anniversaries of their joining only, and survival is the product of the renewal chances.

With trust without effect that product is geometric: first-year renewal times renewal to the power of the years after.
With an effect, trust is what the meeting gave less decay, which is worked out here as well. Firms that close within
the window are left out.
"""

import numpy as np
import pytest

from tests.closed_form.isolated import BOUND, Flow, alike, model

QUARTERS, YEARS = 24, 4
FLAT = {
    "membership.renewal": 0.8,
    "membership.renewal_first_year": 0.65,
    "membership.renewal_trust": 0.0,
    "membership.usual_trust": 0.3,
    "membership.support_response": 0.0,
    "membership.activity_noticed": 0.0,
    "trust.gain": 0.6,
    "trust.decay_quarter": 0.02,
    "trust.floor": 0.01,
}
STEEP = {**FLAT, "membership.renewal_trust": 0.4}
CASES = pytest.mark.parametrize("values", [FLAT, STEEP], ids=["trust without effect", "trust with effect"])
MOVED = ("membership.renewal", "membership.renewal_first_year", "trust.gain")


def renewal(values, first_year, trust):
    """Chance of renewing at some trust, shape of ``trust``."""
    base = np.where(first_year, values["membership.renewal_first_year"], values["membership.renewal"])
    chance = base + values["membership.renewal_trust"] * (trust - values["membership.usual_trust"])
    return np.clip(chance, 0.0, 0.99)


def faded(values, trust, quarters):
    """Trust after some quarters of decay, 0 below the floor."""
    left = trust * (1.0 - values["trust.decay_quarter"]) ** quarters
    return np.where(left >= values["trust.floor"], left, 0.0)


def joiners(values):
    """(joined, still members after each number of quarters) of all firms that joined early enough, one run."""
    settings = {**alike(0.7, 0.8, 0.1), **values, "recruitment.hours_per_contact": 1, "membership.join_trust": 0.5}
    run = model(settings, QUARTERS, seed=3)
    relations, left = run.world.relations, np.zeros(4 * YEARS + 1)
    cohorts = []
    for period in range(QUARTERS):
        run.step()
        lives = run.world.contacts.death[relations.contact] > QUARTERS
        if period < QUARTERS - 4 * YEARS:
            cohorts.append(np.flatnonzero(relations.member & (relations.since == period) & lives))
        for at, rows in enumerate(cohorts):
            if period - at <= 4 * YEARS:
                left[period - at] += np.count_nonzero(relations.member[rows] & (relations.since[rows] == at))
    return left[0], left


@pytest.fixture(scope="module")
def followed():
    """`joiners` by case."""
    return {id(values): joiners(values) for values in (FLAT, STEEP)}


def survival(values, years):
    """Expected share of members left after a number of anniversaries."""
    chances = [
        renewal(values, year == 1, faded(values, values["trust.gain"], 4 * year)) for year in range(1, years + 1)
    ]
    return float(np.prod(chances))


def test_flat_survival_is_geometric():
    first, later = FLAT["membership.renewal_first_year"], FLAT["membership.renewal"]
    for years in range(1, YEARS + 1):
        assert survival(FLAT, years) == pytest.approx(first * later ** (years - 1), rel=1e-14)


@CASES
def test_members_leave_on_anniversaries_only(followed, values):
    _, left = followed[id(values)]
    for year in range(YEARS):
        assert (left[4 * year : 4 * year + 4] == left[4 * year]).all()
        assert left[4 * year + 4] < left[4 * year]


@CASES
@pytest.mark.parametrize("years", range(1, YEARS + 1))
def test_joiners_survive_as_the_renewals_say(followed, values, years):
    joined, left = followed[id(values)]
    flow = Flow(left[4 * years], ((joined, survival(values, years)),))
    assert abs(flow.z) < BOUND, flow.words(f"{years} years after joining")


@pytest.mark.parametrize("factor", [0.9, 1.1])
@pytest.mark.parametrize("parameter", MOVED)
def test_a_tenth_more_or_less_is_noticed_among_joiners(followed, parameter, factor):
    joined, left = followed[id(STEEP)]
    wrong = {**STEEP, parameter: factor * STEEP[parameter]}
    flows = [Flow(left[4 * years], ((joined, survival(wrong, years)),)) for years in range(1, YEARS + 1)]
    assert max(abs(flow.z) for flow in flows) > BOUND


def inherited(values, seed):
    """(quarter of joining, trust at 2021Q1, still a member at the end) of members at 2021Q1; nobody joins later."""
    settings = {**values, "effort.recruit": 0.0, "initial.longest_membership": 12}
    run = model(settings, QUARTERS, scale=0.3, seed=seed)
    relations = run.world.relations
    rows = np.flatnonzero(relations.member & (run.world.contacts.death[relations.contact] > QUARTERS))
    since, trust = relations.since[rows].copy(), relations.trust[rows].copy()
    while run.running:
        run.step()
    return since, trust, relations.member[rows].copy()


def stays(values, since, trust):
    """Chance of each inherited member to be one still after `QUARTERS` quarters, shape of ``since``."""
    chance = np.ones(len(since))
    for period in range(QUARTERS):
        due = (period - since) % 4 == 0
        once = renewal(values, period - since <= 4, faded(values, trust, period))
        chance *= np.where(due, once, 1.0)
    return chance


@CASES
def test_inherited_members_survive_as_their_renewals_say(values):
    since, trust, member = inherited(values, seed=4)
    right = stays(values, since, trust)
    flow = Flow(member.sum(), tuple((1, chance) for chance in right))
    assert abs(flow.z) < BOUND, flow.words("inherited members")
    for factor in (0.9, 1.1):
        wrong = {**values, "membership.renewal": factor * values["membership.renewal"]}
        shifted = Flow(member.sum(), tuple((1, chance) for chance in stays(wrong, since, trust)))
        assert abs(shifted.z) > BOUND, shifted.words(f"renewal x {factor}")
