"""Content is equal exactly when the sorted rows are."""

import hashlib
import json
import struct

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from klyngesim.results.hashing import ContentHash, content_hash, json_hash, sort_rows

words = st.sampled_from(["", "a", "b", "ba", "å", "energy"])
numbers = st.floats(-1e300, 1e300) | st.sampled_from([float("nan"), float("inf"), -float("inf")])
rows = st.lists(st.tuples(words, st.integers(-(2**62), 2**62), numbers), max_size=20)


def table(found, texts=pa.string()):  # noqa: B008  # a type, not a state
    names, counts, values = (list(column) for column in zip(*found, strict=True)) if found else ([], [], [])
    return pa.table(
        {
            "name": pa.array(names, pa.string()).cast(texts),
            "count": pa.array(counts, pa.int64()),
            "value": pa.array(values, pa.float64()),
        }
    )


@settings(max_examples=60, deadline=None)
@given(rows, st.randoms(use_true_random=False))
def test_order_of_rows_does_not_count(found, shuffler):
    shuffled = list(found)
    shuffler.shuffle(shuffled)
    assert content_hash(table(found)) == content_hash(table(shuffled))


@settings(max_examples=60, deadline=None)
@given(rows.filter(bool), st.data())
def test_any_changed_cell_counts(found, data):
    place = data.draw(st.integers(0, len(found) - 1))
    name, count, value = found[place]
    changed = [(name + "x", count, value), (name, count + 1, value)]
    changed += [(name, count, float(np.nextafter(value, np.inf)))] if np.isfinite(value) else [(name, count, 1.5)]
    for row in changed:
        other = [*found[:place], row, *found[place + 1 :]]
        assert content_hash(table(other)) != content_hash(table(found))


def test_a_repeated_row_counts():
    once = [("a", 1, 1.0)]
    assert content_hash(table(once)) != content_hash(table(once * 2))


def test_encoding_and_integer_width_do_not_count():
    found = [("b", 2, 0.5), ("a", 1, -1.0)]
    plain = table(found)
    coded = table(found, pa.dictionary(pa.int8(), pa.string()))
    narrow = plain.set_column(1, "count", plain.column("count").cast(pa.int16()))
    assert content_hash(plain) == content_hash(coded) == content_hash(narrow)


def test_negative_zero_is_zero_and_every_nan_is_the_same():
    odd = np.frombuffer(np.array([0x7FF8000000000001], dtype="<u8").tobytes(), dtype="<f8")[0]
    first = table([("a", 1, -0.0), ("b", 1, np.nan)])
    second = table([("a", 1, 0.0), ("b", 1, odd)])
    assert content_hash(first) == content_hash(second)


def test_column_names_count():
    first = table([("a", 1, 1.0)])
    assert content_hash(first) != content_hash(first.rename_columns(["other", "count", "value"]))


def test_the_hash_is_what_the_description_says():
    """Built by hand from the description: if this fails, stored manifests no longer compare."""
    header = json.dumps([["name", "text"], ["count", "int"], ["value", "float"]]).encode()
    by_hand = hashlib.sha256(header)
    for name, count, value in (("clean", -1, 1e300), ("energy", 3, 0.25)):
        by_hand.update(hashlib.sha256(name.encode()).digest()[:16] + struct.pack("<qd", count, value))
    assert content_hash(table([("energy", 3, 0.25), ("clean", -1, 1e300)])) == by_hand.hexdigest()


@settings(max_examples=40, deadline=None)
@given(rows, st.integers(0, 20))
def test_blocks_give_the_hash_of_the_whole(found, cut):
    whole = sort_rows(table(found))
    digest = ContentHash()
    digest.update(whole.slice(0, min(cut, len(found))))
    digest.update(whole.slice(min(cut, len(found))))
    assert digest.hexdigest() == content_hash(table(found))


def test_missing_cells_and_other_types_are_refused():
    with pytest.raises(ValueError, match="missing"):
        content_hash(pa.table({"a": pa.array([1.0, None])}))
    with pytest.raises(ValueError, match="canonical"):
        content_hash(pa.table({"a": pa.array([True])}))


def test_blocks_with_other_columns_are_refused():
    digest = ContentHash()
    digest.update(pa.table({"a": [1]}))
    with pytest.raises(ValueError, match="columns"):
        digest.update(pa.table({"b": [1]}))


def test_order_of_keys_does_not_count_in_json():
    assert json_hash({"a": 1, "b": [2, 3]}) == json_hash({"b": [2, 3], "a": 1})
    assert json_hash({"a": 1}) != json_hash({"a": 1.5})
    with pytest.raises(ValueError):
        json_hash({"a": float("nan")})
