"""The identities of a run, worked out anew from what it leaves: nothing here asks the model's own proofs."""

from __future__ import annotations

import numpy as np

from klyngesim.results.indicators import INDICATORS
from klyngesim.results.records import INHERITED, RunResult
from klyngesim.results.vocabulary import ACCOUNTS, FIRM_CLASSES, OUTCOME, OUTCOMES, REASON, STAGE, STAGES

FUNDERS = ("ufs", "deb")
PARTS = ("partners", "activity", "admin")
OERE = 100_000_000
"""Øre in a million kroner."""

# Values that need not exist: of a single organisation where only the programme is known, or a part of nothing.
PROGRAMME_ONLY = {"ties_background", "competing_actors", "activities_initiatives", "participations_initiatives"}
OF_NOTHING = {"trust_mean", "readiness_mean", "one_year_only_share", "return_rate", "members_three_years"}
# Without scarce seats more come than there are seats planned; where seats bind, `seats` looks at them.
MAY_EXCEED_ONE = {"fill_rate"}


def line(result: RunResult, account: str) -> np.ndarray:
    """One account of the ledger as exact integers, shape [T, O]; Python integers, so that nothing wraps around."""
    return result.finance[:, :, result.accounts.index(account)].astype(object)


def indicator(result: RunResult, name: str) -> np.ndarray:
    """One indicator, shape [T, O + 1]."""
    return result.indicators[:, :, result.indicator_ids.index(name)]


def after(opening: np.ndarray, closing: np.ndarray) -> np.ndarray:
    """The opening of every quarter: the given one first, then the closing of the quarter before."""
    return np.concatenate((opening[None], closing[:-1]))


def same(what: str, found: np.ndarray, expected: np.ndarray) -> None:
    """Equality to the last øre or head; tells the first place where it fails."""
    wrong = np.argwhere(np.asarray(found) != np.asarray(expected))
    if len(wrong):
        place = tuple(int(part) for part in wrong[0])
        raise AssertionError(f"{what}: {found[place]} is not {expected[place]} at {place}, {len(wrong)} places in all")


def award(result: RunResult) -> None:
    """Opening + awarded = spent + passed on + returned + closing, by organisation, funder and account."""
    for name in (f"{funder}_{part}" for funder in FUNDERS for part in PARTS):
        closing = line(result, f"{name}_closing")
        opening = after(closing[0] * 0, closing)
        used = line(result, f"{name}_spent") + line(result, f"{name}_passed_on") + line(result, f"{name}_returned")
        same(f"award {name}", opening + line(result, f"{name}_awarded"), used + closing)
        for word in ("awarded", "spent", "passed_on", "returned", "closing", "received"):
            assert (line(result, f"{name}_{word}") >= 0).all(), f"{name}_{word} below zero"
        wrong = "spent" if name.endswith("partners") else "passed_on"
        assert not line(result, f"{name}_{wrong}").any(), f"{name} has {wrong}"


def own_money_out(result: RunResult, opening: np.ndarray) -> None:
    """Opening + spent + passed on = received + closing; ``opening`` in øre, shape [O, 2, 3]."""
    for f, funder in enumerate(FUNDERS):
        for p, part in enumerate(PARTS):
            name = f"{funder}_{part}"
            closing = line(result, f"{name}_credit")
            before = after(opening[:, f, p].astype(object), closing)
            outlay = line(result, f"{name}_spent") + line(result, f"{name}_passed_on")
            same(f"own money out {name}", before + outlay, line(result, f"{name}_received") + closing)


def withheld(result: RunResult, opening: np.ndarray) -> None:
    """What the funders hold back is never negative, never of DEB; ``opening`` in øre, shape [O, 2, 3]."""
    total = np.zeros(result.finance.shape[:2], dtype=object)
    for f, funder in enumerate(FUNDERS):
        for p, part in enumerate(PARTS):
            stock = np.cumsum(line(result, f"{funder}_{part}_withheld"), axis=0) + opening[:, f, p].astype(object)
            assert (stock >= 0).all(), f"{funder}_{part}: less than nothing is withheld"
            assert funder == "ufs" or not stock.any(), "DEB withholds money"
            total = total + stock
    close_to("withheld_mkr", indicator(result, "withheld_mkr")[:, :-1], total)


