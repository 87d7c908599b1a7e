"""Size and money of the organisations 2021-2023: Tables 2 and 7, and readings of DLSC's other income (A2).

All amounts are million kr. (mio. kr.) in current prices over the three years together. The grant is gross of
what is passed on to partners, the other sources are net of it (choice A18).
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache

from klyngesim.evidence.files import check_option, record
from klyngesim.evidence.organisations import per_organisation, total_row

DLSC_READINGS = ("validated", "printed", "full")
"""Readings of DLSC's external income (choice A2), the default first."""

_DLSC = "dlsc"
_DECIMALS = 1  # Tables 2 and 7 print one decimal


@dataclass(frozen=True)
class SizeShares:
    """One row of Table 2: shares in % of the programme's totals, 2021-2023.

    The shares of members and participants add to more than 100, as a firm may be in several organisations.
    """

    cluster: str
    grant_pct: float
    other_income_pct: float
    members_pct: float
    participants_pct: float
    activities_pct: float
    line: int


@dataclass(frozen=True)
class SizeTotals:
    """The total row of Table 2, 2021-2023: million kr., unique members, unique participants, activities."""

    grant_mkr: float
    other_income_mkr: float
    members: int
    participants: int
    activities: int
    line: int


@dataclass(frozen=True)
class SizeAbsolute:
    """Table 2 as share x total, rounded to one decimal: million kr. and numbers, 2021-2023.

    The shares of other income fit the base `..._with_item_mkr`, the column totals of Table 7, which still
    hold the item of DLSC that the printed total (`..._printed_base_mkr`) leaves out (choice A2).
    """

    cluster: str
    grant_mkr: float
    other_income_printed_base_mkr: float
    other_income_with_item_mkr: float
    members: float
    participants: float
    activities: float


@dataclass(frozen=True)
class Finance:
    """One row of Table 7: money spent 2021-2023 by source, million kr.

    cluster     organisation id, or ``"all"`` for the printed totals
    grant       cluster grant (klyngebevilling)
    public_dk   other Danish public money (offentlige midler)
    eu          EU money
    private     private money (private midler): fees, sponsorship, foundations, firms' project cash
    other       other money (andre midler)
    line        line of the report
    """

    cluster: str
    grant: float
    public_dk: float
    eu: float
    private: float
    other: float
    line: int

    @property
    def external(self) -> float:
        """All money but the grant, million kr. to one decimal."""
        return round(self.public_dk + self.eu + self.private + self.other, _DECIMALS)


@dataclass(frozen=True)
class ExternalFunds:
    """External income 2021-2023 in million kr. and as a ratio to the grant, under each reading of choice A2.

    Only DLSC and the printed sums differ between the readings. `private_to_grant` is cash only (choice A19).
    """

    cluster: str
    printed_mkr: float
    validated_mkr: float
    full_mkr: float
    printed_to_grant: float
    validated_to_grant: float
    full_to_grant: float
    private_to_grant: float


@cache
def size_shares() -> tuple[SizeShares, ...]:
    """Return Table 2's five shares in %, in the order of `organisations()`."""
    return per_organisation("table2_size", _shares)


def _shares(row: Mapping[str, str]) -> SizeShares:
    return record(
        SizeShares,
        row,
        cluster="cluster_id",
        grant_pct="grant_share_pct",
        other_income_pct="other_income_share_pct",
        members_pct="members_share_pct",
        participants_pct="participants_share_pct",
        activities_pct="activities_share_pct",
        line="source_line",
    )


@cache
def size_totals() -> SizeTotals:
    """Return Table 2's total row, which prints amounts and numbers under columns of shares."""
    row = total_row("table2_size")
    return record(
        SizeTotals,
        row,
        grant_mkr="grant_share_pct",
        other_income_mkr="other_income_share_pct",
        members="members_share_pct",
        participants="participants_share_pct",
        activities="activities_share_pct",
        line="source_line",
    )


@cache
def size_absolute() -> tuple[SizeAbsolute, ...]:
    """Return Table 2 in amounts and numbers (share x total), in the order of `organisations()`."""
    return per_organisation("table2_derived", _absolute)


def _absolute(row: Mapping[str, str]) -> SizeAbsolute:
    return record(
        SizeAbsolute,
        row,
        cluster="cluster_id",
        grant_mkr="grant_mio_kr",
        other_income_printed_base_mkr="other_income_mio_kr_base_848_4",
        other_income_with_item_mkr="other_income_mio_kr_base_873_3",
    )


@cache
def finance(dlsc: str = "printed") -> tuple[Finance, ...]:
    """Return Table 7 by organisation, in the order of `organisations()`.

    `dlsc` is the reading of choice A2: ``"printed"`` leaves the table as it is, ``"validated"`` and
    ``"full"`` put what DLSC's printed row lacks into its cell of other money.
    Raises `UnknownEvidence` for another reading.
    """
    printed = per_organisation("table7_finance_mio_kr", _finance)
    if check_option("DLSC reading", dlsc, DLSC_READINGS) == "printed":
        return printed
    missing = dlsc_external_mkr(dlsc) - dlsc_external_mkr("printed")
    return tuple(
        replace(row, other=round(row.other + missing, _DECIMALS)) if row.cluster == _DLSC else row for row in printed
    )


@cache
def finance_totals() -> Finance:
    """Return the printed total row of Table 7; its other money exceeds the sum of the rows (choice A2)."""
    return _finance(total_row("table7_finance_mio_kr"))


def _finance(row: Mapping[str, str]) -> Finance:
    one = record(Finance, row, cluster="cluster_id", line="source_line")
    return replace(one, cluster="all") if one.cluster == "total_printed" else one


@cache
def external_funds() -> tuple[ExternalFunds, ...]:
    """Return Table 7's external income against the grant, in the order of `organisations()`."""
    return per_organisation("table7_derived", _external)


@cache
def external_funds_total() -> ExternalFunds:
    """Return the sums over the 13 organisations and their ratios to the whole grant (choice A3)."""
    return _external(total_row("table7_derived"))


def _external(row: Mapping[str, str]) -> ExternalFunds:
    readings = {"printed": "as_printed", "validated": "dlsc_validated", "full": "dlsc_full"}
    amounts = {f"{name}_mkr": f"external_mio_kr_{reading}" for name, reading in readings.items()}
    ratios = {f"{name}_to_grant": f"external_to_grant_{reading}" for name, reading in readings.items()}
    one = record(ExternalFunds, row, cluster="cluster_id", **amounts, **ratios)
    return replace(one, cluster="all") if one.cluster == "sum" else one


@cache
def dlsc_external_mkr(option: str = "validated") -> float:
    """Return Danish Life Science Cluster's external income 2021-2023 in million kr. under a reading of A2.

    ``"printed"``    sum of its row in Table 7
    ``"validated"``  Table 2's total of other income less the other twelve rows of Table 7: with the validated
                     money that is missing from its row
    ``"full"``       its row plus what the column of other money lacks against its printed total in Table 7:
                     with the item that the authority had not validated as well

    Raises `UnknownEvidence` for another option.
    """
    check_option("DLSC reading", option, DLSC_READINGS)
    printed = per_organisation("table7_finance_mio_kr", _finance)
    own = next(row for row in printed if row.cluster == _DLSC).external
    if option == "printed":
        return own
    if option == "validated":
        others = sum(row.external for row in printed if row.cluster != _DLSC)
        return round(size_totals().other_income_mkr - others, _DECIMALS)
    return round(own + finance_totals().other - sum(row.other for row in printed), _DECIMALS)
