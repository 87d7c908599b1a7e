"""Typed access to all that the report prints: organisations, Tables 1-7, facts, levers, mechanisms; and its readings.

Tuples with one entry per organisation stand in the order of `organisations()`, the row order of Table 2,
whatever order the table itself has, so that they can be zipped. Units are in the docstring of each record.
"""

from dataclasses import dataclass
from functools import cache

from klyngesim.evidence.catalogue import (
    EvidenceItem,
    Fact,
    Mechanism,
    PolicyLever,
    fact,
    facts,
    facts_about,
    mechanism,
    mechanisms,
    policy_lever,
    policy_levers,
    source,
    sources,
)
from klyngesim.evidence.files import EvidenceError, LineRanges, check_option, line_ranges, lookup, rows
from klyngesim.evidence.finance import (
    DLSC_READINGS,
    ExternalFunds,
    Finance,
    SizeAbsolute,
    SizeShares,
    SizeTotals,
    dlsc_external_mkr,
    external_funds,
    external_funds_total,
    finance,
    finance_totals,
    size_absolute,
    size_shares,
    size_totals,
)
from klyngesim.evidence.firms import (
    Characteristics,
    FirmPopulation,
    OutsideIndustry,
    Participation,
    characteristics_2021,
    firm_population,
    outside_industries,
    participation_2021,
)
from klyngesim.evidence.groups import (
    ACTIVITIES,
    PARTICIPANTS,
    GroupSize,
    GroupSizes,
    Reading,
    group_sizes,
    readings,
)
from klyngesim.evidence.organisations import (
    Organisation,
    marlog,
    organisation,
    organisation_ids,
    organisations,
)

__all__ = [
    "ACTIVITIES",
    "DLSC_READINGS",
    "PARTICIPANTS",
    "Characteristics",
    "EvidenceItem",
    "ExternalFunds",
    "Fact",
    "Finance",
    "FirmPopulation",
    "GroupSize",
    "GroupSizes",
    "Mechanism",
    "Organisation",
    "OutsideIndustry",
    "Participation",
    "PolicyLever",
    "Reading",
    "SizeAbsolute",
    "SizeShares",
    "SizeTotals",
    "characteristics_2021",
    "dlsc_external_mkr",
    "external_funds",
    "external_funds_total",
    "fact",
    "facts",
    "facts_about",
    "finance",
    "finance_totals",
    "firm_population",
    "group_sizes",
    "marlog",
    "mechanism",
    "mechanisms",
    "organisation",
    "organisation_ids",
    "organisations",
    "outside_industries",
    "participation_2021",
    "policy_lever",
    "policy_levers",
    "readings",
    "size_absolute",
    "size_shares",
    "size_totals",
    "source",
    "sources",
]


FOREIGN_SHARE_READINGS = ("midpoint", "low", "high")
"""Readings of the foreign share of firm participation (choice A10), the default first."""

_FOREIGN_SHARE = "foreign_firm_participation_share"
_FOREIGN_SHARE_MAXIMUM = "F018"


@dataclass(frozen=True)
class Option:
    """One way to settle an ambiguity: `name` as written in a scenario, `meaning` in words."""

    name: str
    meaning: str


@dataclass(frozen=True)
class Choice:
    """How one ambiguity of the report is settled.

    id          ``"A1"``...``"A21"``
    topic       two or three words
    question    what is unclear
    options     the ways to settle it, the chosen one among them
    default     name of the option chosen
    why         reason for it
    lines       lines of the report
    parameters  registered parameters by which another option is selected; () when the choice is documentation
    use         ``"model"`` (changes a run), ``"calibration"`` (says which numbers may be targets) or
                ``"documentation"``
    """

    id: str
    topic: str
    question: str
    options: tuple[Option, ...]
    default: str
    why: str
    lines: LineRanges
    parameters: tuple[str, ...]
    use: str

    @property
    def option_names(self) -> tuple[str, ...]:
        """Names of all options, in the order of the file."""
        return tuple(option.name for option in self.options)

    def option(self, name: str) -> Option:
        """Return the option called `name`; an unknown name raises `UnknownEvidence` with the nearest one."""
        return lookup(f"option of {self.id}", {option.name: option for option in self.options}, name)


def _options(text: str) -> tuple[Option, ...]:
    parts = (part.partition(": ") for part in text.split(" | "))
    return tuple(Option(name.strip(), meaning.strip()) for name, _, meaning in parts)


@cache
def _choices() -> dict[str, Choice]:
    return {
        row["id"]: Choice(
            id=row["id"],
            topic=row["topic"],
            question=row["question"],
            options=_options(row["options"]),
            default=row["default"],
            why=row["why"],
            lines=line_ranges(row["lines"]),
            parameters=() if row["parameters"] == "-" else tuple(row["parameters"].split()),
            use=row["use"],
        )
        for row in rows("choices")
    }


def choices() -> tuple[Choice, ...]:
    """Return the choices for A1-A21, in that order."""
    return tuple(_choices().values())


def choice(id: str) -> Choice:
    """Return the choice for one ambiguity (``"A2"``); an unknown id raises `UnknownEvidence`."""
    return lookup("choice", _choices(), id)


@cache
def foreign_firm_share_pct(option: str = "midpoint") -> tuple[tuple[str, float], ...]:
    """Return foreign firms in % of firm participation 2021-2023, for the four organisations with most (A10).

    Pairs (organisation id, %): ``"low"`` is the lower end of chapter 2's range, ``"midpoint"`` its middle and
    ``"high"`` the summary's "up to". The other nine organisations have no number but F020 (half are below).
    Raises `UnknownEvidence` for another option.
    """
    check_option("reading of the foreign share", option, FOREIGN_SHARE_READINGS)
    shares = []
    for one in facts_about(_FOREIGN_SHARE):
        top = fact(_FOREIGN_SHARE_MAXIMUM).value
        if one.low is None or one.high is None or top is None:
            raise EvidenceError(f"{one.id} or {_FOREIGN_SHARE_MAXIMUM}: a bound of the share is missing")
        by_option = {"low": one.low, "midpoint": (one.low + one.high) / 2, "high": top}
        shares.append((one.cluster, by_option[option]))
    return tuple(shares)