def own_cash(result: RunResult) -> None:
    """Own cash: closing = opening + income - costs + surpluses + received - outlay, and opening = last closing."""
    opening, closing = line(result, "own_opening"), line(result, "own_closing")
    same("own cash at opening", opening, after(opening[0], closing))
    incomes = ("fees", "sponsorship", "foundations", "overhead", "initiatives")
    expenses = ("running", "activity", "projects", "policy")
    income = sum(line(result, f"own_{word}") for word in incomes)
    costs = sum(line(result, f"own_{word}") for word in expenses)
    grant = closing * 0
    for name in (f"{funder}_{part}" for funder in FUNDERS for part in PARTS):
        outlay = line(result, f"{name}_spent") + line(result, f"{name}_passed_on")
        grant = grant + line(result, f"{name}_received") - outlay
    either = line(result, "own_shock") + line(result, "own_handover") + line(result, "own_paid_in")
    same("own cash", closing, opening + income - costs + either + grant)
    for word in (*incomes, *expenses):
        assert (line(result, f"own_{word}") >= 0).all(), f"own_{word} below zero"
    # A new organisation begins with what its partners pay in, and the funders owe it nothing yet.
    new = line(result, "own_paid_in") > 0
    same("cash of a new organisation", closing[new], line(result, "own_paid_in")[new])
    for name in (f"{funder}_{part}" for funder in FUNDERS for part in PARTS):
        same(f"{name} of a new organisation", line(result, f"{name}_credit")[new], closing[new] * 0)


def outside_money(result: RunResult) -> None:
    """External money: opening + received = spent on projects and activities + overhead + closing; none is negative."""
    parts = [line(result, f"external_{word}") for word in ("public", "eu", "project_cash", "other")]
    opening, closing = line(result, "external_opening"), line(result, "external_closing")
    same("external money at opening", opening, after(opening[0], closing))
    uses = [line(result, f"external_{word}") for word in ("spent", "activity")]
    same("external money", opening + sum(parts), sum(uses) + line(result, "own_overhead") + closing)
    for part in (*parts, *uses, opening, closing, line(result, "own_overhead")):
        assert (part >= 0).all()


def close_to(what: str, found: np.ndarray, oere: np.ndarray) -> None:
    """An indicator in million kroner against the ledger in øre."""
    expected = oere.astype(np.float64) / OERE
    assert np.allclose(found, expected, rtol=1e-9, atol=1e-6), f"{what} is not what the ledger says"


def money_shown(result: RunResult) -> None:
    """The money among the indicators is the money of the ledger."""

    def total(word: str) -> np.ndarray:
        return sum(line(result, f"{funder}_{part}_{word}") for funder in FUNDERS for part in PARTS)

    private = sum(line(result, f"own_{word}") for word in ("fees", "sponsorship", "foundations"))
    shown = {
        "grant_spent_mkr": total("spent") + total("passed_on"),
        "grant_balance_mkr": total("closing"),
        "grant_awarded_mkr": total("awarded"),
        "grant_returned_mkr": total("returned"),
        "grant_passed_on_mkr": total("passed_on"),
        "fees_mkr": line(result, "own_fees"),
        "sponsorship_mkr": line(result, "own_sponsorship"),
        "external_public_mkr": line(result, "external_public"),
        "external_eu_mkr": line(result, "external_eu"),
        "external_other_mkr": line(result, "external_other"),
        "external_private_mkr": private + line(result, "external_project_cash"),
        "cash_mkr": line(result, "own_closing"),
    }
    for name, oere in shown.items():
        close_to(name, indicator(result, name)[:, :-1], oere)
    there = indicator(result, "organisations_active")[:, :-1] > 0.0
    equity = (line(result, "own_closing") + total("credit")) * there
    close_to("equity_mkr", indicator(result, "equity_mkr")[:, :-1], equity)


def stage_stocks(result: RunResult, opening: np.ndarray) -> np.ndarray:
    """Open episodes at the end of every quarter from the opening ones and the moves.

    Args:
        result: the run.
        opening: open episodes at the start, shape [O, classes, stages].

    Returns:
        int64, shape [T, O, classes, stages].
    """
    funnel = result.funnel
    change = np.zeros((len(result.indicators), *opening.shape), dtype=np.int64)
    np.add.at(change, (funnel.period, funnel.organisation, funnel.firm_class, funnel.to_stage), funnel.count)
    np.add.at(change, (funnel.period, funnel.organisation, funnel.firm_class, funnel.from_stage), -funnel.count)
    change[..., [STAGE["outside"], STAGE["left"]]] = 0
    return opening[None] + np.cumsum(change, axis=0)


