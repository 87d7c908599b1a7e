"""Pairs of runs that part in one quarter by one lever: what differs in that quarter is the lever's own doing."""

from klyngesim.ecosystem.model import Ecosystem
from klyngesim.scenario import periods
from klyngesim.scenario.loading import from_mapping

AT = 5
"""The quarter in which the pair parts: everything before is the same to the last bit."""


def world(values=None, parameters=None, at=AT, quarters=1, seed=1):
    """The state after ``quarters`` quarters under a lever that takes effect in quarter ``at`` (none: no lever)."""
    lever = [{"from": periods.label(at), "set": values}] if values else []
    scenario = from_mapping(
        {
            "extends": "baseline",
            "period": {"start": "2021Q1", "end": periods.label(at + quarters)},
            "population": {"scale": 0.05},
            "parameters": parameters or {},
            "timeline": lever,
        },
        "direction",
    )
    model = Ecosystem(scenario, seed)
    for _ in range(at + quarters):
        model.step()
    return model.world


def pairs_of(world, rows):
    """(firm, organisation) of relations."""
    firms = world.contacts.ident[world.relations.contact[rows]]
    return set(zip(firms.tolist(), world.relations.organisation[rows].tolist(), strict=True))
