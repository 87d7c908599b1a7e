"""Models are freed when nobody holds them, also after their agents were looked at."""

import gc
import weakref

from klyngesim.ecosystem import model as models
from klyngesim.ecosystem.agents import SME, ClusterOrganisation
from klyngesim.runs.simulation import run_once
from klyngesim.scenario.loading import load
from tests.agents.worlds import make


def visited(quarters):
    """A reference to a model that was run, looked at in every way, and let go."""
    model = make(quarters)
    made = model.organisation("made")
    assert len(model.agents_by_type[SME]) > 0
    assert model.agents_by_type[SME].agg("employees", sum) > 0
    assert max(firm.readiness for firm in made.members) > 0
    assert all(made == one or len(one.staff) for one in model.agents_by_type[ClusterOrganisation])
    return weakref.ref(model)


def test_no_model_stays_alive():
    left = [visited(1) for _ in range(10)]
    gc.collect()
    assert [reference() for reference in left] == [None] * 10


def test_a_kept_view_keeps_its_model():
    model = make()
    reference, firm = weakref.ref(model), model.firms[0]
    del model
    gc.collect()
    assert reference() is firm.model
    del firm
    gc.collect()
    assert reference() is None


def test_the_worlds_of_runs_are_freed_without_the_garbage_collector(monkeypatch):
    """It comes when enough objects have gathered, too late for thousands of runs in one process."""
    worlds, build = [], models.build

    def noted(*given):
        world = build(*given)
        worlds.append(weakref.ref(world))
        return world

    monkeypatch.setattr(models, "build", noted)
    scenario = load("baseline", ["population.scale=0.005", "period.end=2021Q2"])
    gc.disable()
    try:
        for seed in range(3):
            run_once(scenario, seed)
        assert [reference() for reference in worlds] == [None] * 3
    finally:
        gc.enable()
