"""How far a page is: the runs of all parts together, to the last one."""

from contextlib import contextmanager
from types import SimpleNamespace

from klyngesim.cli import explore as command
from klyngesim.runs.jobs import Progress

PARTS = (8, 60, 24)


def test_runs_are_counted_to_their_total_over_all_parts(monkeypatch):
    told = []

    @contextmanager
    def line(what, total, quiet):
        yield told.append

    def made(plan, store, executor, on_progress):
        for total in PARTS:
            for done in range(2, total + 1, 2):  # two at once where no lever is moved: both runs of a pair are one
                on_progress(Progress(done, 1, total))
        return "found"

    monkeypatch.setattr(command, "progress_line", line)
    monkeypatch.setattr("klyngesim.explorer.explored.explore", made)
    assert command._explored(SimpleNamespace(runs=92), None, None, False) == "found"
    assert [one.done for one in told] == list(range(2, 93, 2))
    assert told[-1] == Progress(92, 1, 92)
