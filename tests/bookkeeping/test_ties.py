"""Ties join a living firm with a unit that exists, and ideas that have found a partner have one."""

import numpy as np
import pytest

from klyngesim.ecosystem.model import Ecosystem
from klyngesim.results.vocabulary import STAGE
from tests.bookkeeping.watched import scenario

PARTNERED = [STAGE[name] for name in ("matchmaking", "pilot", "application", "external_project")]


def model_after(quarters):
    """A small world after some quarters."""
    model = Ecosystem(scenario(end="2024Q4", scale=0.02), 1)
    for _ in range(quarters):
        model.step()
    return model


@pytest.mark.parametrize("quarters", [0, 1, 8])
def test_every_idea_with_a_partner_knows_which(quarters):
    # Inherited ideas too: a project's end strengthens the tie with this unit.
    episodes = model_after(quarters).world.episodes
    partnered = np.isin(episodes.stage, PARTNERED)
    assert partnered.any()
    without = int((episodes.unit[partnered] < 0).sum())
    assert not without, f"{without} of {int(partnered.sum())} ideas past matchmaking have no unit"


@pytest.mark.parametrize("quarters", [0, 1, 8, 16])
def test_every_tie_leads_to_a_unit(quarters):
    world = model_after(quarters).world
    ties, units = world.ties, world.institutions.plan.units
    wrong = int(((ties.unit < 0) | (ties.unit >= units)).sum())
    assert not wrong, f"{wrong} of {ties.count} ties lead to no unit"
    assert np.array_equal(ties.key, ties.ident * units + ties.unit)


@pytest.mark.parametrize("quarters", [1, 8, 16])
def test_no_closed_firm_has_a_tie(quarters):
    # A firm in its last quarter may still find a partner of its own; a quarter later nothing is left of it.
    world = model_after(quarters).world
    rows = np.array([world.register.row_of_id(int(ident)) for ident in np.unique(world.ties.ident)])
    assert world.register.alive(rows, world.period - 1).all()
