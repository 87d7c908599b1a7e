"""Runs a scenario quarter by quarter and looks into the state after each of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from klyngesim.ecosystem.model import Ecosystem
from klyngesim.population.strongholds import FOREIGN
from klyngesim.results.records import RunResult
from klyngesim.results.vocabulary import FIRM_CLASSES, STAGE
from klyngesim.scenario.loading import from_mapping
from klyngesim.scenario.schema import Scenario
from tests.bookkeeping import identities
from tests.bookkeeping.own_activity import OwnActivity

ORGANISATIONS = (
    "energy", "clean", "food", "lifestyle", "wbdk", "digitallead", "dlsc",
    "censec", "fintech", "made", "vision", "robotics", "sound",
)  # fmt: skip


def scenario(
    parameters: dict[str, Any] | None = None,
    end: str = "2023Q4",
    scale: float = 0.005,
    timeline: list[dict[str, Any]] | None = None,
    clusters: dict[str, dict[str, Any]] | None = None,
    disable: tuple[str, ...] = (),
) -> Scenario:
    """A small scenario that differs from the defaults as told."""
    return from_mapping(
        {
            "name": "watched",
            "period": {"start": "2021Q1", "end": end},
            "population": {"scale": scale},
            "parameters": parameters or {},
            "mechanisms": {"disable": list(disable)},
            "clusters": clusters or {},
            "timeline": timeline or [],
        }
    )


@dataclass(frozen=True)
class Opening:
    """What stands in the books before the first quarter."""

    credit: np.ndarray
    withheld: np.ndarray
    members: np.ndarray
    episodes: np.ndarray


def opening(world: Any) -> Opening:
    """Reads the state at 2021Q1 from the tables themselves."""
    relations, episodes = world.relations, world.episodes
    stock = np.zeros((world.count, len(FIRM_CLASSES), len(STAGE)), dtype=np.int64)
    np.add.at(stock, (episodes.organisation, episodes.size, episodes.stage), 1)
    return Opening(
        # Before the first quarter nothing is used: own money out is what was claimed too little plus what is withheld.
        credit=world.ledger.pot - world.ledger.claimed,
        withheld=world.ledger.pot.copy(),
        members=np.bincount(relations.organisation[relations.member], minlength=world.count).astype(float),
        episodes=stock,
    )


def watch(case: Scenario, seed: int = 1) -> tuple[RunResult, Ecosystem]:
    """Runs a scenario to its end, checking the state every quarter and the identities of the whole run."""
    model = Ecosystem(case, seed)
    start = opening(model.world)
    state(model, before_first=True)
    account = OwnActivity(model.world.count)
    while model.period < model.world.periods:
        model.step()
        state(model)
        account.quarter(model.world)
    result = model.run()
    closing = opening(model.world).episodes
    identities.award(result)
    identities.own_money_out(result, start.credit)
    identities.withheld(result, start.withheld)
    identities.own_cash(result)
    identities.outside_money(result)
    identities.money_shown(result)
    identities.funnel(result, start.episodes, closing)
    identities.cohorts(result, start.episodes, closing)
    identities.members(result, start.members)
    identities.defined(result)
    identities.parts_of_wholes(result)
    firms(model)
    return result, model


def state(model: Ecosystem, before_first: bool = False) -> None:
    """What must hold of the tables between two quarters."""
    world = model.world
    period = world.period if before_first else world.period - 1
    relations, contacts, episodes = world.relations, world.contacts, world.episodes
    projects, ties, register = world.projects, world.ties, world.register
    # Levels.
    for name, values in (("trust", relations.trust), ("strength", ties.strength), ("readiness mean", contacts.mean)):
        assert ((values >= 0.0) & (values <= 1.0)).all(), f"{name} outside 0-1"
    level = contacts.mean + contacts.excess
    assert ((contacts.excess >= -1e-12) & (level <= 1.0 + 1e-12)).all(), "readiness outside 0-1 or below the own mean"
    # A pair is one relation, a firm one contact, a tie one key.
    pairs = relations.contact * world.count + relations.organisation
    assert len(np.unique(pairs)) == relations.count, "a pair has two relations"
    assert np.array_equal(world.live, np.flatnonzero(relations.trust > 0.0)), "live relations"
    assert len(np.unique(contacts.row)) == contacts.count, "a firm has two contacts"
    assert (np.diff(ties.key) > 0).all(), "ties out of order or twice"
    held = np.bincount(relations.contact[relations.member], minlength=contacts.count)
    assert np.array_equal(held, contacts.joined), "memberships held"
    ideas = np.bincount(episodes.relation, minlength=relations.count)
    assert np.array_equal(ideas, relations.open_ideas), "open ideas"
    assert np.array_equal(relations.contact[episodes.relation], episodes.contact)
    assert np.array_equal(relations.organisation[episodes.relation], episodes.organisation)
    # Projects hold the firms whose episodes name them, each in the stage of its project.
    inside = episodes.project >= 0
    named = np.bincount(episodes.project[inside], minlength=projects.count)
    assert np.array_equal(named, projects.firms), "firms of a project"
    assert np.array_equal(projects.organisation[episodes.project[inside]], episodes.organisation[inside])
    stages = [STAGE[name] for name in ("pilot", "application", "external_project")]
    assert np.array_equal(inside, np.isin(episodes.stage, stages)), "an episode in a project's stage without a project"
    # The closed leave nothing behind.
    alive = register.alive(contacts.row, period + (0 if before_first else 1))
    assert not contacts.joined[~alive].any(), "a closed firm is a member"
    assert alive[episodes.contact].all(), "a closed firm has an idea"
    shut = ~world.organisations.open
    assert not shut[relations.organisation[relations.member]].any(), "a closed organisation has members"
    assert not shut[episodes.organisation].any(), "a closed organisation has ideas"
    assert not projects.running[shut[projects.organisation]].any(), "a closed organisation has projects"
    if not before_first:
        engagement(model, period)


def engagement(model: Ecosystem, period: int) -> None:
    """No engagement above capacity: institutions' units and firms' hours, each within the calendar year."""
    world, policy = model.world, model.world.policy
    contacts = world.contacts
    if policy.word("scarcity.seats") == "on":
        # Capacity may fall within a year; what was taken on before stands.
        most = np.maximum(world.institutions.capacity, world.institutions.capacity_of_year)
        assert (world.institutions.used <= most + 1e-9).all(), "a unit took on more than it can"
    hours = np.array([policy.num(f"firms.hours_{word.id}") for word in FIRM_CLASSES])
    now = contacts.year == period // 4
    assert (contacts.hours[now] <= hours[contacts.size[now]] + 1e-9).all(), "a firm gave more hours than it has"


def firms(model: Ecosystem) -> None:
    """Dormant + alive + dead = ever created, from the dates of birth and closing of every firm."""
    world = model.world
    register, periods = world.register, world.periods
    entered, closed, alive = register.counts(periods)
    domestic = np.flatnonzero(register.size_class(np.arange(register.rows)) != FOREIGN)
    birth, death = register.birth[domestic].astype(int), register.death[domestic].astype(int)
    assert (death > birth).all() and (death > 0).all(), "a firm closes before it opens"
    previous = int(register.alive_at_start[register.plan.size_class != FOREIGN].sum())
    for period in range(periods):
        dormant = int((birth > period).sum())
        living = int(((birth <= period) & (period < death)).sum())
        dead = int((death <= period).sum())
        assert dormant + living + dead == len(domestic), "dormant + alive + dead = ever created"
        assert living == alive[period] == previous + entered[period] - closed[period], "alive = previous + in - out"
        previous = living
