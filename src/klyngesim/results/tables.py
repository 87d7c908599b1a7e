"""The long tables of one run, built from its arrays, in canonical order.

Every text column is dictionary-encoded with its words in ascending order, so that sorting by code is sorting
by text and the rows come out sorted by all columns from left to right without a sort over the table.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from klyngesim.results import vocabulary
from klyngesim.results.records import RunResult
from klyngesim.scenario import periods

OERE_PER_MKR = 100_000_000
"""One million kroner in oere."""

_TEXT = pa.dictionary(pa.int16(), pa.string())
_RUN = [("scenario", _TEXT), ("seed", pa.int64()), ("draw", pa.int64())]
_KEY = [*_RUN, ("period", _TEXT), ("cluster", _TEXT)]

SCHEMAS: dict[str, pa.Schema] = {
    "indicators": pa.schema([*_KEY, ("indicator", _TEXT), ("value", pa.float64())]),
    "funnel": pa.schema(
        [
            *_KEY,
            ("firm_class", _TEXT),
            ("from_stage", _TEXT),
            ("to_stage", _TEXT),
            ("reason", _TEXT),
            ("count", pa.int64()),
        ]
    ),
    "finance": pa.schema([*_KEY, ("account", _TEXT), ("mkr", pa.float64())]),
    "cohorts": pa.schema(
        [
            *_RUN,
            ("entered", _TEXT),
            ("cluster", _TEXT),
            ("firm_class", _TEXT),
            ("stage", _TEXT),
            ("outcome", _TEXT),
            ("count", pa.int64()),
        ]
    ),
}
"""Columns of the tables that a run leaves."""

Codes = NDArray[np.int64]


def indicator_table(result: RunResult) -> pa.Table:
    """``scenario, seed, draw, period, cluster, indicator, value``; what is not defined (NaN) has no row."""
    clusters, cluster_order = _sorted(result.clusters)
    names, name_order = _sorted(result.indicator_ids)
    values = result.indicators[:, cluster_order][:, :, name_order]
    kept = np.flatnonzero(~np.isnan(values))
    period, cluster, name = np.unravel_index(kept, values.shape)
    words = [(period, _period_labels(result)), (cluster, clusters), (name, names)]
    return _table("indicators", result, words, values.ravel()[kept])


def finance_table(result: RunResult) -> pa.Table:
    """``scenario, seed, draw, period, cluster, account, mkr``: every account and quarter, zeros included."""
    clusters, cluster_order = _sorted(result.organisations)
    accounts, account_order = _sorted(result.accounts)
    values = result.finance[:, cluster_order][:, :, account_order]
    period, cluster, account = np.unravel_index(np.arange(values.size), values.shape)
    words = [(period, _period_labels(result)), (cluster, clusters), (account, accounts)]
    return _table("finance", result, words, values.ravel() / OERE_PER_MKR)


def funnel_table(result: RunResult) -> pa.Table:
    """``scenario, seed, draw, period, cluster, firm_class, from_stage, to_stage, reason, count``.

    Moves that are alike in all of these are added up.
    """
    rows = result.funnel
    columns = [
        (rows.period - result.first_period, _period_labels(result)),
        _ranked(rows.organisation, result.organisations),
        _coded(rows.firm_class, vocabulary.FIRM_CLASSES),
        _coded(rows.from_stage, vocabulary.STAGES),
        _coded(rows.to_stage, vocabulary.STAGES),
        _coded(rows.reason, vocabulary.REASONS),
    ]
    return _added_up("funnel", result, columns, rows.count)


def cohort_table(result: RunResult) -> pa.Table:
    """``scenario, seed, draw, entered, cluster, firm_class, stage, outcome, count``; see `records.CohortRows`.

    ``entered`` is a year, ``outcome`` a word of `vocabulary.OUTCOMES`.
    """
    rows = result.cohorts
    years, entered = np.unique(rows.entered, return_inverse=True)
    columns = [
        (entered, [str(year) for year in years]),
        _ranked(rows.organisation, result.organisations),
        _coded(rows.firm_class, vocabulary.FIRM_CLASSES),
        _coded(rows.stage, vocabulary.STAGES),
        _coded(rows.outcome, vocabulary.OUTCOMES),
    ]
    return _added_up("cohorts", result, columns, rows.count)


BUILDERS: dict[str, Callable[[RunResult], pa.Table]] = {
    "indicators": indicator_table,
    "funnel": funnel_table,
    "finance": finance_table,
    "cohorts": cohort_table,
}
"""What makes each of the tables."""


def _added_up(name: str, result: RunResult, columns: Sequence[tuple[Codes, Sequence[str]]], counted: Codes) -> pa.Table:
    """A table of counts; rows that are alike in all coded columns are added up."""
    shape = tuple(len(words) for _, words in columns)
    if not len(counted):
        return _table(name, result, [(counted, words) for _, words in columns], counted)
    address = np.ravel_multi_index(tuple(codes for codes, _ in columns), shape)
    kept, inverse = np.unique(address, return_inverse=True)
    counts = np.zeros(len(kept), dtype=np.int64)
    np.add.at(counts, inverse, counted)
    words_of_rows = zip(np.unravel_index(kept, shape), (words for _, words in columns), strict=True)
    return _table(name, result, list(words_of_rows), counts)


def _period_labels(result: RunResult) -> list[str]:
    """Labels of the quarters that the run covers; their text order is their time order."""
    return [periods.label(int(result.first_period) + step) for step in range(len(result.indicators))]


def _sorted(words: Sequence[str]) -> tuple[list[str], list[int]]:
    """The words in ascending order, and where each stood."""
    order = sorted(range(len(words)), key=words.__getitem__)
    return [words[place] for place in order], order


def _ranked(codes: Codes, words: Sequence[str]) -> tuple[Codes, list[str]]:
    """Codes into ``words`` turned into codes into the sorted words."""
    ordered, order = _sorted(words)
    rank = np.empty(len(words), dtype=np.int64)
    rank[order] = np.arange(len(words))
    return rank[codes], ordered


def _coded(codes: Codes, words: Sequence[vocabulary.Word]) -> tuple[Codes, list[str]]:
    """Codes of a vocabulary turned into codes into its sorted ids."""
    return _ranked(codes, [word.id for word in words])


def _table(
    name: str, result: RunResult, words: Sequence[tuple[NDArray[Any], Sequence[str]]], values: NDArray[Any]
) -> pa.Table:
    """A table of ``SCHEMAS[name]``: scenario, seed, draw, then coded text columns, then one of numbers."""
    rows = len(values)
    columns = [
        _words(np.zeros(rows, dtype=np.int16), [result.scenario]),
        pa.array(np.full(rows, result.seed, dtype=np.int64)),
        pa.array(np.full(rows, result.draw, dtype=np.int64)),
        *(_words(codes, texts) for codes, texts in words),
        pa.array(values),
    ]
    return pa.Table.from_arrays(columns, schema=SCHEMAS[name])


def _words(codes: NDArray[Any], texts: Sequence[str]) -> pa.DictionaryArray:
    """A dictionary column from codes and words."""
    return pa.DictionaryArray.from_arrays(pa.array(codes.astype(np.int16)), pa.array(texts, pa.string()))
