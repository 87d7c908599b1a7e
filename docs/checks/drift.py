"""Guards against drift: whether a baseline without levers stays where the report found it.

Two questions. *Initialisation*: does a headline stock move by more than a tenth over 2021-2024 although nothing
happens (`initial_drift`, asked of runs with flat prices, no start-up year and no year effects)? *The long run*: do the
patterns that hold in 2021-2023 hold until the end of the run (`guards`, asked of the untouched baseline)? Bounds are
stated here before any run and are never moved to fit one. All values are means over the runs given.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from checks.guard import FIRST_YEAR, Floats, Guard, change, external, quarters, window, yearly
from klyngesim.evidence import tables
from klyngesim.results.indicators import index
from klyngesim.results.records import RunResult

MOST_INITIAL_DRIFT = 0.10
"""Largest relative move of a headline stock over 2021-2024 that initialisation may cause."""

FLAT = ("period.end=2024Q4", "prices.wage_growth=0", "spending.start_year=1", "organisation.year_spread=0")
"""Overrides under which what moves until 2024 moves because of initialisation: prices flat, years alike."""


def initial_drift(runs: Sequence[RunResult]) -> tuple[Guard, ...]:
    """How far headline stocks move over 2021-2024 with flat prices, years alike and no lever.

    Pilots must end with the mandate at 2024Q4, so that running projects are looked at until 2023 only.
    """
    series = {
        name: yearly(runs, name, "mean")
        for name in (
            "members",
            "social_capital",
            "trust_mean",
            "readiness_mean",
            "ties_firm_institution",
            "staff_fte",
            "projects_running",
        )
    }
    series["external income"] = external(runs)
    series["participants_unique_year"] = yearly(runs, "participants_unique_year", "q4")
    found = []
    for name, values in series.items():
        last = 2023 if name == "projects_running" else 2024
        found.append(
            Guard(
                id=f"initial {name}",
                guard=f"{name}: mean of {last} against mean of 2021, flat prices",
                value=change(values, (2021, 2021), (last, last)),
                low=-MOST_INITIAL_DRIFT,
                high=MOST_INITIAL_DRIFT,
                source="model, Initialisation",
            )
        )
    return tuple(found)


def guards(runs: Sequence[RunResult], links: Mapping[str, float] | None = None) -> tuple[Guard, ...]:
    """The guards of the untouched baseline, from runs that start in 2021 and end in 2027 or later.

    Args:
        runs: runs of the baseline under different seeds, at full population.
        links: organisations that a firm of a size class took part in over 2021-2023, mean over all firms of the
            class (see `links_per_firm`); left out when not given.
    """
    last = FIRST_YEAR + quarters(runs, "members").shape[1] - 1
    end = (last - 2, last)
    return (
        *_returning(runs, last),
        Guard(
            "external income",
            "external income in 2025-2027 against 2021-2023, current prices",
            change(external(runs), (2021, 2023), (2025, 2027)),
            -0.20,
            0.20,
            "model; referee 5: 3.7-fold overshoot of a cold start",
        ),
        *(_slow(runs, name, end) for name in ("readiness_mean", "trust_mean")),
        *_spread(runs, end),
        _failures(runs),
        *_reach(runs, end),
        *_stationary_members(runs, end),
        *(() if links is None else _links(links)),
    )


def _returning(runs: Sequence[RunResult], last: int) -> tuple[Guard, ...]:
    rates = yearly(runs, "return_rate", "q4")  # not defined in 2021: nobody was counted the year before
    usual = window(rates, 2022, 2023)
    away = np.abs(rates[3:] - usual)
    return (
        Guard(
            "return rate",
            f"return rate of any year until {last}, largest distance from the mean of 2022-2023",
            float(away.max()) if len(away) else float("nan"),
            0.0,
            0.05,
            "model; referee 5",
        ),
        Guard("return rate level", "return rate, mean of 2022-2023", usual, 0.0, 0.63, "referee 3: an upper bound"),
    )


def _slow(runs: Sequence[RunResult], name: str, end: tuple[int, int]) -> Guard:
    ratio = 1.0 + change(yearly(runs, name, "mean"), (2021, 2023), end)
    yearly_rate = ratio ** (1.0 / (end[0] - 2021)) - 1.0
    return Guard(
        f"{name} drift",
        f"{name}: change a year from 2021-2023 to {end[0]}-{end[1]}",
        yearly_rate,
        -0.01,
        0.01,
        "model; referee 5: ratchet to 1",
    )


def spread(run: RunResult, first: int, last: int) -> float:
    """Standard deviation over organisations of log(participants a year / grant spent a year) in a span of years.

    Organisations that were closed in a quarter of the span are left out; NaN when fewer than three are left.
    """
    part = run.indicators[4 * (first - FIRST_YEAR) : 4 * (last - FIRST_YEAR + 1), :-1]
    there = (part[:, :, index("organisations_active")] > 0.0).all(axis=0)
    people = part[3::4, :, index("participants_unique_year")].sum(axis=0)
    grant = part[:, :, index("grant_spent_mkr")].sum(axis=0)
    kept = there & (people > 0.0) & (grant > 0.0)
    if np.count_nonzero(kept) < 3:
        return float("nan")
    return float(np.std(np.log(people[kept] / grant[kept]), ddof=1))


def _spread(runs: Sequence[RunResult], end: tuple[int, int]) -> tuple[Guard, ...]:
    starts = [*range(2021, end[0] - 2, 3), end[0]]
    by_window = np.array([[spread(run, first, first + 2) for first in starts] for run in runs]).mean(axis=0)
    words = "spread between organisations of log(participants / grant) over three years"
    source = "model; Tables 2 and 7 give 0.28"
    return (
        Guard("spread 2021-2023", f"{words}, 2021-2023", float(by_window[0]), 0.20, 0.35, source),
        Guard("spread lowest", f"{words}, lowest window until {end[1]}", float(by_window.min()), 0.20, 0.35, source),
        Guard("spread highest", f"{words}, highest window until {end[1]}", float(by_window.max()), 0.20, 0.35, source),
    )


def _failures(runs: Sequence[RunResult]) -> Guard:
    failed = quarters(runs, "organisations_failed").sum()
    active = quarters(runs, "organisations_active").sum() / 16.0  # organisations times spans of four years
    # One event in fourteen is all that is known; half and double are still "about one in fourteen".
    return Guard(
        "failures",
        "share of organisations that fail in four years",
        float(failed / active),
        1 / 28,
        1 / 7,
        "model; E110, E123: 1 of 14",
    )


def _reach(runs: Sequence[RunResult], end: tuple[int, int]) -> tuple[Guard, ...]:
    fresh, contacts = yearly(runs, "new_participants", "sum"), yearly(runs, "contacts", "sum")
    # New firms are counted in registered rooms, so contacts are too: so since a result, -0.22 with all of them.
    registered = yearly(runs, "participations_firms", "sum") / yearly(runs, "participations_firms_all", "sum")
    ever = yearly(runs, "participants_unique_cumulative", "q4")
    ready, larger, entry = (tables.source(name).central for name in ("E091", "E086", "E088"))
    if ready is None or larger is None or entry is None:
        raise ValueError("E086, E088 and E091 must have central values")
    years = end[1] - FIRST_YEAR + 1
    pool = (ready + larger) * (1.0 + entry / 100.0 * years)
    # Up to 2023 firms that came before 2021 still count as new; the comparison starts after them.
    return (
        Guard(
            "seats filled",
            f"share of seats filled in {end[0]}-{end[1]} against 2021-2023",
            change(yearly(runs, "fill_rate", "mean"), (2021, 2023), end),
            -0.10,
            float("inf"),
            "model: reach does not run out",
        ),
        Guard(
            "new per contact",
            f"new participants per firm contacted for registered rooms, {end[0]}-{end[1]} against 2024-2026",
            change(fresh / (contacts * registered), (2024, 2026), end),
            -0.20,
            0.20,
            "model: reach does not run out",
        ),
        Guard(
            "new below the pool",
            "new participants in the fullest year from 2022 on as a share of the innovation-ready firms",
            float(fresh[1:].max()) / ready,
            0.0,
            1.0,
            "model; E091",
        ),
        Guard(
            "ever below the pool",
            f"participants 2021-{end[1]} as a share of the pool, ready firms and firms of ten or more, as renewed",
            float(ever[-1]) / pool,
            0.0,
            1.0,
            "model; E086, E088, E091",
        ),
    )


def _stationary_members(runs: Sequence[RunResult], end: tuple[int, int]) -> tuple[Guard, ...]:
    joined, left = (_but_for_closures(runs, name) for name in ("members_joined", "members_left"))
    per_participant = yearly(runs, "members", "mean") / yearly(runs, "participants_unique_year", "q4")
    # A flat grant loses a quarter of its value by 2034 (referee 5): members may fall a little, not run out.
    return (
        Guard(
            "joined over left",
            f"memberships begun over memberships ended, 2024-{end[1]}, but for quarters of closure",
            float(joined[3:].sum() / left[3:].sum()),
            0.90,
            1.10,
            "referee 5: stationarity",
        ),
        Guard(
            "members per participant",
            f"members per participant a year, {end[0]}-{end[1]} against 2021-2023",
            change(per_participant, (2021, 2023), end),
            -0.20,
            0.20,
            "referee 5: everyone a member",
        ),
    )


def _but_for_closures(runs: Sequence[RunResult], name: str) -> Floats:
    """A flow by year over all runs without the quarters in which an organisation closed, shape [years].

    An organisation that closes ends all its memberships at once; how often that happens has a guard of its own.
    """
    whole = np.zeros(quarters(runs, name).shape[1])
    for run in runs:
        closed = run.indicators[:, :-1, index("organisations_failed")] > 0.0
        flow = np.where(closed, 0.0, run.indicators[:, :-1, index(name)]).sum(axis=1)[: 4 * len(whole)]
        whole = whole + flow.reshape(-1, 4).sum(axis=1)
    return whole


def links_per_firm(
    size: NDArray[np.int64], years_active: NDArray[np.int64], firms: Mapping[int, int]
) -> dict[int, float]:
    """Organisations that a firm took part in, mean over all firms of a size class, taking part or not.

    Args:
        size: size class code of the firm of each relation, shape [relations].
        years_active: calendar years in which the relation was active, shape [relations].
        firms: firms of each size class code in the population.
    """
    active = np.bincount(size[years_active > 0], minlength=max(firms) + 1)
    return {code: float(active[code]) / number for code, number in firms.items()}


def _links(links: Mapping[str, float]) -> tuple[Guard, ...]:
    # The ranges rest on assumed shares of large and medium firms among participants; a quarter either way is allowed.
    bounds = {"large": (1.7, 2.2), "medium": (0.5, 0.7)}
    return tuple(
        Guard(
            f"{name} firms' links",
            f"organisations that a {name} firm took part in over 2021-2023, mean over all {name} firms",
            links[name],
            0.75 * low,
            1.25 * high,
            "referee 3",
        )
        for name, (low, high) in bounds.items()
        if name in links
    )
