"""Compiling every loop of the model before the first run, so that no two processes do it at once and it can be seen."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from numba.core.dispatcher import Dispatcher
from numba.core.event import Event, Listener, install_listener

from klyngesim.compiled import LOOPS, marker
from klyngesim.ecosystem.model import Ecosystem
from klyngesim.scenario.loading import load

SMALL = ("population.scale=0.002", "period.end=2022Q1", "referral.share=0.5", "guard.seat_share=0.2")
"""Settings of a world that goes through every loop within a second."""


def is_compiled() -> bool:
    """Whether an earlier run has left every loop in the cache, or loops are not compiled at all."""
    return not any(isinstance(one, Dispatcher) for one in LOOPS) or marker().exists()


def compile_loops(advance: Callable[[float], None]) -> None:
    """Compiles what is not in the cache by running a small world.

    Args:
        advance: told the share of the loops that was compiled since the last call.
    """
    with _telling(lambda: advance(1.0 / len(LOOPS))):
        Ecosystem(load("baseline", list(SMALL))).run()
    marker().parent.mkdir(parents=True, exist_ok=True)
    marker().touch()


@contextmanager
def _telling(tell: Callable[[], None]) -> Iterator[None]:
    """Calls a function for every loop that is compiled."""

    class Compiled(Listener):
        def on_start(self, event: Event) -> None:
            """A loop is about to be compiled."""

        def on_end(self, event: Event) -> None:
            """A loop has been compiled, or a rule that it calls."""
            if any(one is event.data["dispatcher"] for one in LOOPS):
                tell()

    with install_listener("numba:compile", Compiled()):
        yield
