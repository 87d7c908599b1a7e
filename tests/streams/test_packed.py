"""Packed named tuples: what a loop reads is what Python reads, now and after tables have grown."""

import copy
import os
import pickle
import subprocess
import sys
from typing import NamedTuple

import numba
import numpy as np
import pytest

from klyngesim.ecosystem.tables import Row, Table, real, reals, whole
from klyngesim.packed import is_packed, pack, renewed

LOOPS = """
import numba
from klyngesim.ecosystem.late_code import read_late
read_late()

@numba.njit(cache=True)
def threefold(number):
    return 3 * number

threefold(1)
print(numba.njit(lambda number: 2 * threefold(number))(6), f"hits:{sum(threefold.stats.cache_hits.values())}")
"""
"""A loop that is cached, and one compiled with it that is not."""


class Thing(Row):
    """A row with a number, a short whole one and a list."""

    size = real()
    code = whole(16)
    parts = reals(2)


class Things(Thing, Table[Thing]):
    """A table that grows."""


class Inner(NamedTuple):
    gain: float
    on: bool


class Outer(NamedTuple):
    quarter: int
    level: float
    grid: np.ndarray
    things: Things
    inner: Inner


@numba.njit
def seen(outer):
    """What a loop finds in every kind of field; it writes into the table and the array."""
    total = 0.0
    for thing in outer.things:
        total += thing.size * thing.code + thing.parts[1]
        thing.parts[0] = outer.level
    outer.grid[1, 2] += 1.0
    shape, inner = outer.grid.shape, outer.inner
    return outer.quarter, outer.level, outer.grid[1, 2], shape, len(outer.things), total, inner.gain, inner.on


@pytest.fixture
def made():
    things = Things(2)
    things.append(2, size=np.array([1.5, 2.0]), code=np.array([3, -4]))
    return pack(Outer(7, 0.5, np.arange(12.0).reshape(3, 4), things, Inner(0.25, True))), things


def test_a_loop_reads_and_writes_where_the_tuple_stands(made):
    packed, things = made
    assert seen(packed) == (7, 0.5, 7.0, (3, 4), 2, -3.5, 0.25, True)
    assert things.parts[:, 0].tolist() == [0.5, 0.5] and packed.grid[1, 2] == 7.0


def test_rows_that_are_added_are_seen_even_where_the_table_moved(made):
    packed, things = made
    before = things.store
    things.append(5, size=1.0, code=2)
    assert things.store is not before
    assert seen(packed)[4:6] == (7, 6.5) and len(packed.things) == 7
    things.use(1)
    assert seen(packed)[4:6] == (1, 4.5)


def test_numbers_are_renewed_and_nothing_else_takes_their_place(made):
    packed, _ = made
    renewed(packed, quarter=8, level=-1.5, inner=pack(Inner(0.75, False)))
    assert (packed.quarter, packed.inner.gain) == (8, 0.75)
    assert seen(packed)[:2] == (8, -1.5) and seen(packed)[-2:] == (0.75, False)
    with pytest.raises(TypeError, match="level of a packed Outer cannot become 2"):
        renewed(packed, level=2)
    with pytest.raises(TypeError, match="things of a packed Outer cannot become"):
        renewed(packed, things=Things(2))
    assert (packed.quarter, packed.level) == (8, -1.5)


def test_a_copy_and_a_replacement_leave_the_first_one_as_it_is(made):
    packed, things = made
    other, later = copy.deepcopy(packed), packed._replace(quarter=9)
    assert seen(other)[2] == 7.0 and seen(other)[2] == 8.0
    assert packed.grid[1, 2] == 6.0 and not things.parts.any()
    assert seen(later)[0] == 9 and seen(packed)[0] == 7


def test_arrays_that_stand_apart_in_memory_are_brought_together():
    columns = np.arange(12.0).reshape(4, 3).T
    packed = pack(Outer(0, 0.0, columns, Things(1), Inner(0.0, False)))
    assert seen(packed)[2] == columns[1, 2] + 1.0 == packed.grid[1, 2], "a loop and its reader see the same array"
    renewed(packed, grid=2.0 * columns)
    assert seen(packed)[2] == 2.0 * columns[1, 2] + 1.0 == packed.grid[1, 2]


def test_a_plain_copy_and_one_that_was_pickled_are_packed_anew(made):
    packed, _ = made
    numbers = pack(Inner(0.25, True))
    for other in (copy.copy(packed), copy.copy(numbers), pickle.loads(pickle.dumps(numbers))):
        assert is_packed(other) and other.address not in (packed.address, numbers.address)
    renewed(copy.copy(packed), quarter=9)
    assert packed.quarter == 7


def test_without_a_compiler_the_tuple_stays_plain(made, monkeypatch):
    monkeypatch.setattr(numba.config, "DISABLE_JIT", True)
    packed, things = made
    plain = pack(packed.plain)
    assert type(plain) is Outer and plain.things is things.rows and is_packed(packed) and not is_packed(plain)


def test_a_loop_from_the_cache_is_compiled_into_another(tmp_path):
    """Machine code alone is read from the cache; what the compiler needs comes when it asks."""
    script = tmp_path / "loops.py"
    script.write_text(LOOPS, encoding="utf-8")
    environment = {**os.environ, "NUMBA_CACHE_DIR": str(tmp_path / "cache")}
    told = [subprocess.run([sys.executable, script], env=environment, capture_output=True, text=True) for _ in range(2)]
    assert [one.stdout.split() for one in told] == [["36", "hits:0"], ["36", "hits:1"]], told[1].stderr
