"""What can be observed of a simulated 2021-2023: the model's counterpart of every figure that the report prints.

The list says unit and perimeter of each; `calibration.observables` works the values out. Imports are kept light,
so that reading targets costs nothing.
"""

from __future__ import annotations

from dataclasses import dataclass

PARTICIPANTS = "firms, foreign ones included, and knowledge institutions"
MEMBERS = "members; member firms of the model over the share of members that are firms"
FIRMS = "private Danish firms"
ALL_FIRMS = "firms, foreign ones included"
REGISTERED = "private Danish firms of the own stronghold found in the business register, 2021"
OWN = "private Danish firms of the own stronghold that took part in 2021 and that the register match finds"
ACTIVITIES = "grant-funded activities"
EVENTS = "dissemination and internationalisation activities"
MONEY = "spent by the organisations, current prices"


@dataclass(frozen=True)
class Observable:
    """One observable of a run of 2021Q1-2023Q4.

    id           name in targets.csv
    unit         unit of a value
    perimeter    who or what is counted
    where        ``"each"`` organisation, the programme (``"all"``), or ``"both"``
    description  one sentence
    """

    id: str
    unit: str
    perimeter: str
    where: str
    description: str


_ALL = (
    Observable("participants", "participants", PARTICIPANTS, "both", "Unique participants 2021-2023."),
    Observable("members", "members", MEMBERS, "both", "Members as membership.reading says: ever or at the end."),
    Observable("participants_sum", "participants", PARTICIPANTS, "all", "The same, summed over organisations."),
    Observable("members_sum", "members", MEMBERS, "all", "Members, summed over organisations."),
    Observable("participants_overlap", "ratio", PARTICIPANTS, "all", "Organisations per unique participant."),
    Observable("members_overlap", "ratio", MEMBERS, "all", "Organisations per unique member."),
    Observable("one_year_share", "share (0-1)", ALL_FIRMS, "both", "Firms recorded in one calendar year only."),
    Observable("one_year_share_startups", "share (0-1)", FIRMS, "all", "The same, of start-ups."),
    Observable("return_rate", "share (0-1)", ALL_FIRMS, "both", "Firms of 2022 that take part again in 2023."),
    Observable("firm_participations", "participations", ALL_FIRMS, "both", "Seats taken by firms."),
    Observable("large_firm_share", "share (0-1)", FIRMS, "each", "Participating firms with 250 employees or more."),
    Observable("medium_firm_share", "share (0-1)", FIRMS, "each", "Participating firms with 50-249 employees."),
    Observable(
        "large_firm_share_named",
        "share (0-1)",
        FIRMS,
        "all",
        "Mean share of large firms over the five organisations that Figure 5 names.",
    ),
    Observable(
        "medium_firm_share_named",
        "share (0-1)",
        FIRMS,
        "all",
        "Mean share of medium firms over the eight organisations that Figure 5 names.",
    ),
    Observable(
        "large_firm_share_others",
        "share (0-1)",
        FIRMS,
        "all",
        "Median share of large firms over the eight organisations that Figure 5 does not name.",
    ),
    Observable("own_registered", "firms", REGISTERED, "each", "Own-stronghold participants as Table 3 counts them."),
    Observable("own_median_employees", "employees", OWN, "each", "Median employees of own-stronghold participants."),
    Observable("own_export_share", "share (0-1)", OWN, "each", "Exporters among own-stronghold participants."),
    Observable(
        "own_export_share_mean",
        "share (0-1)",
        OWN,
        "all",
        "Mean over the nine organisations whose exporters Table 4 tells apart.",
    ),
    Observable(
        "stronghold_export_share", "share (0-1)", "main firms of the stronghold", "each", "Exporters, expected share."
    ),
    Observable("outside_share", "share (0-1)", FIRMS, "each", "Participating firms from outside the stronghold."),
    Observable("main_share", "share (0-1)", FIRMS, "each", "Participating firms of the stronghold's main industries."),
    Observable(
        "supporting_share",
        "share (0-1)",
        FIRMS,
        "each",
        "Participating firms of the stronghold's supporting industries.",
    ),
    Observable("outside_majorities", "organisations", FIRMS, "all", "Organisations with most firms from outside."),
    Observable("foreign_share", "share (0-1)", ALL_FIRMS, "each", "Foreign firms' share of firm participations."),
    *(
        Observable(
            f"presence_{kind}",
            "share (0-1)",
            EVENTS,
            "each",
            f"Activities with {kind.replace('_', ' ')}, expected share.",
        )
        for kind in ("university", "gts", "university_college", "business_academy", "art_school")
    ),
    Observable("activities", "activities", ACTIVITIES, "both", "Activities of all four kinds."),
    Observable("pilots", "projects", ACTIVITIES, "each", "Grant-funded collaboration projects started."),
    Observable("pilot_firms", "participations", ALL_FIRMS, "each", "Firms that entered grant-funded projects."),
    Observable("firms_ratio", "ratio", ALL_FIRMS, "all", "Unique participating firms, 2023 over 2021."),
    Observable(
        "firms_change_three",
        "firms",
        ALL_FIRMS,
        "all",
        "Participating firms 2023 less 2021 in Energy, MADE and Vision.",
    ),
    Observable("firms_change_ten", "firms", ALL_FIRMS, "all", "The same in the ten other organisations."),
    Observable("firms_falling", "organisations", ALL_FIRMS, "all", "Organisations with fewer firms in 2023 than 2021."),
    Observable("startups_2021", "start-ups", FIRMS, "all", "Participating start-ups 2021, summed over organisations."),
    Observable("startups_2023", "start-ups", FIRMS, "all", "Participating start-ups 2023, summed over organisations."),
    Observable(
        "startups_ratio_falling",
        "ratio",
        FIRMS,
        "all",
        "Start-ups 2023 over 2021 where they fell, organisations together.",
    ),
    Observable(
        "startups_ratio_rising",
        "ratio",
        FIRMS,
        "all",
        "Start-ups 2023 over 2021 where they did not fall, organisations together.",
    ),
    Observable(
        "startups_falling", "organisations", FIRMS, "all", "Organisations with fewer start-ups in 2023 than 2021."
    ),
    Observable("grant_spent", "mio. kr.", MONEY, "both", "Grant spent 2021-2023, partners' part included."),
    Observable("grant_spent_share", "share (0-1)", MONEY, "all", "Grant spent 2021-2023 over the four-year budget."),
    *(
        Observable(f"external_{source}", "mio. kr.", MONEY, "both", f"External income 2021-2023: {label}.")
        for source, label in (("public", "Danish public"), ("eu", "EU"), ("private", "private"), ("other", "other"))
    ),
    Observable("external", "mio. kr.", MONEY, "both", "External income 2021-2023 from all sources."),
    Observable("private_to_grant", "ratio", MONEY, "each", "Private money in cash over grant spent."),
    *(
        Observable(f"{what}_slope", f"{what} per mio. kr.", "organisations", "all", f"Slope of {what} on grant (OLS).")
        for what in ("activities", "participants", "members")
    ),
)

OBSERVABLES: dict[str, Observable] = {one.id: one for one in _ALL}
"""Every observable, by id."""
