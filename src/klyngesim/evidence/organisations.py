"""The 13 cluster organisations (klyngeorganisationer) of the programme, and MARLOG, the 14th that failed."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import TypeVar

from klyngesim.evidence.files import EvidenceError, LineRanges, line_ranges, lookup, rows

T = TypeVar("T")

_TOTAL_ROWS = frozenset({"total_absolute", "total_printed", "sum", "sum_of_rows", "printed_total"})
_MARLOG = "marlog"


@dataclass(frozen=True)
class Organisation:
    """A cluster organisation and the stronghold or emerging area it serves.

    id                    short name used in every table, scenario and result, e.g. ``"made"``
    label                 name as the report's tables spell it, e.g. ``"MADE"``
    full_name             full name of the organisation
    stronghold_da/_en     its stronghold in Danish and English (paired by name, choice A20)
    scope_en              what the stronghold covers
    status                ``"established"`` (styrkeposition) or ``"emerging"`` (spirende område)
    designated_by         who appointed the stronghold; conflicts of the report are in words (choice A12)
    in_table3             False where Tables 3 and 4 are withheld for discretion
    director_interviewed  whether its director was interviewed for the report (12 of 13 were)
    line                  line of the report with the name
    stronghold_lines      lines of the report that define the stronghold
    notes                 remarks on conflicts
    """

    id: str
    label: str
    full_name: str
    stronghold_da: str
    stronghold_en: str
    scope_en: str
    status: str
    designated_by: str
    in_table3: bool
    director_interviewed: bool
    line: int
    stronghold_lines: LineRanges
    notes: str


def _organisation(row: Mapping[str, str]) -> Organisation:
    return Organisation(
        id=row["cluster_id"],
        label=row["label_in_tables"].split(" / ")[0],
        full_name=row["full_name"],
        stronghold_da=row["stronghold_da"],
        stronghold_en=row["stronghold_en"],
        scope_en=row["stronghold_scope_en"],
        status=row["status"],
        designated_by=row["designated_by"],
        in_table3=row["in_tables_3_4"] == "yes",
        director_interviewed=row["director_interviewed"] == "yes",
        line=int(row["name_line"]),
        stronghold_lines=line_ranges(row["stronghold_lines"]),
        notes=row["notes"],
    )


@cache
def _all() -> dict[str, Organisation]:
    return {row["cluster_id"]: _organisation(row) for row in rows("clusters")}


@cache
def organisation_ids() -> tuple[str, ...]:
    """Return the 13 ids in the row order of Table 2, the order of every array of the model."""
    return tuple(row["cluster_id"] for row in rows("table2_size") if row["cluster_id"] not in _TOTAL_ROWS)


@cache
def organisations() -> tuple[Organisation, ...]:
    """Return the 13 organisations with data, in the row order of Table 2 (MARLOG is apart, choice A13)."""
    return tuple(_all()[cluster] for cluster in organisation_ids())


def organisation(cluster: str) -> Organisation:
    """Return one of the 13 organisations; an unknown id raises `UnknownEvidence` with the nearest one."""
    return lookup("organisation", {one.id: one for one in organisations()}, cluster)


def marlog() -> Organisation:
    """Return MARLOG (maritime industries and logistics): in Table 5 only, bankrupt in 2022 (E110, E123)."""
    return lookup("organisation", _all(), _MARLOG)


def per_organisation(name: str, build: Callable[[Mapping[str, str]], T]) -> tuple[T, ...]:
    """Return ``build(row)`` of table `name` for each of the 13, whatever order the table prints.

    Total rows are left out. Raises `EvidenceError` when an organisation is missing or stands twice.
    """
    by_cluster: dict[str, T] = {}
    for row in rows(name):
        cluster = row["cluster_id"]
        if cluster in _TOTAL_ROWS:
            continue
        if cluster in by_cluster:
            raise EvidenceError(f"{name}: two rows for {cluster!r}")
        by_cluster[cluster] = build(row)
    different = set(by_cluster) ^ set(organisation_ids())
    if different:
        raise EvidenceError(f"{name}: organisations missing or too many: {sorted(different)}")
    return tuple(by_cluster[cluster] for cluster in organisation_ids())


def total_row(name: str) -> Mapping[str, str]:
    """Return the printed total row of table `name`; raises `EvidenceError` when there is not exactly one."""
    totals = [row for row in rows(name) if row["cluster_id"] in _TOTAL_ROWS]
    if len(totals) != 1:
        raise EvidenceError(f"{name}: {len(totals)} total rows instead of one")
    return totals[0]
