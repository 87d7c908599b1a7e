"""Typed tables of records: one row per firm in contact, relation, tie, project or organisation.

A table names its columns once. A loop takes `Table.rows`, an array of records, and reads ``relation = relations[row]``
and ``relation.trust``; everybody else reads a whole column at once, ``relations.trust``. The row of a table has the
numbers, flags or short lists of numbers of one thing; the columns of a table have those of all.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import Any, ClassVar, Generic, Protocol, Self, TypeVar, overload

import numpy as np
from numpy.typing import NDArray

from klyngesim.compiled import loop
from klyngesim.memory import zeros
from klyngesim.packed import Growing

Array = NDArray[Any]
Bools = NDArray[np.bool_]
Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

Each = TypeVar("Each")
"""What one row has in a column."""
All = TypeVar("All")
"""What all rows have together."""


class Row:
    """One row of a table, as a loop reads and writes it: its columns. The table inherits them from it."""


Kind = TypeVar("Kind", bound=Row, covariant=True)


class Rows(Protocol[Kind]):
    """An array of records: all rows of a table in use."""

    def __getitem__(self, row: int) -> Kind:
        """One row; what is written into it stands in the table."""

    def __setitem__(self, row: int, value: Row) -> None:
        """Copies one row to another place."""

    def __iter__(self) -> Iterator[Kind]:
        """All rows in their order."""

    def __len__(self) -> int:
        """Number of rows."""


class Column(Generic[Each, All]):
    """A column of a table, declared once for its rows and for itself.

    Args:
        kind: dtype of an entry.
        shape: of an entry, empty for a single number.
    """

    def __init__(self, kind: type, shape: tuple[int, ...] = ()) -> None:
        self.kind, self.shape = kind, shape

    def __set_name__(self, owner: type, name: str) -> None:
        self._name = name

    @overload
    def __get__(self, whose: None, owner: type) -> Self: ...
    @overload
    def __get__(self, whose: Table[Any], owner: type) -> All: ...
    @overload
    def __get__(self, whose: Row, owner: type) -> Each: ...
    def __get__(self, whose: Any, owner: type) -> Any:
        """The column as a view: writing into it changes the table."""
        return self if whose is None else whose.rows[self._name]

    @overload
    def __set__(self, whose: Table[Any], value: All | float) -> None: ...
    @overload
    def __set__(self, whose: Row, value: Each) -> None: ...
    def __set__(self, whose: Any, value: Any) -> None:
        """Writes the whole column."""
        whose.rows[self._name] = value


Real = Column[float, Floats]
"""A number of each row."""
Whole = Column[int, Ints]
"""A whole number of each row: a count, quarter, year, code or row of another table."""
Flag = Column[bool, Bools]
"""True or false of each row."""
Reals = Column[Floats, Floats]
"""A short list of numbers of each row."""
Wholes = Column[Ints, Ints]
"""A short list of whole numbers of each row."""


def real() -> Real:
    """Declares a number."""
    return Column(np.float64)


def whole(bits: int = 64) -> Whole:
    """Declares a whole number: of fewer bits where rows are so many that reading them takes longer than all else."""
    return Column(np.dtype(f"int{bits}").type)


def flag() -> Flag:
    """Declares what is true or false."""
    return Column(np.bool_)


def reals(*shape: int) -> Reals:
    """Declares a list of numbers."""
    return Column(np.float64, shape)


def wholes(*shape: int) -> Wholes:
    """Declares a list of whole numbers."""
    return Column(np.int64, shape)


class _Record(np.void):  # type: ignore[misc]
    """A row where loops are not compiled: its fields are its attributes, even those called as numpy's own are."""

    def __getattribute__(self, name: str) -> Any:
        if name not in np.void.__getattribute__(self, "dtype").names:
            return np.void.__getattribute__(self, name)
        value = self[name]
        # Compiled code reckons with 64 bits whatever the column has; numpy's short numbers would wrap.
        return int(value) if isinstance(value, np.integer) else value

    def __setattr__(self, name: str, value: Any) -> None:
        self[name] = value


class Table(Growing, Generic[Kind]):
    """Rows that grow together.

    Args:
        capacity: rows that there is room for before the table grows.
        count: rows in use, all zero.
    """

    COLUMNS: ClassVar[dict[str, Column[Any, Any]]] = {}
    _dtype: ClassVar[np.dtype[Any]]

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        named = {name: one for base in reversed(cls.__mro__) for name, one in vars(base).items()}
        cls.COLUMNS = {name: one for name, one in named.items() if isinstance(one, Column)}
        fields = np.dtype([(name, one.kind, one.shape) for name, one in cls.COLUMNS.items()], align=True)
        cls._dtype = np.dtype((_Record, fields))

    def __init__(self, capacity: int = 1024, count: int = 0) -> None:
        self.heads = []
        self._hold(zeros(max(capacity, count), self._dtype), count)

    def _hold(self, store: Array, count: int) -> None:
        """Takes another memory for the rows, of which some are in use."""
        self.store = store
        for head in self.heads:
            head[0] = store.ctypes.data
        self.use(count)

    def use(self, count: int) -> None:
        """Sets how many rows are in use."""
        self.count = count
        self.rows: Any = self.store[:count]
        for head in self.heads:
            head[1] = count

    def clear(self) -> None:
        """Sets all rows in use to zero."""
        _wipe(self.rows)

    def __deepcopy__(self, memo: dict[int, Any]) -> Self:
        """A table of its own with the same rows (rows of a plain copy would be no view of its store)."""
        other = copy.copy(self)
        memo[id(self)] = other
        others = {name: value for name, value in vars(self).items() if name not in ("store", "rows", "heads")}
        vars(other).update(copy.deepcopy(others, memo))
        other.heads = []
        store = zeros(len(self.store), self._dtype)
        store[: self.count] = self.rows
        other._hold(store, self.count)
        return other

    def reserve(self, more: int) -> Array:
        """Makes room for more rows without taking them into use; returns all rows that there is room for."""
        if self.count + more > len(self.store):
            grown = zeros(max(self.count + more, 2 * len(self.store)), self._dtype)
            grown[: self.count] = self.rows
            self._hold(grown, self.count)
        return self.store

    def append(self, count: int, **values: Array | float | int | bool) -> slice:
        """Adds rows and returns where they stand; columns not named start at zero.

        Args:
            count: rows to add.
            values: by column name, an array of length ``count`` or one value for all.
        """
        self.reserve(count)
        added = slice(self.count, self.count + count)
        self.use(self.count + count)
        for name, value in values.items():
            self.store[name][added] = value
        return added

    def take(self, rows: Ints) -> Self:
        """A table of its own with some of the rows."""
        other = type(self)(len(rows), len(rows))
        other.rows[:] = self.rows.take(rows)
        return other

    def keep(self, mask: Bools) -> None:
        """Drops the rows whose mask is false; the order of the others stays."""
        before = self.count
        self.use(_move_up(self.rows, mask))
        _wipe(self.store[self.count : before])

    def arrange(self, order: Ints) -> None:
        """Puts the rows into another order: row ``order[k]`` comes to stand at k."""
        self.rows[:] = self.rows.take(order)


def _wipe(rows: Array) -> None:
    """Sets records to zero, byte by byte: numpy takes longer to go through their fields."""
    rows.view(np.uint8)[:] = 0


@loop
def _move_up(rows: Rows[Row], mask: Bools) -> int:
    """Moves rows whose mask is true to the front, in their order; returns how many there are."""
    count = 0
    for row in range(len(rows)):
        if mask[row]:
            if count != row:
                rows[count] = rows[row]
            count += 1
    return count
