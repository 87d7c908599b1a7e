"""Values by organisation, worked out from the tables: what the parameter registry calls ``table:NAME``.

Where the report prints a figure for an organisation it is used; where it does not, the assumption of
``data/organisation_assumptions.csv`` stands in, with its grade and source.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache

from klyngesim.evidence import tables
from klyngesim.evidence.files import rows
from klyngesim.evidence.tables import foreign_firm_share_pct

Choices = Mapping[str, str]
Column = dict[str, float]
NO_CHOICES: Choices = {}

_PERCENT = 0.01
_TABLE_4_UNIT = 0.1
"""Last decimal of the export shares of Table 4."""


@cache
def _assumptions() -> dict[tuple[str, str], float]:
    return {(row["quantity"], row["cluster"]): float(row["value"]) for row in rows("organisation_assumptions")}


def assumed(quantity: str, cluster: str) -> float:
    """Assumption for a quantity: the organisation's own, else the common one (``*``)."""
    known = _assumptions()
    return known.get((quantity, cluster), known[(quantity, "*")])


def _ids() -> tuple[str, ...]:
    return tables.organisation_ids()


def _by_fact(fact_quantity: str, assumption: str) -> Column:
    """Share per organisation from the facts about a quantity (middle of a range, bound of an inequality)."""
    printed: Column = {}
    for fact in tables.facts_about(fact_quantity):
        value = fact.value if fact.value is not None else (_middle(fact.low, fact.high))
        if fact.cluster in _ids() and value is not None:
            printed[fact.cluster] = value * _PERCENT
    return {cluster: printed.get(cluster, assumed(assumption, cluster)) for cluster in _ids()}


def _middle(low: float | None, high: float | None) -> float | None:
    return None if low is None or high is None else (low + high) / 2.0


def _finance(source: str, choices: Choices) -> Column:
    reading = choices.get("choices.dlsc_other_income", "validated")
    return {row.cluster: float(getattr(row, source)) for row in tables.finance(reading)}


def _size(column: str) -> Column:
    return {row.cluster: float(getattr(row, column)) for row in tables.size_absolute()}


def _readings(choices: Choices) -> dict[str, str]:
    prefix = "choices.table6_"
    return {key.removeprefix(prefix): value for key, value in choices.items() if key.startswith(prefix)}


def _seats(activity: str, participant: str, choices: Choices) -> Column:
    sizes = tables.group_sizes(_readings(choices))
    found = {cluster: sizes.mean(cluster, activity, participant) for cluster in _ids()}
    if activity == "application" and participant == "firm":
        return {c: v if v is not None else assumed("application_firms", c) for c, v in found.items()}
    return {cluster: value if value is not None else 0.0 for cluster, value in found.items()}


def _mix(activity: str, choices: Choices) -> Column:
    """Share of an activity type; none where Table 6 leaves the cell blank under the reading in force."""
    sizes = tables.group_sizes(_readings(choices))
    if activity == "project":
        shares = _by_fact("collaboration_project_share", "project_share")
    else:
        shares = {cluster: assumed(f"{activity}_share", cluster) for cluster in _ids()}
    return {c: shares[c] if sizes.mean(c, activity, "firm") is not None else 0.0 for c in _ids()}


def _university_presence(choices: Choices) -> Column:
    printed = {fact.cluster: fact.value for fact in tables.facts_about("university_activity_share") if fact.value}
    return {c: printed[c] * _PERCENT if c in printed else assumed("university_presence", c) for c in _ids()}


def _foreign_firms(choices: Choices) -> Column:
    reading = choices.get("choices.foreign_share_reading", "midpoint")
    printed = dict(foreign_firm_share_pct(reading))
    return {c: printed[c] * _PERCENT if c in printed else assumed("foreign_firm_share", c) for c in _ids()}


def _role(name: str, choices: Choices) -> Column:
    """Share of strangers who say yes by role; the foreign share comes off all three Danish ones."""
    foreign = _foreign_firms(choices)
    main = {c: assumed("main_share", c) for c in _ids()}
    supporting = {c: assumed("supporting_share", c) for c in _ids()}
    danish = {"main": main, "supporting": supporting}
    if name == "outside":
        return {c: (1.0 - main[c] - supporting[c]) * (1.0 - foreign[c]) for c in _ids()}
    return {c: danish[name][c] * (1.0 - foreign[c]) for c in _ids()}


