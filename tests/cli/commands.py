"""Running the command line: in this process, which is quick, or in one of its own, as a user does.

Starting Python, importing libraries and reading compiled loops takes seconds. In this process the same command goes
through the same entry point with streams, arguments, folder and environment of its own, and leaves nothing of them
behind. What becomes of a process (signals, its environment at the start, other seeds of hashes) needs one of its own.
"""

from __future__ import annotations

import contextlib
import io
import logging
import os
import signal
import subprocess
import sys
import traceback
import warnings
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from unittest.mock import patch

from klyngesim.cli.main import app
from klyngesim.runs import replicates
from klyngesim.scenario import loading
from tests.results import fakes

ROOT = Path(__file__).resolve().parents[2]
"""The folder of the project."""

COLUMNS = "200"
HEEDED = [getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)]
"""Signals that a command may handle in its own way."""

Done = subprocess.CompletedProcess[str]


def environment(**more: str) -> dict[str, str]:
    """The environment of the tests, in which the package and the tests are found from anywhere."""
    paths = [str(ROOT / "src"), str(ROOT), os.environ.get("PYTHONPATH", "")]
    return {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, paths)), "COLUMNS": COLUMNS, **more}


def klyngesim(*arguments: object, cwd: Path, **more: str) -> Done:
    """``klyngesim ARGUMENTS`` in the folder ``cwd``, in this process."""
    words = [str(word) for word in arguments]
    out, err = (io.TextIOWrapper(io.BytesIO(), encoding="utf-8", write_through=True) for _ in range(2))
    redirected = contextlib.redirect_stdout(out), contextlib.redirect_stderr(err)
    with contextlib.chdir(cwd), _borrowed(words, more), redirected[0], redirected[1]:
        try:
            app(words, prog_name="klyngesim")
            code = 0
        except SystemExit as end:
            code = end.code if isinstance(end.code, int) else int(end.code is not None)
        except BaseException:  # a process would end with it, and so does the command here
            traceback.print_exc()
            code = 1
    said = (stream.buffer.getvalue().decode("utf-8") for stream in (out, err))
    return subprocess.CompletedProcess(words, code, *said)


def klyngesim_process(*arguments: object, cwd: Path, **more: str) -> Done:
    """``klyngesim ARGUMENTS`` in the folder ``cwd``, in a process of its own."""
    command = [sys.executable, "-m", "klyngesim", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, cwd=cwd, env=environment(**more))


@contextlib.contextmanager
def _borrowed(words: list[str], more: dict[str, str]) -> Iterator[None]:
    """What a command finds and changes in its process: arguments, environment, signals, logging, warnings."""
    handlers = [(number, signal.getsignal(number)) for number in HEEDED]
    logged = logging.getLogger("klyngesim").handlers
    before = list(logged)
    try:
        with (
            patch.object(sys, "argv", ["klyngesim", *words]),
            patch.dict(os.environ, {"COLUMNS": COLUMNS, **more}),
            warnings.catch_warnings(),
        ):
            # As in a process that nobody tests: on stderr, each once for a place, and none that only developers heed.
            warnings.showwarning = _on_stderr
            warnings.simplefilter("default")
            for kind in (DeprecationWarning, PendingDeprecationWarning, ImportWarning, ResourceWarning):
                warnings.simplefilter("ignore", kind)
            yield
    finally:
        logged[:] = before
        for number, handler in handlers:
            signal.signal(number, handler)


def _on_stderr(message, category, filename, lineno, file=None, line=None) -> None:
    sys.stderr.write(warnings.formatwarning(message, category, filename, lineno, line))


def fake(function: str, *arguments: object, cwd: Path, **more: str) -> Done:
    """``klyngesim ARGUMENTS`` in this process, with a function of ``fakes`` in place of the model."""
    with made_up(function):
        return klyngesim(*arguments, cwd=cwd, **more)


def fake_process(function: str, *arguments: object, cwd: Path, **more: str) -> Done:
    """The same in a process of its own."""
    command = with_fake(function, *arguments)
    return subprocess.run(command, capture_output=True, text=True, cwd=cwd, env=environment(**more))


def with_fake(function: str, *arguments: object) -> list[str]:
    """The command line of ``fake_process``."""
    return [sys.executable, "-m", "tests.cli.driver", function, *map(str, arguments)]


@contextlib.contextmanager
def made_up(function: str) -> Iterator[None]:
    """While it lasts, a function of ``fakes`` stands for a run of the model, and a made-up scenario for all others."""
    with (
        patch.object(replicates, "run_once", getattr(fakes, function)),
        patch.object(loading, "read_template", _read_template),
    ):
        yield


def _read_template(name: str, settings: tuple[str, ...] = ()) -> SimpleNamespace:
    """A template of a made-up scenario; ``replicates`` and ``seed`` may be set."""
    values = {key.lstrip("-"): int(value) for key, value in (setting.split("=") for setting in settings)}
    return SimpleNamespace(scenario=fakes.FakeScenario(name=name, **values))
