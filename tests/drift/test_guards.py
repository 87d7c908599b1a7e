"""The guards of the untouched baseline to 2034 (model, Guards against drift)."""

import pytest
from checks.drift import guards, links_per_firm

from klyngesim.ecosystem.model import Ecosystem
from klyngesim.population.strongholds import LARGE, MEDIUM
from klyngesim.scenario.loading import load

GUARDS = (
    "return rate",
    "return rate level",
    "external income",
    "readiness_mean drift",
    "trust_mean drift",
    "spread 2021-2023",
    "spread lowest",
    "spread highest",
    "failures",
    "seats filled",
    "new per contact",
    "new below the pool",
    "ever below the pool",
    "joined over left",
    "members per participant",
)
LINKS = ("large", "medium")


def must_hold(found, name):
    guard = {guard.id: guard for guard in found}[name]
    assert guard.holds, f"{guard.guard}: {guard.value:.3f}, allowed {guard.low:.3f} to {guard.high:.3f}"


def links(seed):
    """Organisations that a large and a medium firm took part in over 2021-2023."""
    model = Ecosystem(load("baseline", ["period.end=2023Q4"]), seed)
    model.run()
    world = model.world
    plan = world.register.plan
    firms = {code: int(plan.firms[plan.size_class == code].sum()) for code in (MEDIUM, LARGE)}
    each = links_per_firm(world.contacts.size[world.relations.contact], world.relations.years, firms)
    return {"medium": each[MEDIUM], "large": each[LARGE]}


@pytest.fixture(scope="session")
def linked():
    """Links of one run; they hardly differ between seeds."""
    return links(1)


def test_every_guard_is_asked(baseline, linked):
    names = [guard.id for guard in guards(baseline, linked)]
    assert names == [*GUARDS, *(f"{name} firms' links" for name in LINKS)]


@pytest.mark.parametrize("name", GUARDS)
def test_guard_holds(baseline, name):
    must_hold(guards(baseline), name)


@pytest.mark.parametrize("name", LINKS)
def test_larger_firms_take_part_in_as_many_organisations_as_the_tables_imply(baseline, linked, name):
    must_hold(guards(baseline, linked), f"{name} firms' links")


@pytest.mark.slow
@pytest.mark.parametrize("name", GUARDS)
def test_guard_holds_over_many_seeds(many_baseline, name):
    must_hold(guards(many_baseline), name)
