"""Growable tables of arrays: one row per relation, tie, episode or project."""

from __future__ import annotations

import copy
from typing import Any, ClassVar, Self

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]


class Table:
    """Columns that grow together.

    Subclasses name their columns with dtypes in `COLUMNS` and annotate them as attributes. Each attribute is a
    live view of the rows in use: assigning into it changes the table. Of thousands of rows a column is read with
    ``take``, which is up to twice as fast as brackets.
    """

    COLUMNS: ClassVar[dict[str, Any]] = {}

    def __init__(self, capacity: int = 1024) -> None:
        self.count = 0
        self._store: dict[str, Array] = {name: np.zeros(capacity, dtype=kind) for name, kind in self.COLUMNS.items()}
        self._refresh()

    def _refresh(self) -> None:
        for name, column in self._store.items():
            setattr(self, name, column[: self.count])

    def __deepcopy__(self, memo: dict[int, Any]) -> Self:
        """A table of its own with the same rows (the columns of a plain copy would no longer be views)."""
        other = copy.copy(self)
        memo[id(self)] = other
        other._store = {}
        for name, column in self._store.items():
            other._store[name] = np.zeros_like(column)
            other._store[name][: self.count] = column[: self.count]
        other._refresh()
        return other

    def append(self, count: int, **values: Array | float | int | bool) -> slice:
        """Adds rows and returns where they stand; columns not named start at zero.

        Args:
            count: rows to add.
            values: by column name, an array of length ``count`` or one value for all.
        """
        new_size = self.count + count
        capacity = len(next(iter(self._store.values())))
        if new_size > capacity:
            for name, column in self._store.items():
                grown = np.zeros(max(new_size, 2 * capacity), dtype=column.dtype)
                grown[: self.count] = column[: self.count]
                self._store[name] = grown
        where = slice(self.count, new_size)
        for name, value in values.items():
            self._store[name][where] = value
        self.count = new_size
        self._refresh()
        return where

    def keep(self, mask: NDArray[np.bool_]) -> None:
        """Drops the rows whose mask is false; the order of the others stays."""
        rows = np.flatnonzero(mask)
        if len(rows) == self.count:
            return
        for column in self._store.values():
            column[: len(rows)] = column.take(rows)
            column[len(rows) : self.count] = 0
        self.count = len(rows)
        self._refresh()

    def arrange(self, order: NDArray[np.int64]) -> None:
        """Puts the rows into another order: row ``order[k]`` comes to stand at k."""
        for column in self._store.values():
            column[: self.count] = column.take(order)