def _stronghold_firms(choices: Choices) -> Column:
    counted = {row.cluster: row.stronghold_firms for row in tables.participation_2021()}
    found: Column = {}
    for cluster in _ids():
        number = counted[cluster]
        found[cluster] = float(number) if number is not None else assumed("stronghold_firms", cluster)
    return found


def stronghold_export_shares() -> Column:
    """Share of exporters among the firms of a stronghold that did not take part (Table 4), where it has a row.

    Table 4 prints one decimal. A printed 0.0 (DLSC) is a share below half a unit of it, and the middle of that is read.
    """
    least = _TABLE_4_UNIT / 4.0
    rows_of = tables.characteristics_2021()
    return {row.cluster: max(least, row.export_share) for row in rows_of if row.group == "non_participant"}


def stronghold_medians() -> Column:
    """Median employees of the firms of a stronghold that did not take part (Table 4), where it has a row."""
    rows_of = tables.characteristics_2021()
    return {row.cluster: float(row.median_employees) for row in rows_of if row.group == "non_participant"}


def _export_share(choices: Choices) -> Column:
    """Share of exporters among participants of the own stronghold (Table 4); 0 where nothing follows from it.

    Nothing follows without a row, nor where the share among the other firms is printed as 0.0: no ratio can be formed.
    """
    shares = {(row.cluster, row.group): row.export_share for row in tables.characteristics_2021()}
    told = {cluster for cluster in _ids() if shares.get((cluster, "non_participant"), 0.0) > 0.0}
    return {cluster: shares[cluster, "participant"] if cluster in told else 0.0 for cluster in _ids()}


def marlog_stronghold_firms() -> float:
    """Firms of the fourteenth stronghold, which Table 3 leaves out (A13)."""
    return assumed("stronghold_firms", "marlog")


def _cells() -> dict[str, Callable[[Choices], Column]]:
    found: dict[str, Callable[[Choices], Column]] = {}
    activities = ("dissemination", "internationalisation", "application", "project")
    for activity in activities:
        for participant, plural in (("firm", "firms"), ("institution", "institutions")):
            found[f"seats_{activity}_{plural}"] = lambda choices, a=activity, p=participant: _seats(a, p, choices)  # type: ignore[misc]
    for activity in activities[1:]:
        found[f"mix_{activity}"] = lambda choices, a=activity: _mix(a, choices)  # type: ignore[misc]
    return found


_BUILDERS: dict[str, Callable[[Choices], Column]] = {
    "grant_spent": lambda choices: _finance("grant", choices),
    "external_public": lambda choices: _finance("public_dk", choices),
    "external_eu": lambda choices: _finance("eu", choices),
    "external_private": lambda choices: _finance("private", choices),
    "external_other": lambda choices: _finance("other", choices),
    "activities_total": lambda choices: _size("activities"),
    "participants_total": lambda choices: _size("participants"),
    "members_total": lambda choices: _size("members"),
    "presence_university": _university_presence,
    "presence_gts": lambda choices: _by_fact("gts_activity_share", "gts_presence"),
    "presence_university_college": lambda choices: _by_fact("uc_activity_share", "university_college_presence"),
    "presence_business_academy": lambda choices: _by_fact("ea_activity_share", "business_academy_presence"),
    "presence_art_school": lambda choices: _by_fact("art_school_activity_share", "art_school_presence"),
    "presence_foreign_institution": lambda choices: _by_fact(
        "foreign_university_participation_share", "foreign_institution_presence"
    ),
    "role_main": lambda choices: _role("main", choices),
    "role_supporting": lambda choices: _role("supporting", choices),
    "role_outside": lambda choices: _role("outside", choices),
    "role_foreign": _foreign_firms,
    "stronghold_firms": _stronghold_firms,
    "large_share": lambda choices: _by_fact("large_firm_share", "large_firm_share"),
    "medium_share": lambda choices: _by_fact("medium_firm_share", "medium_firm_share"),
    "export_share": _export_share,
    **_cells(),
}


def table(name: str, choices: Choices = NO_CHOICES) -> Column:
    """One value per organisation under the given choices (``choices.*`` parameters; absent ones at their default).

    Raises:
        KeyError: no such table.
    """
    return _BUILDERS[name](choices)


TABLES: dict[str, Callable[[], Column]] = {name: lambda n=name: table(n) for name in _BUILDERS}  # type: ignore[misc]
"""Tables at the default choices, by name."""