def funnel(result: RunResult, opening: np.ndarray, closing: np.ndarray) -> None:
    """Every stage count is the previous one plus in minus out, never negative, and every exit has one reason."""
    stocks = stage_stocks(result, opening)
    assert (stocks >= 0).all(), "a stage holds less than no episodes"
    assert np.array_equal(stocks[-1], closing), "the moves do not lead to the episodes that are open at the end"
    for passing in ("contacted", "innovation"):
        assert not stocks[..., STAGE[passing]].any(), f"episodes stay in {passing}, which is passed within a quarter"
    rows = result.funnel
    assert (rows.count > 0).all()
    left, progress = rows.to_stage == STAGE["left"], rows.reason == REASON["progress"]
    assert not (left & progress).any(), "an exit without a reason"
    assert not (rows.from_stage == STAGE["left"]).any(), "an episode comes back from having left"
    assert not (rows.to_stage == STAGE["outside"]).any()
    back = ~left & ~progress
    assert (rows.to_stage[back] == STAGE["matchmaking"]).all(), "a move back that goes on in another stage"
    keys = np.stack((rows.period, rows.organisation, rows.firm_class, rows.from_stage, rows.to_stage, rows.reason))
    assert np.unique(keys, axis=1).shape == keys.shape, "a kind of move is listed twice in a quarter"
    assert rows.firm_class.max(initial=0) < len(FIRM_CLASSES) and rows.to_stage.max(initial=0) < len(STAGES)


def cohorts(result: RunResult, opening: np.ndarray, closing: np.ndarray) -> None:
    """Everybody who entered a stage in a year has left it or is still there, and over all years they are the moves.

    Args:
        result: the run.
        opening, closing: open episodes at the start and at the end, shape [O, classes, stages].
    """
    rows, moves = result.cohorts, result.funnel
    assert (rows.count > 0).all()
    years = 2 + (len(result.indicators) - 1) // 4
    shape = (years, *opening.shape)
    entered, found = np.zeros(shape, dtype=np.int64), np.zeros(shape, dtype=np.int64)
    entered[0] = opening
    place = 1 + moves.period // 4, moves.organisation, moves.firm_class, moves.to_stage
    np.add.at(entered, place, moves.count)
    entered[..., [STAGE["outside"], STAGE["left"]]] = 0
    np.add.at(found, (rows.entered - INHERITED, rows.organisation, rows.firm_class, rows.stage), rows.count)
    same("cohorts", found, entered)
    still = rows.outcome == OUTCOME["open"]
    there = np.zeros(opening.shape, dtype=np.int64)
    np.add.at(there, (rows.organisation[still], rows.firm_class[still], rows.stage[still]), rows.count[still])
    same("cohorts still there", there, closing)
    exits = np.zeros((*opening.shape, len(OUTCOMES)), dtype=np.int64)
    ended = ~still
    np.add.at(
        exits,
        (rows.organisation[ended], rows.firm_class[ended], rows.stage[ended], rows.outcome[ended]),
        rows.count[ended],
    )
    gone = moves.to_stage == STAGE["left"]
    outcome = np.where(gone, OUTCOME["open"] + moves.reason, moves.to_stage)
    inside = moves.from_stage != STAGE["outside"]
    counted = np.zeros_like(exits)
    np.add.at(
        counted,
        (moves.organisation[inside], moves.firm_class[inside], moves.from_stage[inside], outcome[inside]),
        moves.count[inside],
    )
    same("moves of cohorts", exits, counted)
    for word in REASON:
        assert word == "progress" or OUTCOME[word] == OUTCOME["open"] + REASON[word], f"no outcome {word}"


def three_years(ever: np.ndarray, stock: np.ndarray, before: np.ndarray, joined: np.ndarray) -> None:
    """Members at any time of three years were members at first or joined in between; some joined twice."""
    for year, found in enumerate(ever):
        first, end = 4 * year, 4 * year + 12
        assert (found >= stock[first:end].max(axis=0)).all() and found[-1] <= found[:-1].sum()
        assert (found[:-1] <= before[first] + joined[first:end].sum(axis=0)).all()


