"""Content of a table as one number: equal for equal sorted rows, whatever file, writer or order they came in.

A file's own sha256 changes with the version of the writing library, so "the same results" is stated as
equality of the sorted tables. The hash runs over the rows, sorted by all columns from left to right; a text
cell enters as the first 16 bytes of its own sha256, an integer as 8 bytes and a float as the 8 bytes of IEEE
754, little endian.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

if TYPE_CHECKING:
    from collections.abc import Iterable

_TEXT_BYTES = 16
_ROWS = 1 << 13
"""Rows that are laid out as bytes at a time: those of a run take some 20 MB."""


def sort_rows(table: pa.Table) -> pa.Table:
    """The rows in canonical order: ascending by every column, the first column first, text by code point."""
    keys = [_sort_key(table.column(name)) for name in reversed(table.column_names)]
    return table.take(pa.array(np.lexsort(keys))) if table.num_rows else table


def content_hash(table: pa.Table) -> str:
    """Hex sha256 over the sorted rows.

    ValueError if a cell is missing or a column is neither text nor number.
    """
    digest = ContentHash()
    digest.update(sort_rows(table))
    return digest.hexdigest()


class ContentHash:
    """The same number for a table that arrives in parts: sorted blocks, in ascending order."""

    def __init__(self) -> None:
        self._sha = hashlib.sha256()
        self._columns: Sequence[tuple[str, str]] | None = None

    def update(self, block: pa.Table) -> None:
        """Add rows that are sorted and come after those added before; every block has the same columns."""
        columns = [(name, _kind(block.schema.field(name).type)) for name in block.column_names]
        if self._columns is None:
            self._columns = columns
            self._sha.update(json.dumps(columns).encode())
        elif columns != self._columns:
            raise ValueError(f"columns {columns} after {self._columns}")
        for first in range(0, block.num_rows, _ROWS):
            part = block.slice(first, _ROWS)
            cells = [_cell_bytes(part.column(name)) for name in part.column_names]
            self._sha.update(np.concatenate(cells, axis=1).tobytes())

    def hexdigest(self) -> str:
        """The hash of what was added so far."""
        return self._sha.hexdigest()


def file_hash(path: Path) -> str:
    """Hex sha256 of a file's bytes."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def json_hash(value: Any) -> str:
    """Hex sha256 of a JSON-able value, independent of the order of keys."""
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()  # names of files that are not UTF-8


def _kind(kind: pa.DataType) -> str:
    """``text``, ``int`` or ``float``; widths and dictionaries are no part of the content."""
    if pa.types.is_dictionary(kind) or pa.types.is_string(kind) or pa.types.is_large_string(kind):
        return "text"
    if pa.types.is_integer(kind):
        return "int"
    if pa.types.is_floating(kind):
        return "float"
    raise ValueError(f"a column of type {kind} has no canonical form")


def _codes(column: pa.ChunkedArray) -> tuple[NDArray[np.int64], list[str]]:
    """A text column as codes into a list of texts."""
    encoded = column if pa.types.is_dictionary(column.type) else column.dictionary_encode()
    array = encoded.unify_dictionaries().combine_chunks()
    if isinstance(array, pa.ChunkedArray):  # older pyarrow keeps the wrapper
        array = array.chunk(0)
    return array.indices.to_numpy(zero_copy_only=False).astype(np.int64), array.dictionary.to_pylist()


def _sort_key(column: pa.ChunkedArray) -> NDArray[Any]:
    """Numbers that sort like the cells."""
    if _kind(column.type) != "text":
        return np.asarray(column.to_numpy())
    codes, texts = _codes(column)
    rank = np.empty(len(texts), dtype=np.int64)
    rank[sorted(range(len(texts)), key=texts.__getitem__)] = np.arange(len(texts))
    return rank[codes]


def _cell_bytes(column: pa.ChunkedArray) -> NDArray[np.uint8]:
    """The cells as [rows, width] bytes."""
    if column.null_count:
        raise ValueError("a missing cell has no canonical form")
    kind = _kind(column.type)
    if kind == "text":
        codes, texts = _codes(column)
        return _text_digests(texts)[codes]
    values: NDArray[Any]
    if kind == "int":
        values = np.asarray(column.to_numpy()).astype("<i8")
    else:
        values = np.asarray(column.to_numpy()).astype("<f8") + 0.0  # -0.0 and 0.0 are the same number
        values[np.isnan(values)] = np.nan
    return np.ascontiguousarray(values).view(np.uint8).reshape(len(values), 8)


def _text_digests(texts: Iterable[str]) -> NDArray[np.uint8]:
    """The first bytes of each text's sha256, as [texts, 16]."""
    joined = b"".join(hashlib.sha256(text.encode()).digest()[:_TEXT_BYTES] for text in texts)
    return np.frombuffer(joined, dtype=np.uint8).reshape(-1, _TEXT_BYTES)
