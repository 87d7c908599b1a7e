"""What runs are made of: a job, what comes of it, and whoever makes many of them."""

from __future__ import annotations

import traceback
from collections.abc import Callable, Generator, Iterable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Generic, Protocol, Self, TypeVar
from weakref import WeakSet

if TYPE_CHECKING:
    from klyngesim.scenario.schema import Scenario

J = TypeVar("J")
R = TypeVar("R")

Outcomes = Generator[tuple[J, Future[R]], None, None]
"""Jobs that are done, each with what came of it: ``result()`` returns that, or raises what stopped it."""

OnProgress = Callable[["Progress"], None]
"""Called after every run."""


@dataclass(frozen=True)
class Run:
    """One run to be made: a scenario, a seed, and the posterior draw that the scenario's parameters come from."""

    scenario: Scenario
    seed: int
    draw: int = 0


@dataclass(frozen=True)
class Progress:
    """How far the runs are: ``done`` of ``total``, ``failed`` of them without a result."""

    done: int
    failed: int
    total: int


@dataclass(frozen=True)
class Failure:
    """Why a run has no result: name of the exception's class, its text, and the traceback as Python prints it."""

    error: str
    message: str
    traceback: str

    @classmethod
    def by(cls, error: BaseException) -> Failure:
        """What an error leaves."""
        return cls(type(error).__name__, str(error), "".join(traceback.format_exception(error)))

    @property
    def reason(self) -> str:
        """Class and text of the error, for a line."""
        return f"{self.error}: {self.message}"


@dataclass(frozen=True)
class Known(Generic[J, R]):
    """A job whose result is there already; it is delivered as it is."""

    job: J
    result: R


def alone(job: J) -> Sequence[J]:
    """The parts of a job that has none."""
    return (job,)


class Executor(Protocol):
    """A way to make many runs, as a context manager that ends whatever it has under way."""

    def outcomes(
        self,
        function: Callable[[J], R],
        jobs: Iterable[J | Known[J, R] | None],
        parts: Callable[[J], Sequence[J]] = alone,
    ) -> Outcomes[J, R]:
        """Every job with what came of it, in whatever order they come.

        A job that fails costs the others nothing. What was started is ended with the generator; one that is left early
        is closed by its executor's context, or by hand.

        Args:
            function: does a job; for other processes it has to be one that can be pickled.
            jobs: taken as they are needed; None = no more until another one is done.
            parts: what a job falls into that has ended its process, to show which part it was.

        Raises:
            ExecutorRefused: nothing can be run in this way.
        """
        ...

    def __enter__(self) -> Self: ...

    def __exit__(self, *error: Any) -> None: ...


class Ending:
    """What executors have in common: the end of the context is the end of what is under way."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: Any) -> None:
        for outcomes in list(self._open):
            outcomes.close()

    @cached_property
    def _open(self) -> WeakSet[Outcomes[Any, Any]]:
        return WeakSet()

    def _noted(self, outcomes: Outcomes[J, R]) -> Outcomes[J, R]:
        self._open.add(outcomes)
        return outcomes


def done(result: R) -> Future[R]:
    """The future of a job that is done."""
    future: Future[R] = Future()
    future.set_result(result)
    return future


def failed(error: BaseException) -> Future[Any]:
    """The future of a job that has failed."""
    future: Future[Any] = Future()
    future.set_exception(error)
    return future
