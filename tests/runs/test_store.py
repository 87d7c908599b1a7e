"""The store: what is in it is whole, whoever is killed while writing, and looking after it takes nothing else."""

import errno
import io
import json
import os
import pickle
import random
import subprocess
import sys
import time
import tracemalloc
import zipfile
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from klyngesim.errors import StoreFailed, StoreRefused
from klyngesim.files import file_aside
from klyngesim.runs import store_files, store_maintenance
from klyngesim.runs.fingerprint import model_fingerprint
from klyngesim.runs.store import FORMAT, RunStore
from klyngesim.runs.store_files import About, Damaged, pack, unpack
from klyngesim.runs.store_maintenance import Removed, entries, gc, verify
from tests.cli.commands import environment
from tests.runs.workers import made_up

KEYS = [f"{number:02x}" * 32 for number in range(1, 9)]


@pytest.fixture
def store(tmp_path):
    return RunStore(tmp_path / "store")


def about(seed=1, model=None):
    return About("baseline", seed, ("2025-2034",), model or model_fingerprint())


def run(seed=1):
    return made_up(None, seed, ())


def same(one, other):
    names = ("indicators", "moves", "yearly")
    return all(np.array_equal(getattr(one, name), getattr(other, name), equal_nan=True) for name in names)


def ended():
    """Number of a process that is no more."""
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()
    return process.pid


def make_old(path):
    then = time.time() - 2 * store_maintenance.OLD
    os.utime(path, (then, then))


def test_a_run_comes_back_as_it_was_with_what_it_is(store):
    assert store.get(KEYS[0]) is None
    store.put(KEYS[0], run(), about())
    assert same(store.get(KEYS[0]), run())
    (entry,) = entries(store)
    assert (entry.key, entry.about, entry.failure) == (KEYS[0], about(), None)
    assert entry.size == store.path(KEYS[0]).stat().st_size
    assert list(verify(store)) == []


def test_a_failure_is_kept_until_the_run_succeeds(store):
    store.put_failure(KEYS[0], "Traceback: no", about(7))
    assert store.failure(KEYS[0]) == "Traceback: no"
    assert store.get(KEYS[0]) is None
    assert [(entry.about.seed, entry.failure) for entry in entries(store)] == [(7, "Traceback: no")]
    store.put(KEYS[0], run(), about(7))
    assert store.failure(KEYS[0]) is None
    assert [entry.failure for entry in entries(store)] == [None]


def test_the_same_run_is_the_same_file():
    assert pack(KEYS[0], run(), about()) == pack(KEYS[0], run(), about())


def test_a_store_has_an_id_that_stays_and_travels(store, tmp_path, monkeypatch):
    again = RunStore(tmp_path / "store")
    assert again.id == store.id
    assert RunStore(tmp_path / "other").id != store.id
    monkeypatch.chdir(tmp_path)
    sent = pickle.dumps(RunStore(Path("store")))
    assert len(sent) < 500
    monkeypatch.chdir("/")
    there = pickle.loads(sent)
    assert there.is_here()
    there.put(KEYS[0], run(), about())
    assert store.get(KEYS[0]) is not None
    label = json.loads((tmp_path / "store" / "store.json").read_text())
    assert label == {"format": FORMAT, "id": store.id}
    (tmp_path / "store" / "store.json").write_text(json.dumps({**label, "id": "another"}))
    assert not there.is_here()


def test_many_who_make_a_store_at_once_have_the_same_one(tmp_path):
    code = (
        "import sys; from pathlib import Path; from klyngesim.runs.store import RunStore; sys.stdin.read(1)\n"
        "print(RunStore(Path('store')).id)"
    )
    command = [sys.executable, "-c", code]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    running = [subprocess.Popen(command, cwd=tmp_path, env=environment(), **pipes) for _ in range(3)]
    ids = {process.communicate("x")[0] for process in running}
    assert ids == {RunStore(tmp_path / "store").id + "\n"}
    assert [path.name for path in (tmp_path / "store").iterdir()] == ["store.json"]


def test_stores_of_another_format_are_refused_and_left_alone(tmp_path):
    for number in (0, 1, 3):
        place = tmp_path / str(number)
        place.mkdir()
        (place / "store.json").write_text(f'{{"format": "klyngesim-store/{number}"}}')
        with pytest.raises(StoreRefused, match=rf"written as klyngesim-store/{number}.*name another directory, or rem"):
            RunStore(place)
        assert [path.name for path in place.iterdir()] == ["store.json"]


@pytest.mark.parametrize("text", ["", "[]", "{", '"x"', "{}", '{"format": "klyngesim-store/2"}'])
def test_a_label_that_is_none_is_refused(tmp_path, text):
    (tmp_path / "store.json").write_text(text)
    with pytest.raises(StoreRefused, match="name another"):
        RunStore(tmp_path)


def test_a_store_that_is_only_looked_at_is_not_made(tmp_path):
    with pytest.raises(StoreRefused, match="there is no store"):
        RunStore(tmp_path / "none", make=False)
    assert list(tmp_path.iterdir()) == []


