"""Observables of a small run against counts made by hand, and the null model docked on the agents."""

import numpy as np
import pytest

from klyngesim.calibration.catalogue import OBSERVABLES
from klyngesim.calibration.null_model import by_chance, null_observables
from klyngesim.calibration.observables import observe, own_pairs
from klyngesim.ecosystem.model import Ecosystem
from klyngesim.population.strongholds import ABROAD, LARGE, MICRO
from klyngesim.results.indicators import index
from klyngesim.scenario.loading import load, read_template


@pytest.fixture(scope="module")
def observed():
    model = Ecosystem(load("baseline", ["population.scale=0.05", "period.end=2023Q4"]), 1)
    model.run()
    return model, observe(model)


def test_every_observable_of_the_catalogue_is_worked_out(observed):
    _, found = observed
    assert {name for name, _ in found} == set(OBSERVABLES)


def test_participants_are_firms_and_institutions_ever_seen(observed):
    model, found = observed
    world = model.world
    for place, name in enumerate(world.organisations.ids):
        mine = world.relations.organisation == place
        firms = np.count_nonzero(mine & (world.relations.years > 0))
        # Institutions are counted at the end of a year, after the cumulative figure of its last quarter is taken.
        assert found["participants", name] == firms + world.institutions.seen[place].sum()


def test_figures_count_danish_firms_only(observed):
    model, found = observed
    relations, sizes = model.world.relations, model.world.contacts.size
    mine = (relations.organisation == 0) & (relations.years > 0) & (relations.role != ABROAD)
    large = sizes[relations.contact[mine]] == LARGE
    assert found["large_firm_share", model.world.organisations.ids[0]] == pytest.approx(large.mean())


def test_table_4_describes_those_whom_the_register_finds():
    """With no micro firm found the median is that of larger ones; with all found it is that of everybody."""
    medians, export = {}, {}
    for ratio in (0, 0.5, 1):
        case = load("baseline", ["population.scale=0.05", "period.end=2023Q4", f"register.match_micro={ratio}"])
        model = Ecosystem(case, 1)
        model.run()
        found, world = observe(model), model.world
        medians[ratio], export[ratio] = found["own_median_employees", "food"], found["own_export_share", "food"]
    pairs = own_pairs(world, 0)
    pairs = pairs[world.relations.organisation[pairs] == world.organisations.ids.index("food")]
    contact = world.relations.contact[pairs]
    employees = np.sort(world.register.employees(world.contacts.row[contact]))
    exporter, larger = world.contacts.exporter[contact], world.contacts.size[contact] != MICRO
    assert medians[1] == employees[(len(employees) - 1) // 2]
    grown = employees[employees >= 10]
    assert medians[0] == grown[(len(grown) - 1) // 2]
    assert medians[1] <= medians[0.5] <= medians[0] and medians[1] < medians[0]
    assert export[0] == pytest.approx(exporter[larger].mean()) and export[1] == pytest.approx(exporter.mean())
    weight = np.where(larger, 1.0, 0.5)
    assert export[0.5] == pytest.approx((weight * exporter).sum() / weight.sum())


def test_the_null_model_spends_less_in_the_start_up_year():
    template = read_template("baseline", ["period.end=2023Q4"])
    share = ("grant_spent_share", "all")
    slow, usual = (
        null_observables(template.at({"spending.start_year": pace, "spending.absorption": 0.8}))[share]
        for pace in (0.6, 1.0)
    )
    assert usual == pytest.approx(3 * 0.8 / 4) and slow == pytest.approx(2.6 * 0.8 / 4)


def test_members_ever_are_those_of_the_start_and_those_who_joined(observed):
    model, found = observed
    start = Ecosystem(model.scenario, 1).world
    held = start.per_organisation(start.relations.organisation[start.relations.member])
    joined = model.indicators[:, :-1, index("members_joined")].sum(axis=0)
    ever = np.array([found["members", name] for name in model.world.organisations.ids])
    ever = np.rint(ever * model.world.policy.num("members.firm_share"))
    # Who comes back after leaving is one member, so that starts and joinings are an upper bound.
    assert (ever <= held + joined).all() and (ever >= held).all()


def test_too_early_or_too_late_is_refused():
    model = Ecosystem(load("baseline", ["population.scale=0.01", "period.end=2024Q4"]), 1)
    with pytest.raises(ValueError, match="2023Q4"):
        observe(model)


def test_firms_shared_by_chance():
    pairs = np.array([[50.0], [50.0]])
    assert by_chance(pairs, np.array([100.0])) == pytest.approx([75.0])
    assert by_chance(pairs, np.array([1e9])) == pytest.approx([100.0])


def test_the_null_model_agrees_with_the_agents_where_means_are_enough():
    """Docking: firms alike, no skew, seats that bind nobody; then both count the same participants and members."""
    alike = {
        "firms.readiness_spread": 0.0,
        "firms.exporter_bonus": 0.0,
        "recruitment.exporter_ratio": 1.0,
        "scarcity.seats": "off",
        "attendance.return_trust": 0.0,
        "attendance.return_base": 0.1,
        "membership.join_trust": 0.0,
        "membership.join_base": 0.05,
        "membership.again_ratio": 1.0,
        "organisation.year_spread": 0.0,
    }
    scenario = read_template("baseline", ["period.end=2023Q4"]).at(alike)
    model = Ecosystem(scenario, 3)
    model.run()
    agents, means = observe(model), null_observables(scenario)
    for what, allowed in (("participants", 0.10), ("members", 0.10)):
        names = model.world.organisations.ids
        ratio = sum(means[what, name] for name in names) / sum(agents[what, name] for name in names)
        assert ratio == pytest.approx(1.0, abs=allowed), what
