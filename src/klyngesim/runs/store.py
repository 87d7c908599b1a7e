"""Runs that were made once are not made again: measured runs on disk, found by everything that decides their numbers.

The name of an entry is a hash over the resolved scenario, the seed, the windows and the source of the model, so that
a changed model never meets numbers of the one before. Entries appear whole or not at all, whoever is killed meanwhile;
work that was stopped goes on where it was, and two comparisons or sweeps share what they have in common. A run that
failed leaves its traceback and is tried again by the next command.
"""

from __future__ import annotations

import errno
import json
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from klyngesim.errors import InputError, StoreFailed, StoreRefused
from klyngesim.files import NotRead, read_json, whole, write_whole
from klyngesim.results.hashing import json_hash
from klyngesim.results.windows import Measured, Window
from klyngesim.runs.fingerprint import model_fingerprint
from klyngesim.runs.store_files import (
    PARTIAL,
    About,
    Damaged,
    content_of,
    pack,
    pack_failure,
    unique,
    unpack,
    unpack_failure,
)

if TYPE_CHECKING:
    from klyngesim.scenario.schema import Scenario

FORMAT = "klyngesim-store/2"
"""Layout of a store."""

DEFAULT = Path("runs") / "store"
"""Where runs are kept when nobody says otherwise."""

LABEL = "store.json"
"""File that says what a directory is: the format and an id that no other store has."""

_LARGEST_LABEL = 10_000  # bytes; it has 80
_SAYS_ONLY = ("name", "title", "question", "source", "replicates", "seed")


class RunStore:
    """Measured runs in a directory. Small enough to be pickled along with every piece of work.

    As a context manager it removes what was made for it where nothing is begun because the input is wrong.

    Args:
        root: the directory.
        make: whether it is made if it is not there.

    Raises:
        StoreRefused: the directory holds something else, was written in another format, cannot be written, or is not
            there and not to be made.
    """

    def __init__(self, root: Path, make: bool = True) -> None:
        self._named = root
        self._root = root.absolute()
        self._made: list[Path] = []
        try:
            label = _label(self._root)
            if label is None:
                label = self._claim(make)
        except StoreRefused:
            raise
        except (OSError, ValueError) as error:
            why = f"{LABEL}: {error.strerror}" if isinstance(error, OSError) and error.strerror else error
            raise StoreRefused(f"--store {root}: cannot be used ({why}); name another directory") from error
        found, self._id = label
        if found != FORMAT:
            raise StoreRefused(
                f"--store {root}: written as {found}, this version reads {FORMAT}; name another directory, or remove "
                "this one, and its runs are made again"
            )

    def _claim(self, make: bool) -> tuple[str, str]:
        """Makes the directory a store; whoever comes second takes the id of the first."""
        if not make:
            raise StoreRefused(f"--store {self._named}: there is no store; name the directory of one")
        self._made = [place for place in (self._root, *self._root.parents) if not place.exists()]
        self._root.mkdir(parents=True, exist_ok=True)
        if any(not PARTIAL.fullmatch(path.name) and path.name != LABEL for path in self._root.iterdir()):
            raise StoreRefused(f"--store {self._named}: holds something else; name an empty or a new directory")
        with whole(self._root / LABEL, first=True) as partial:
            partial.write_text(json.dumps({"format": FORMAT, "id": unique(32)}), encoding="utf-8")
        label = _label(self._root)
        if label is None:
            raise OSError(f"{LABEL} has gone")
        return label

    def __enter__(self) -> RunStore:
        return self

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if isinstance(error, InputError):
            self.unmake()

    def unmake(self) -> None:
        """Removes the directories that were made for it, unless there is anything in them by now."""
        if self._made and [path.name for path in self._root.iterdir()] == [LABEL]:
            (self._root / LABEL).unlink()
            with suppress(OSError):  # somebody else uses them by now
                for place in self._made:
                    place.rmdir()

    @property
    def root(self) -> Path:
        """The directory, from the root of the file system."""
        return self._root

    @property
    def id(self) -> str:
        """Id that no other store has."""
        return self._id

    def is_here(self) -> bool:
        """Whether this machine sees the store under the same path."""
        try:
            return _label(self._root) == (FORMAT, self._id)
        except (OSError, ValueError):
            return False

    @staticmethod
    def key(scenario: Scenario, seed: int, windows: tuple[Window, ...]) -> str:
        """Name of a run: whatever has no say in its numbers (name, title, replicates, ...) is left out."""
        decides = {key: value for key, value in scenario.resolved().items() if key not in _SAYS_ONLY}
        spans = [window.label for window in windows]
        return json_hash({"scenario": decides, "seed": seed, "windows": spans, "model": model_fingerprint()})

    def get(self, key: str) -> Measured | None:
        """A run, or None if there is none or its file is damaged."""
        try:
            return unpack(key, content_of(self.path(key)))[1]
        except (OSError, Damaged):
            return None

    def put(self, key: str, run: Measured, about: About | None = None) -> None:
        """Keeps a run and forgets that it failed before.

        Raises:
            StoreFailed: the disk refuses; then nothing half-written is left.
        """
        self._write(self.path(key), pack(key, run, about or _nothing_told()))
        try:
            self.failure_path(key).unlink(missing_ok=True)
        except OSError as error:
            raise self._failed(error) from error

    def failure(self, key: str) -> str | None:
        """How a run failed when it was last tried, or None if it did not."""
        try:
            return unpack_failure(key, content_of(self.failure_path(key)))[1]
        except (OSError, Damaged):
            return None

    def put_failure(self, key: str, text: str, about: About | None = None) -> None:
        """Keeps how a run failed. Raises as `put`."""
        self._write(self.failure_path(key), pack_failure(key, text, about or _nothing_told()))

    def path(self, key: str) -> Path:
        """File of a finished run."""
        return self._root / key[:2] / f"{key}.npz"

    def failure_path(self, key: str) -> Path:
        """File that says how a run failed."""
        return self._root / key[:2] / f"{key}.failed.json"

    def _write(self, path: Path, content: bytes) -> None:
        try:
            if path.parent.is_symlink():
                raise NotRead(errno.ELOOP, "a link where the store has a folder of its own", str(path.parent))
            path.parent.mkdir(exist_ok=True)
            write_whole(path, content)
        except OSError as error:
            raise self._failed(error) from error

    def _failed(self, error: OSError) -> StoreFailed:
        full = error.errno in (errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC))
        where = error.filename2 or error.filename  # of a renaming, what was to be the name
        named = ": ".join(str(part) for part in (error.strerror or error, where) if part)
        what = "no room is left on its disk" if full else f"cannot be written ({named})"
        how = "make room" if full else "put that right"
        return StoreFailed(f"store {self._named}: {what}; {how} and give the same command again, it goes on from there")


def about(scenario: Scenario, seed: int, windows: tuple[Window, ...]) -> About:
    """What a run of the present model is."""
    return About(scenario.name, seed, tuple(window.label for window in windows), model_fingerprint())


def _nothing_told() -> About:
    return About("", 0, (), model_fingerprint())


def _label(root: Path) -> tuple[str, str] | None:
    """Format and id of the store in a directory; None if there is no label. Raises OSError, ValueError."""
    try:
        label = read_json(root / LABEL, _LARGEST_LABEL, links=False)
    except FileNotFoundError:
        return None
    if not isinstance(label, dict):
        raise ValueError(f"{LABEL} is not the label of a store")
    found, name = label.get("format"), label.get("id")
    if found == FORMAT and not isinstance(name, str):
        raise ValueError(f"{LABEL} has no id")
    return str(found), str(name)