def members(result: RunResult, opening: np.ndarray) -> None:
    """Members = previous + joined - left; the programme counts firms, so never more than memberships."""
    stock = indicator(result, "members")
    before = after(opening, stock[:, :-1])
    joined, left = (indicator(result, f"members_{word}")[:, :-1] for word in ("joined", "left"))
    same("members", stock[:, :-1], before + joined - left)
    three_years(indicator(result, "members_three_years")[11::4], stock, before, joined)
    assert (stock >= 0).all()
    held = stock[:, :-1].sum(axis=1)
    assert (stock[:, -1] <= held).all() and (stock[:, -1] >= stock[:, :-1].max(axis=1)).all()


def defined(result: RunResult) -> None:
    """Flows and stocks exist everywhere, yearly values at Q4; shares lie in 0-1, counts are not negative."""
    quarter = np.arange(len(result.indicators)) % 4
    for item in INDICATORS:
        values = indicator(result, item.id)
        rows = values[:, -1:] if item.id in PROGRAMME_ONLY else values
        if item.kind == "yearly":
            assert np.isnan(rows[quarter != 3]).all(), f"{item.id} outside Q4"
            rows = rows[quarter == 3]
        if item.kind in ("flow", "stock", "yearly") and item.id not in OF_NOTHING:
            assert np.isfinite(rows).all(), f"{item.id} is not a number"
        known = values[~np.isnan(values)]
        assert np.isfinite(known).all(), f"{item.id} is infinite"
        if item.unit.endswith("(0-1)"):
            most = np.inf if item.id in MAY_EXCEED_ONE else 1.0 + 1e-12
            assert (known >= 0.0).all() and (known <= most).all(), f"{item.id} outside 0-1"
        elif item.id not in {"cash_mkr", "equity_mkr"}:
            assert (known >= 0.0).all(), f"{item.id} below zero"
        if item.across == "sum" and item.id not in PROGRAMME_ONLY:
            parts = values[:, :-1]
            both = ~np.isnan(values[:, -1]) & ~np.isnan(parts).any(axis=1)
            assert np.allclose(parts[both].sum(axis=1), values[both, -1], rtol=1e-9, atol=1e-9), f"{item.id} in all"


def parts_of_wholes(result: RunResult) -> None:
    """Parts add up to, or stay within, the indicator that they are part of."""
    get = {name: indicator(result, name) for name in result.indicator_ids}
    kinds = [get[f"activities_{kind}"] for kind in ("dissemination", "internationalisation", "application", "project")]
    assert np.array_equal(sum(kinds), get["activities"])
    assert np.array_equal(get["activities"] + get["activities_own"] + get["activities_external"], get["activities_all"])
    # What is registered is part of what there is.
    for part, whole in (
        ("participations_firms", "participations_firms_all"),
        ("participating_firms_year", "participating_firms_all_year"),
        ("participating_firms_year", "participants_unique_year"),
    ):
        known = ~np.isnan(get[part])
        assert (get[part] <= get[whole])[known].all(), f"more {part} than {whole}"
    for part, whole in (
        ("applications_hidden", "applications_submitted"),
        ("innovations_projects", "innovations"),
        ("grant_passed_on_mkr", "grant_spent_mkr"),
        ("ties_cluster", "ties_firm_institution"),
    ):
        assert (get[part] <= get[whole] + 1e-9)[:, : len(result.organisations)].all(), f"more {part} than {whole}"
    size = get["small_firm_share"] + get["medium_firm_share"] + get["large_firm_share"]
    assert np.allclose(size[~np.isnan(size)], 1.0)
    year, pairs = get["participants_unique_year"][3::4], get["participants_pairs_year"][3::4, :-1]
    assert np.array_equal(year[:, :-1], pairs)
    assert (year[:, -1] <= pairs.sum(axis=1)).all() and (year[:, -1] >= pairs.max(axis=1)).all()
    assert (np.diff(get["participants_unique_cumulative"], axis=0) >= 0).all()
    assert tuple(word.id for word in ACCOUNTS) == result.accounts


def seats(result: RunResult) -> None:
    """Where seats are scarce, nobody takes part without one: participations of firms within the seats offered."""
    taken, offered = indicator(result, "participations_firms_all"), indicator(result, "seats_offered")
    over = np.argwhere(taken > offered)
    if len(over):
        place = tuple(int(part) for part in over[0])
        often = f"{len(over)} places in all"
        raise AssertionError(f"{taken[place]:g} participations in {offered[place]:g} seats at {place}, {often}")
