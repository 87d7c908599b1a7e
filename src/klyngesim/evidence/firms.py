"""Firms: population (Table 1), participation and medians in 2021 (Tables 3, 4), outside industries (5)."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from klyngesim.evidence.files import LineRanges, record, rows
from klyngesim.evidence.organisations import organisation_ids, per_organisation

CATEGORIES = {
    "Hovederhverv": "main",
    "Støtteerhverv": "supporting",
    "Ikke tilknyttet en styrkeposition": "unattached",
}
"""Table 1's Danish categories to the model's: main (in one stronghold), supporting (several), unattached."""

GROUPS = ("non_participant", "participant")
"""Table 4's groups of firms of a stronghold: "Ej klynge" (did not take part) and "Klynge" (took part)."""


@dataclass(frozen=True)
class FirmPopulation:
    """One row of Table 1: the private firms of a category of industries, 2019.

    category                  ``"main"``, ``"supporting"`` or ``"unattached"``
    firms, employees          number
    turnover_printed          turnover as printed, under a heading that says mio. kr.
    turnover_billion_kr       turnover in billion (mia.) kr., the only unit that can be meant (choice A1)
    line                      line of the report
    """

    category: str
    firms: int
    employees: int
    turnover_printed: float
    turnover_billion_kr: float
    line: int


@dataclass(frozen=True)
class Participation:
    """One row of Table 3: private firms of the own stronghold in grant-funded activities, 2021.

    None everywhere for the three organisations withheld for discretion (FinTech, Robotics, Sound).

    non_participants      firms printed as "Antal virksomheder", by the shares those without (choice A4)
    participants          participating firms of the own stronghold (a narrow count, choice A5)
    share_pct             participants in % of all firms of the stronghold, as printed
    stronghold_firms      non-participants + participants
    lines                 lines of the report
    """

    cluster: str
    non_participants: int | None
    participants: int | None
    share_pct: float | None
    stronghold_firms: int | None
    lines: LineRanges


@dataclass(frozen=True)
class Characteristics:
    """One half row of Table 4: medians of participating or other firms of a stronghold, 2021.

    group                     ``"non_participant"`` or ``"participant"``
    firms                     number
    median_employees          employees
    export_share              share of firms that export, 0-1
    median_turnover_tkr       thousand kr. a year
    median_productivity_tkr   turnover in thousand kr. per employee
    line                      line of the report
    """

    cluster: str
    group: str
    firms: int
    median_employees: float
    export_share: float
    median_turnover_tkr: float
    median_productivity_tkr: float
    line: int


@dataclass(frozen=True)
class OutsideIndustry:
    """One cell of Table 5: a large industry among participants from outside the stronghold, 2021-2023.

    cluster               organisation id, ``"marlog"`` included
    rank                  1 = largest group of firms (rank by reading order, choice A15)
    industry_da/_en       industry
    mark, mark_meaning    footnote letter as printed and what it means
    ambiguity             empty, or why the mark is uncertain
    lines                 lines of the report
    """

    cluster: str
    rank: int
    industry_da: str
    industry_en: str
    mark: str
    mark_meaning: str
    ambiguity: str
    lines: LineRanges


@cache
def firm_population() -> tuple[FirmPopulation, ...]:
    """Return Table 1 (2019): main, supporting and unattached industries; 282,487 firms in all."""
    return tuple(
        FirmPopulation(
            category=CATEGORIES[row["category_da"]],
            firms=int(row["firms"]),
            employees=int(row["employees"]),
            turnover_printed=float(row["turnover_printed"]),
            turnover_billion_kr=float(row["turnover_likely_bn_kr"]),
            line=int(row["source_line"]),
        )
        for row in rows("table1_firm_population")
    )


@cache
def participation_2021() -> tuple[Participation, ...]:
    """Return Table 3 for the 13 organisations in the order of `organisations()`; hidden rows hold None."""
    return per_organisation("table3_participation_2021", _participation)


def _participation(row: Mapping[str, str]) -> Participation:
    return record(
        Participation,
        row,
        cluster="cluster_id",
        non_participants="firms_printed",
        share_pct="share_printed_pct",
        stronghold_firms="firms_in_stronghold_implied",
        lines="source_line",
    )


@cache
def characteristics_2021() -> tuple[Characteristics, ...]:
    """Return Table 4: two rows (non-participants, participants) for each of the ten organisations shown.

    Organisations stand in the order of `organisations()`; FinTech, Robotics and Sound have no rows.
    """
    found = {
        (row["cluster_id"], row["group"]): record(
            Characteristics,
            row,
            cluster="cluster_id",
            firms="n_firms",
            median_turnover_tkr="median_turnover_1000kr",
            median_productivity_tkr="median_productivity_1000kr_per_employee",
            line="source_line",
        )
        for row in rows("table4_characteristics_2021")
    }
    keys = ((cluster, group) for cluster in organisation_ids() for group in GROUPS)
    return tuple(found[key] for key in keys if key in found)


@cache
def outside_industries() -> tuple[OutsideIndustry, ...]:
    """Return Table 5 as printed: 63 cells for 14 organisations, MARLOG included, by organisation and rank."""
    return tuple(
        record(
            OutsideIndustry,
            row,
            cluster="cluster_id",
            mark="footnote_mark",
            mark_meaning="footnote_meaning",
            ambiguity="ambiguity_flag",
            lines="source_line",
        )
        for row in rows("table5_outside_industries")
    )
