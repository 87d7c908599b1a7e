"""Runs on a Dask cluster: a scheduler that is there, and whatever workers come and go."""

from __future__ import annotations

import asyncio
import hashlib
import importlib
import logging
import pickle
import re
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import CancelledError, Future
from dataclasses import dataclass
from typing import Any, TypeVar

from klyngesim.errors import ExecutorRefused, ProcessDied
from klyngesim.results.versions import how_to_install
from klyngesim.runs.jobs import Ending, Known, Outcomes, alone, done, failed
from klyngesim.runs.pool import call_packed

J = TypeVar("J")
R = TypeVar("R")

_ADDRESS = re.compile(r"(?:(tcp|tls|ws|wss)://)?(?:\[[0-9a-f:.%]+\]|[^\s/:@?#\[\]]+):(\d{1,5})/?", re.IGNORECASE)
_ENCRYPTED = ("tls", "wss")
_ANSWERS = 5.0  # seconds in which a scheduler answers at all
_QUEUED = 2  # jobs handed out per thread of the cluster, so that none waits for the network


@dataclass(frozen=True)
class DaskCluster(Ending):
    """Runs on the workers of a Dask scheduler, each with one thread (``dask worker ADDRESS --nthreads 1``).

    Workers need the same version of klyngesim. Those that see the store under the same path write to it themselves,
    the runs of the others are sent here and written here. A worker that is lost costs nothing but time: Dask hands its
    work out again, and gives a run up that has cost it several workers.

    Attributes:
        address: of the scheduler, such as ``tcp://127.0.0.1:8786``.
        timeout: seconds to wait for a first worker; the scheduler itself has to answer within five of them.

    Raises:
        ExecutorRefused: the address is none, or asks for certificates that Dask does not have.
    """

    address: str
    timeout: float = 30.0

    def __post_init__(self) -> None:
        match = _ADDRESS.fullmatch(self.address)
        if match is None or not 0 < int(match[2]) < 65536:
            raise ExecutorRefused(
                f"--dask {self.address}: no address of a scheduler; `dask scheduler` prints it, such as "
                "tcp://127.0.0.1:8786"
            )
        if (match[1] or "").lower() in _ENCRYPTED:
            self._need_certificates()

    def _need_certificates(self) -> None:
        """ExecutorRefused if the configuration of Dask has no certificates that can be used."""
        security = _library().Security()
        try:
            found = security.get_connection_args("client")["ssl_context"]
        except OSError as error:
            raise ExecutorRefused(
                f"--dask {self.address}: the certificates that Dask is configured with cannot be used ({error}); see "
                "distributed.comm.tls in its configuration, and docs/scaling.md"
            ) from error
        if found is None:
            raise ExecutorRefused(
                f"--dask {self.address}: needs certificates; set distributed.comm.tls.ca-file, .client.cert and "
                ".client.key in Dask's configuration (DASK_DISTRIBUTED__COMM__TLS__CA_FILE and so on), see "
                "docs/scaling.md"
            )

    def outcomes(
        self,
        function: Callable[[J], R],
        jobs: Iterable[J | Known[J, R] | None],
        parts: Callable[[J], Sequence[J]] = alone,
    ) -> Outcomes[J, R]:
        """See `Executor.outcomes`."""
        return self._noted(self._outcomes(function, jobs, parts))

    def _outcomes(
        self,
        function: Callable[[J], R],
        jobs: Iterable[J | Known[J, R] | None],
        parts: Callable[[J], Sequence[J]],
    ) -> Outcomes[J, R]:
        distributed = _library()
        coming = iter(jobs)
        running: dict[Any, J] = {}
        suspects: deque[J] = deque()
        with self._client(distributed) as client:
            arriving = distributed.as_completed(loop=client.loop)
            room = due = 0
            while True:
                if due <= 0:  # workers come and go
                    room = due = self._room(client)
                while len(running) < room:
                    job = suspects.popleft() if suspects else next(coming, None)
                    if job is None:
                        break
                    if isinstance(job, Known):
                        yield job.job, done(job.result)
                    else:
                        remote = _submitted(client, function, job)
                        running[remote] = job
                        arriving.add(remote)
                if not running:
                    return
                arrived = arriving.next_batch()
                due -= len(arrived)
                jobs_done = [running.pop(remote) for remote in arrived]
                for job, future in zip(jobs_done, self._fetch(client, arrived), strict=True):
                    if isinstance(future.exception(), ProcessDied) and len(parts(job)) > 1:
                        suspects.extend(parts(job))  # it shows which part it was
                    else:
                        yield job, future

    def _client(self, distributed: Any) -> Any:
        """A connection to the scheduler, with at least one worker behind it."""
        try:
            asyncio.run(self._greet(distributed))
            client = distributed.Client(self.address, timeout=self._patience, set_as_default=False)
        except Exception as error:  # whoever listens there may say anything
            why = str(error).partition("\n")[0] or type(error).__name__
            raise ExecutorRefused(
                f"no Dask scheduler answers at {self.address} ({why}); is it running (`dask scheduler`), and can this "
                "machine reach the address that it prints?"
            ) from error
        try:
            client.wait_for_workers(1, timeout=self.timeout)
        except TimeoutError as error:
            client.close()
            raise ExecutorRefused(
                f"the Dask scheduler at {self.address} has no workers; start some: "
                f"`dask worker {self.address} --nthreads 1`"
            ) from error
        except BaseException:
            client.close()
            raise
        return client

    async def _greet(self, distributed: Any) -> None:
        """Raises whatever it is if nobody who speaks Dask's language answers: a client would wait for much longer."""
        security = distributed.Security().get_connection_args("client")
        answer = distributed.comm.connect(self.address, timeout=self._patience, **security)
        await (await asyncio.wait_for(answer, 2 * self._patience)).close()

    @property
    def _patience(self) -> float:
        """Seconds in which a scheduler has to answer, which may only be starting."""
        return min(self.timeout, _ANSWERS)

    def _room(self, client: Any) -> int:
        """Tasks that may be under way with the workers that there are."""
        try:
            threads: int = sum(client.nthreads().values())
        except (OSError, CancelledError) as error:
            raise self._gone() from error
        return _QUEUED * max(1, threads)

    def _fetch(self, client: Any, arrived: list[Any]) -> list[Future[Any]]:
        """What came back of jobs that are done: all at once, or one by one if something is the matter with one."""
        try:
            return [done(result) for result in client.gather(arrived)]
        except Exception:
            return [self._fetch_one(remote) for remote in arrived]

    def _fetch_one(self, remote: Any) -> Future[Any]:
        try:
            return done(remote.result())
        except CancelledError as error:
            raise self._gone() from error
        except ImportError as error:
            raise ExecutorRefused(
                f"a worker of {self.address} cannot import what it needs ({error}); install this version of klyngesim "
                "on every worker"
            ) from error
        except Exception as error:
            return failed(ProcessDied() if type(error).__name__ == "KilledWorker" else error)

    def _gone(self) -> ExecutorRefused:
        return ExecutorRefused(
            f"the Dask scheduler at {self.address} has gone, or has dropped the runs; start it again and give the same "
            "command: it goes on from there"
        )


def _submitted(client: Any, function: Callable[[J], R], job: J) -> Any:
    """The scheduler's future of a job, which goes as bytes: a worker then sets its threads before it imports numpy.

    The same job of the same function has the same name there, whichever command asks for it.
    """
    packed = pickle.dumps((function, (job,)))
    return client.submit(call_packed, packed, key=f"klyngesim-{hashlib.sha256(packed).hexdigest()}", pure=False)


def _library() -> Any:
    for name in ("distributed", "asyncio", "tornado"):  # what goes wrong is told in words of ours
        logging.getLogger(name).setLevel(logging.CRITICAL + 1)
    try:
        return importlib.import_module("distributed")
    except ImportError as error:
        raise ExecutorRefused(
            f"a Dask cluster needs dask and distributed ({error}): {how_to_install('cluster')}"
        ) from error
