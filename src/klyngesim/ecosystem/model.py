"""The Mesa model: one world, stepped by quarters, with agents for whoever looks."""

from __future__ import annotations

import copy
import time

import numpy as np

from klyngesim.ecosystem.agents import Populated
from klyngesim.ecosystem.build import build
from klyngesim.ecosystem.late_code import read_late
from klyngesim.ecosystem.quarter import run_quarter
from klyngesim.ecosystem.settings import Settings
from klyngesim.ecosystem.state import World
from klyngesim.results.indicators import IDS
from klyngesim.results.records import RunResult
from klyngesim.results.vocabulary import ACCOUNTS, FIRM_CLASSES
from klyngesim.scenario.schema import Scenario, parting

read_late()


class Ecosystem(Populated):
    """The Danish cluster ecosystem, every firm in it.

    `agents_by_type` has a set for every kind of agent, firms included; `agents` holds the registered ones, which is
    everybody but the firms (see `ecosystem.agents`).

    Args:
        scenario: resolved scenario (`klyngesim.scenario.loading.load`).
        seed: run seed; all randomness follows from it.
        draw: posterior draw that the parameters come from; 0 = central values.
        banned: permanent ids of firms that nobody contacts (who is known at 2021Q1 stays known).
        world: state to go on from, see `branch`; built if None.
    """

    def __init__(
        self,
        scenario: Scenario,
        seed: int | None = None,
        draw: int = 0,
        banned: frozenset[int] = frozenset(),
        world: World | None = None,
    ) -> None:
        began = time.perf_counter()
        super().__init__(rng=0)
        self.scenario = scenario
        self.run_seed = scenario.seed if seed is None else int(seed)
        self.draw = draw
        self.world = build(scenario, self.run_seed, banned) if world is None else world
        self.indicators = np.full((self.world.periods, self.world.count + 1, len(IDS)), np.nan)
        self._seconds = time.perf_counter() - began

    def step(self) -> None:
        """Simulates one quarter; `running` turns false with the last one, after which it raises ValueError."""
        world = self.world
        if world.period >= world.periods:
            raise ValueError(f"the scenario ends after {world.periods} quarters")
        began = time.perf_counter()
        run_quarter(world, self.indicators[world.period])
        self.running = world.period < world.periods
        self._seconds += time.perf_counter() - began

    def branch(self, scenario: Scenario) -> Ecosystem:
        """A model of its own that goes on from here under another scenario; this one stays as it is.

        Equal to a model of that scenario that was run from 2021Q1 up to here.

        Raises:
            ValueError: runs of the two scenarios differ before this quarter (`klyngesim.scenario.schema.parting`).
        """
        world = self.world
        apart = parting(self.scenario, scenario)
        if world.period > apart:
            raise ValueError(f"the scenarios part in quarter {apart}, before quarter {world.period}")
        began = time.perf_counter()
        settings = Settings(scenario, world.organisations.ids)
        other = Ecosystem(
            scenario, self.run_seed, self.draw, world=copy.deepcopy(world, {id(world.settings): settings})
        )
        other.indicators[: world.period] = self.indicators[: world.period]
        other._seconds = self._seconds + time.perf_counter() - began
        return other

    def run_until(self, period: int) -> None:
        """Simulates the quarters before ``period`` that are left."""
        while self.world.period < period:
            before = self.world.period
            self.step()
            if self.world.period == before:
                raise RuntimeError("an earlier step failed; build the model anew")

    def run(self) -> RunResult:
        """Simulates all quarters that are left and hands over the results."""
        world = self.world
        self.run_until(world.periods)
        return RunResult(
            scenario=self.scenario.name,
            seed=self.run_seed,
            draw=self.draw,
            first_period=self.scenario.start,
            organisations=world.organisations.ids,
            indicators=self.indicators,
            indicator_ids=IDS,
            funnel=world.tally.funnel(),
            cohorts=world.tally.cohorts(world.episodes.rows),
            finance=world.ledger.book,
            accounts=tuple(word.id for word in ACCOUNTS),
            uniforms=world.streams.drawn,
            wall_seconds=self._seconds,
            firms_by_class={
                word.id: int(world.register.alive_at_start[world.register.plan.size_class == size].sum())
                for size, word in enumerate(FIRM_CLASSES)
            },
        )