def test_an_empty_store_can_be_taken_back_with_the_directories_made_for_it(tmp_path):
    (tmp_path / "mine").mkdir()
    RunStore(tmp_path / "mine" / "made" / "store").unmake()
    assert [path.name for path in tmp_path.rglob("*")] == ["mine"]
    used = RunStore(tmp_path / "mine" / "made" / "store")
    used.put(KEYS[0], run(), about())
    used.unmake()
    assert used.get(KEYS[0]) is not None
    RunStore(used.root).unmake()  # it was there before
    assert used.is_here()


def test_no_file_that_was_cut_or_changed_is_read(store):
    """Cut at every fiftieth byte and changed at a hundred places: never a run, or exactly the run that was put."""
    store.put(KEYS[0], run(), about())
    path, whole = store.path(KEYS[0]), store.path(KEYS[0]).read_bytes()
    for length in range(0, len(whole), 50):
        path.write_bytes(whole[:length])
        assert store.get(KEYS[0]) is None
        (found,) = verify(store)
        assert (found.path, found.kind) == (path, "damaged")
        assert "cut short or changed" in found.reason
    chance = random.Random(1)
    for _ in range(100):
        place = chance.randrange(len(whole))
        path.write_bytes(whole[:place] + bytes([whole[place] ^ 1 << chance.randrange(8)]) + whole[place + 1 :])
        found = store.get(KEYS[0])
        assert found is None or same(found, run())


def test_numbers_that_do_not_match_their_sum_and_files_under_another_name_are_damaged():
    changed = pack(KEYS[0], replace(run(), indicators=run().indicators + 1.0), about())
    with pytest.raises(Damaged, match="another run than its name"):
        unpack(KEYS[1], changed)
    with np.load(io.BytesIO(changed)) as found:
        parts = dict(found)
    file = io.BytesIO()
    np.savez_compressed(file, **{**parts, "yearly": parts["yearly"] + 1e-12})
    with pytest.raises(Damaged, match="sha256"):
        unpack(KEYS[0], file.getvalue())


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EIO])
def test_a_disk_that_refuses_is_told_and_nothing_half_written_stays(store, monkeypatch, number):
    def refuses(_):
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(store_files.os, "fsync", refuses)
    told = "no room is left" if number == errno.ENOSPC else "cannot be written"
    with pytest.raises(StoreFailed, match=rf"store .*store: {told}.* the same command again") as caught:
        store.put(KEYS[0], run(), about())
    assert str(pickle.loads(pickle.dumps(caught.value))) == str(caught.value)
    with pytest.raises(StoreFailed, match=told):
        store.put_failure(KEYS[0], "x")
    assert [path for path in store.root.rglob("*") if path.is_file()] == [store.root / "store.json"]
    monkeypatch.undo()
    store.put(KEYS[0], run(), about())
    assert store.get(KEYS[0]) is not None


def test_a_directory_in_the_place_of_a_run_is_named(store):
    store.path(KEYS[0]).mkdir(parents=True)
    with pytest.raises(StoreFailed, match=rf"cannot be written \(Is a directory: .*{KEYS[0]}\.npz\)"):
        store.put(KEYS[0], run(), about())


def test_no_link_is_read_written_through_or_removed(store, tmp_path):
    for key in KEYS[:2]:
        store.put(key, run(), about())
    store.put_failure(KEYS[2], "x", about(model="before"))
    outside = tmp_path / "outside"
    outside.mkdir()
    store.path(KEYS[0]).rename(outside / "run.npz")
    store.path(KEYS[0]).symlink_to(outside / "run.npz")
    store.path(KEYS[1]).parent.rename(outside / "folder")
    store.path(KEYS[1]).parent.symlink_to(outside / "folder")
    store.failure_path(KEYS[2]).rename(outside / "failed.json")
    store.failure_path(KEYS[2]).symlink_to(outside / "failed.json")
    links = {store.path(KEYS[0]), store.path(KEYS[1]).parent, store.failure_path(KEYS[2])}
    assert [store.get(key) for key in KEYS[:2]] == [None, None] and store.failure(KEYS[2]) is None
    assert list(entries(store)) == []
    assert {finding.path: finding.kind for finding in verify(store)} == dict.fromkeys(links, "foreign")
    assert gc(store) == Removed() and all(link.is_symlink() for link in links)
    with pytest.raises(StoreFailed, match="a link where the store has a folder"):
        store.put(KEYS[1], run(2), about())
    store.put(KEYS[0], run(2), about())
    assert same(store.get(KEYS[0]), run(2)) and same(unpack(KEYS[0], (outside / "run.npz").read_bytes())[1], run(1))


