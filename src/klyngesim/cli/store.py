"""``klyngesim store``: the finished runs on disk, what is damaged among them, and what is of no more use."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from klyngesim.cli.console import Language, TableLangOption, ending, fail
from klyngesim.cli.listing import Format, FormatOption, print_rows
from klyngesim.cli.summary import word, written
from klyngesim.errors import FAILED

if TYPE_CHECKING:
    from klyngesim.runs.store import RunStore

app = typer.Typer(no_args_is_help=True, rich_markup_mode=None)

PlaceOption = Annotated[
    Path | None, typer.Option("--store", metavar="DIR", help="Directory of the store; default: runs/store.")
]

_SHORT = 12  # characters of a key or a fingerprint that a table shows


@app.callback()
def store() -> None:
    """Look after the store of finished runs.

    Commands that make many runs keep each of them as soon as it is finished, and never make it again.
    """


@app.command()
def ls(place: PlaceOption = None, form: FormatOption = Format.table, lang: TableLangOption = Language.en) -> None:
    """List the runs, finished and failed."""
    from datetime import UTC, datetime

    with _opened(place) as kept:
        from klyngesim.runs.fingerprint import model_fingerprint
        from klyngesim.runs.store_maintenance import entries

        table = form is Format.table
        rows, failed, size = [], 0, 0
        for entry in entries(kept):
            failed += entry.failure is not None
            size += entry.size
            last = entry.failure.rstrip().rpartition("\n")[2] if entry.failure else entry.failure
            rows.append(
                {
                    "key": entry.key[:_SHORT] if table else entry.key,
                    "when": f"{datetime.fromtimestamp(entry.written, UTC).astimezone():%Y-%m-%d %H:%M}",
                    "state": "finished" if entry.failure is None else "failed",
                    "scenario": entry.about.scenario,
                    "seed": entry.about.seed,
                    "windows": list(entry.about.windows),
                    "model": "this" if entry.about.model == model_fingerprint() else entry.about.model[:_SHORT],
                    "bytes": entry.size,
                    "failure": last if table else entry.failure,
                }
            )
    columns = ("key", "when", "state", "scenario", "seed", "windows", "model", "bytes", "failure")
    print_rows(rows, columns, form, "Runs", f"Runs in {place or kept.root.name}.", lang)
    if table:
        counts = {"finished": len(rows) - failed, "failed": failed, "size": _bytes(size, lang)}
        typer.echo(word("store_count", lang, **counts))


@app.command()
def verify(place: PlaceOption = None, form: FormatOption = Format.table, lang: TableLangOption = Language.en) -> None:
    """Read every run and name the files that are damaged, foreign or half-written.

    Ends with exit code 1 if a file is damaged. A damaged run is never used; the next command that asks for it makes it
    again.
    """
    with _opened(place) as kept:
        from klyngesim.runs.store_maintenance import verify as findings

        rows: list[dict[str, Any]] = [
            {
                "file": found.path.relative_to(kept.root).as_posix(),
                "kind": found.kind,
                "reason": _reason(found.reason, lang) if form is Format.table else found.reason,
            }
            for found in findings(kept)
        ]
    damaged = sum(row["kind"] == "damaged" for row in rows)
    if rows or form is not Format.table:
        print_rows(rows, ("file", "kind", "reason"), form, "Files", "Files that are not as they should be.", lang)
    if form is Format.table:
        typer.echo(word("store_damaged" if damaged else "store_fine", lang, n=damaged))
    if damaged:
        raise typer.Exit(FAILED)


@app.command()
def gc(
    place: PlaceOption = None,
    form: FormatOption = Format.table,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would be removed.")] = False,
    lang: TableLangOption = Language.en,
) -> None:
    """Remove what nothing will ask for again.

    That is: runs of other versions of the model, damaged files, and what was left half-written by a process that has
    ended (on another machine: more than an hour ago). Files that the store has not written, and links, are left alone.
    """
    with _opened(place) as kept:
        from klyngesim.runs.store_maintenance import gc as collect

        removed = collect(kept, dry_run)
    row = {
        "other_models": removed.other_models,
        "damaged": removed.damaged,
        "partial": removed.partial,
        "bytes": removed.bytes,
    }
    if form is not Format.table:
        print_rows([row], tuple(row), form, "Removed", "Files and bytes.")
        return
    size = _bytes(removed.bytes, lang)
    typer.echo(word("store_would_remove" if dry_run else "store_removed", lang, **row, size=size))


@contextmanager
def _opened(place: Path | None) -> "Iterator[RunStore]":
    """The store that is meant; the command ends if there is none, or if it cannot be read."""
    from klyngesim.runs.pool import limit_threads

    limit_threads()  # before anything imports numpy
    from klyngesim.runs.store import DEFAULT, RunStore

    with ending():
        try:
            yield RunStore(place or DEFAULT, make=False)
        except OSError as problem:
            fail(f"store {place or DEFAULT}: {problem}")


def _bytes(count: int, lang: Language) -> str:
    """Such as ``12.3 MB``."""
    return written(f"{count / 1e6:.1f} MB" if count >= 1e5 else f"{count / 1e3:.1f} kB", lang)


def _reason(said: str, lang: Language) -> str:
    """What is wrong with a file, in the language; what the operating system says of it stays as it is."""
    from klyngesim.report.labels import catalogue

    for key, words in catalogue("headings.csv").items():
        if key.startswith("reason "):
            said = said.replace(words["en"], words[lang.value])
    return said
