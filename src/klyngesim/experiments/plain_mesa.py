"""The peer that ``klyngesim bench`` is measured against: an ordinary Mesa model of the same story.

One ``mesa.Agent`` object per firm and one ``step()`` per firm and quarter, written the way Mesa's tutorials write
it: agents are created in one call, step in random order (``AgentSet.shuffle_do``, the activation of Mesa's tutorials)
and draw from Mesa's own generator, most of them once a quarter. The same model in fixed order (``AgentSet.do``) is the
cheapest thing that can be called a Mesa model of this size; ``klyngesim bench`` measures both. It does a
small part of what klyngesim does (no organisations, money, institutions, projects or demography), so the ratio
between the two is a cautious one. Its rates set the load, about as many participations as klyngesim has; nothing is
concluded from its output.

This is the only module besides ``klyngesim.streams`` that may draw random numbers: it is no part of the model.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable

import mesa
import numpy as np

_BLOCK = 16_384

CONTACT = 0.02
"""Chance per quarter that a firm without recent participation is contacted."""
RETURN = 0.2
"""Chance per quarter that a firm is invited again, per unit of trust, once trust exceeds KNOWN."""
KNOWN = 0.1
"""Trust above which a firm counts as known."""
REVERSION = 0.05
"""Share of the distance to its own mean that readiness covers in a quarter."""
GAIN = 0.3
"""Share of the distance to one that trust covers by taking part."""
DECAY = 0.92
"""Factor on trust in a quarter without taking part."""
LEARNING = 0.05
"""Share of the distance to one that readiness covers by taking part."""
JOIN = 0.2
"""Chance that a participant joins, per unit of trust."""
LEAVE = 0.05
"""Chance per quarter that a member without participation leaves, at trust zero."""


class Firm(mesa.Agent):
    """A firm (virksomhed) with readiness and trust between 0 and 1, and membership."""

    model: PlainMesa

    def __init__(self, model: PlainMesa, readiness: float) -> None:
        super().__init__(model)
        self.readiness = readiness
        self.mean_readiness = readiness
        self.trust = 0.0
        self.member = False

    def step(self) -> None:
        """One quarter: readiness reverts, an invitation may come and be answered, trust and membership follow."""
        model = self.model
        draw = model.random.random
        readiness = self.readiness + REVERSION * (self.mean_readiness - self.readiness)
        trust = self.trust
        invited = draw() < (RETURN * trust if trust > KNOWN else CONTACT)
        if invited and draw() < readiness:
            model.participations += 1
            trust += GAIN * (1.0 - trust)
            readiness += LEARNING * (1.0 - readiness)
            if not self.member and draw() < JOIN * trust:
                self.member = True
                model.members += 1
        else:
            trust *= DECAY
            if self.member and draw() < LEAVE * (1.0 - trust):
                self.member = False
                model.members -= 1
        self.readiness = readiness
        self.trust = trust


class PlainMesa(mesa.Model):
    """A population of firms, stepped one by one.

    Args:
        firms: number of firms.
        seed: seed of Mesa's generators.
        shuffled: whether firms step in a new random order every quarter, or always in the same.

    Attributes:
        participations: so far.
        members: now.
    """

    def __init__(self, firms: int, seed: int, shuffled: bool = True) -> None:
        super().__init__(rng=int(seed))
        self.shuffled = shuffled
        self.participations = 0
        self.members = 0
        Firm.create_agents(self, firms, [self.random.random() for _ in range(firms)])

    def step(self) -> None:
        """Every firm takes its step."""
        if self.shuffled:
            self.agents.shuffle_do("step")
        else:
            self.agents.do("step")


def run(
    firms: int, quarters: int, seed: int, shuffled: bool = True, on_quarter: Callable[[int], None] | None = None
) -> PlainMesa:
    """Builds and runs the peer.

    Args:
        firms: number of firms.
        quarters: number of steps.
        seed: seed.
        shuffled: whether firms step in random order.
        on_quarter: called after every quarter with the number done.
    """
    model = PlainMesa(firms, seed, shuffled)
    for done in range(1, quarters + 1):
        model.step()
        if on_quarter is not None:
            on_quarter(done)
    return model


def draw_in_bulk(count: int, seed: int) -> None:
    """Draws uniforms from numpy's own Philox, in blocks that fit the cache: the floor under any run that needs them."""
    generator, block = np.random.Generator(np.random.Philox(seed)), np.empty(_BLOCK)
    for start in range(0, count, _BLOCK):
        generator.random(out=block[: count - start])


def main(firms: int, quarters: int, seed: int, shuffled: int) -> None:
    """Prints a line for every quarter that is done, and last the seconds that building and running took."""
    start = time.process_time()
    run(firms, quarters, seed, bool(shuffled), lambda done: print(f"quarter {done}", flush=True))
    print(time.process_time() - start)


if __name__ == "__main__":
    main(*(int(number) for number in sys.argv[1:]))