def test_what_is_no_file_is_refused_at_once(store, tmp_path):
    store.put(KEYS[0], run(), about())
    pipe = store.path(KEYS[0])
    pipe.unlink()
    os.mkfifo(pipe)
    assert store.get(KEYS[0]) is None and list(entries(store)) == []
    assert [(finding.path, finding.kind) for finding in verify(store)] == [(pipe, "foreign")]
    assert gc(store) == Removed() and pipe.exists()
    for kind in ("pipe", "device", "directory", "link", "deep", "large"):
        place = tmp_path / kind
        place.mkdir()
        label = place / "store.json"
        match kind:
            case "pipe":
                os.mkfifo(label)
            case "device":
                label.symlink_to("/dev/zero")
            case "directory":
                label.mkdir()
            case "link":
                label.symlink_to(store.root / "store.json")
            case "deep":
                label.write_text("[" * 9_000)
            case "large":
                label.write_bytes(b" " * 20_000)
        with pytest.raises(StoreRefused, match="cannot be used"):
            RunStore(place)


def test_nothing_is_unpacked_that_says_it_is_larger_than_a_run_can_be(store):
    def archive(shape, numbers=b""):
        """A run of which one array says in its header that it has a shape."""
        content = io.BytesIO()
        with zipfile.ZipFile(io.BytesIO(pack(KEYS[0], run(), about()))) as good, zipfile.ZipFile(content, "w") as bad:
            for name in good.namelist():
                data = good.read(name)
                if name == "yearly.npy":
                    header = io.BytesIO()
                    told = {"descr": "<f8", "fortran_order": False, "shape": shape}
                    np.lib.format.write_array_header_1_0(header, told)
                    data = header.getvalue() + numbers
                bad.writestr(zipfile.ZipInfo(name), data, zipfile.ZIP_DEFLATED)
        return content.getvalue()

    bombs = {
        "more than a run can have": archive((3_000_000,), bytes(24_000_000)),
        "does not hold what it says": archive((10**12,)),
        "does not hold": archive((2, 3), b"\0" * 40),
    }
    for words, content in bombs.items():
        store.path(KEYS[0]).parent.mkdir(exist_ok=True)
        store.path(KEYS[0]).write_bytes(content)
        tracemalloc.start()
        (finding,) = verify(store)
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        assert finding.kind == "damaged" and words in finding.reason and peak < 3_000_000
        assert store.get(KEYS[0]) is None


def test_verify_names_what_is_not_the_stores_and_what_was_left(store):
    store.put(KEYS[0], run(), about())
    folder = store.path(KEYS[0]).parent
    (folder / "notes.txt").write_text("x")
    (store.root / "thesis").mkdir()
    left = folder / f".{KEYS[1]}.npz.{ended()}-0123abcd"
    left.write_bytes(b"PK")
    (folder / f"{KEYS[2]}.npz").write_bytes(b"in the wrong folder")
    store.put_failure(KEYS[3], "x")
    store.failure_path(KEYS[3]).write_text('{"key": "')
    found = {finding.path: finding.kind for finding in verify(store)}
    assert found == {
        folder / "notes.txt": "foreign",
        store.root / "thesis": "foreign",
        folder / f"{KEYS[2]}.npz": "foreign",
        left: "partial",
        store.failure_path(KEYS[3]): "damaged",
    }


def test_gc_takes_what_is_of_no_use_and_nothing_else(store, tmp_path):
    kept = {store.path(KEYS[0]), store.failure_path(KEYS[1]), store.root / "store.json"}
    store.put(KEYS[0], run(), about())
    store.put_failure(KEYS[1], "x", about())
    folder = store.path(KEYS[0]).parent
    foreign = {
        folder / "notes.txt",
        store.root / "thesis.npz",
        folder / f"{KEYS[5]}.npz",
        folder / f".{KEYS[0]}.npz.swp",
    }
    for path in foreign:
        path.write_text("x")
        make_old(path)
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / f"{KEYS[6]}.npz").write_text("x")
    (store.root / KEYS[6][:2]).symlink_to(outside)
    young = folder / f".{KEYS[0]}.npz.{ended()}-0123abcd"
    own = file_aside(folder / f"{KEYS[0]}.npz")
    young.write_text("x")
    own.write_text("x")
    make_old(own)
    died = folder / own.name.replace(f"-{os.getpid()}-", f"-{ended()}-")
    useless = {
        store.path(KEYS[2]): pack(KEYS[2], run(), about(model="before")),
        store.failure_path(KEYS[3]): store_files.pack_failure(KEYS[3], "x", about(model="before")),
        store.path(KEYS[4]): pack(KEYS[4], run(), about())[:-30],
        folder / f".{KEYS[0]}.npz.{ended()}-4567abcd": b"PK",
        store.root / f".store.json.{ended()}-4567abcd": b"{",
        died: b"PK",
    }
    for path, content in useless.items():
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(content)
        if path != died:
            make_old(path)

    def files():
        return {path for path in store.root.rglob("*") if path.is_file()}

    before = files()
    counted = Removed(other_models=2, damaged=1, partial=3, bytes=sum(map(len, useless.values())))
    assert gc(store, dry_run=True) == counted
    assert files() == before
    assert gc(store) == counted
    assert files() == before - set(useless)
    assert files() >= kept | foreign | {young, own}
    assert (outside / f"{KEYS[6]}.npz").is_file()
    assert gc(store) == Removed()
