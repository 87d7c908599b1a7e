"""Figures of the report and of other sources, as expressions, so that no target is typed a second time.

An expression is a sum of products of references and numbers, worked from left to right::

    table:participants_total                     one organisation's value of a derived table (`evidence.derived`)
    sum:members_total / total:members            sum over the organisations; Table 2's printed total
    table3:participants                          Table 3, 2021; table4:participant.export_share likewise
    dlsc:printed                                 DLSC's external income in a reading of A2, mio. kr.
    F234 + F236                                  facts and evidence items as in `evidence.references`

Signs between products stand between spaces; * and / bind tighter.
"""

from __future__ import annotations

import re

from klyngesim.evidence import tables
from klyngesim.evidence.derived import TABLES, table
from klyngesim.evidence.files import EvidenceError, check_option
from klyngesim.evidence.references import resolve

_TERM = re.compile(r"(?P<kind>table3|table4|table|sum|total|dlsc):(?P<name>[\w.]+)", re.ASCII)
_SIGN = re.compile(r"\s+([+-])\s+")
_OPERATOR = re.compile(r"\s*([*/])\s*")
_TOTALS = ("grant_mkr", "other_income_mkr", "members", "participants", "activities")
_TABLE3 = ("participants", "share_pct")
_TABLE4 = ("firms", "median_employees", "export_share")


def figure(text: str, cluster: str) -> float:
    """Value of an expression for an organisation, or for the programme (``"all"``).

    Raises:
        EvidenceError: an unknown reference, one that has no value there, or a division by zero.
    """
    parts = _SIGN.split(text.strip())
    result = _product(parts[0], cluster)
    for sign, part in zip(parts[1::2], parts[2::2], strict=True):
        result += _product(part, cluster) * (1.0 if sign == "+" else -1.0)
    return result


def _product(text: str, cluster: str) -> float:
    parts = _OPERATOR.split(text)
    result = _value(parts[0], cluster)
    for operator, part in zip(parts[1::2], parts[2::2], strict=True):
        value = _value(part, cluster)
        if operator == "/" and value == 0.0:
            raise EvidenceError(f"{text!r}: division by zero")
        result = result * value if operator == "*" else result / value
    return result


def _value(term: str, cluster: str) -> float:
    match = _TERM.fullmatch(term)
    if match is None:
        return resolve(term)
    kind, name = match["kind"], match["name"]
    if kind in ("table", "sum"):
        values = table(check_option("derived table", name, TABLES))
        if kind == "sum":
            return float(sum(values.values()))
        return values[check_option("organisation", cluster, values)]
    if kind == "total":
        return float(getattr(tables.size_totals(), check_option("total of Table 2", name, _TOTALS)))
    if kind == "dlsc":
        return tables.dlsc_external_mkr(name)
    return _counted(term, kind, name, cluster)


def _counted(term: str, kind: str, name: str, cluster: str) -> float:
    """A cell of Table 3 or 4."""
    if kind == "table3":
        check_option("column of Table 3", name, _TABLE3)
        cells = [getattr(row, name) for row in tables.participation_2021() if row.cluster == cluster]
    else:
        group, _, column = name.partition(".")
        check_option("column of Table 4", column, _TABLE4)
        rows = tables.characteristics_2021()
        cells = [getattr(row, column) for row in rows if (row.cluster, row.group) == (cluster, group)]
    if not cells or cells[0] is None:
        raise EvidenceError(f"{term!r} has no value for {cluster!r}")
    return float(cells[0])
