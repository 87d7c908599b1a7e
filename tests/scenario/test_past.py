"""Until when two scenarios are the same."""

import pytest

from klyngesim.scenario import periods
from klyngesim.scenario.loading import from_mapping, load, shipped
from klyngesim.scenario.schema import parting

END = ["period.end=2027Q4"]


def scenario(timeline=(), name="s", settings=(), **more):
    return from_mapping({"extends": "baseline", "timeline": list(timeline), **more}, name, [*END, *settings])


def lever(start, announced=None, cluster=None, **values):
    entry = {"from": start, "set": values or {"grant.budget_factor": 0.5}}
    entry |= {"announced": announced} if announced else {}
    return entry | ({"cluster": cluster} if cluster else {})


BASE = scenario(name="base")


def quarter(label):
    return periods.parse(label)


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        (BASE, scenario(name="another name"), "2028Q1"),
        (BASE, scenario([lever("2025Q1")]), "2025Q1"),
        (BASE, scenario([lever("2025Q1", "2024Q3")]), "2024Q3"),
        (BASE, scenario([lever("2025Q1", cluster="made", **{"grant.organisation_factor": 0.5})]), "2025Q1"),
        (scenario([lever("2023Q1")]), scenario([lever("2023Q1"), lever("2026Q2", "2026Q1")]), "2026Q1"),
        (scenario([lever("2023Q1")]), scenario([lever("2023Q1", **{"grant.budget_factor": 0.7})]), "2023Q1"),
        (scenario([lever("2023Q1", "2022Q1")]), scenario([lever("2023Q1", "2022Q3")]), "2022Q1"),
        (BASE, scenario(settings=["trust.gain=0.2"]), "2021Q1"),
        (BASE, scenario(settings=["population.scale=0.5"]), "2021Q1"),
        (BASE, load("baseline", ["period.end=2028Q4"]), "2021Q1"),
        (BASE, scenario(clusters={"made": {"recruitment.hours_per_contact": 1.5}}), "2021Q1"),
    ],
    ids=str,
)
def test_scenarios_part_when_the_first_difference_is_known(one, other, expected):
    assert parting(one, other) == parting(other, one) == quarter(expected)


def test_the_shipped_recommendations_part_from_the_baseline_when_they_are_announced():
    base = load("baseline")
    found = {name: parting(base, load(name)) for name in shipped() if name.startswith("r")}
    assert len(found) > 10
    assert set(found.values()) == {quarter("2024Q4")}
