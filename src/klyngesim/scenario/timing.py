"""Dates that do not do what they seem to: levers without one, beyond the end, moved, announced in vain, or idle."""

from __future__ import annotations

from collections.abc import Iterator

from klyngesim.scenario import periods
from klyngesim.scenario.calendars import (
    LONGEST,
    Evaluation,
    ends,
    evaluations,
    first_judged,
    grant_periods,
    in_force,
)
from klyngesim.scenario.faults import Fault
from klyngesim.scenario.gates import Span, openings, span
from klyngesim.scenario.holding import Claim, Merged, spelled, stands
from klyngesim.scenario.resolved import Resolved

FIT_END = periods.parse("2023Q4")
"""Last quarter that the model is calibrated to."""

LOOKED_AHEAD = (
    "grant.horizon_years",
    "grant.deb_horizon_years",
    "renewal.loss_ufs",
    "renewal.loss_deb",
    "evaluation.every_years",
    "evaluation.loss",
)
"""Levers that actors reckon with from their announcement on (`Settings.expected` of the ecosystem)."""

_LOST = "renewal.organisations_lost"
_HORIZONS = {"grant.horizon_years": "UFS", "grant.deb_horizon_years": "DEB"}
_EVERY = "evaluation.every_years"
_JUDGED = ("evaluation.money", "evaluation.score_years", "open_call.wait_quarters")

BUDGETS = ("grant.budget_mkr_year", "grant.budget_factor", "grant.organisation_factor")
"""Levers of which actors reckon with the announced end of the money, 0 (`Settings.budget_ends`)."""


def early(merged: Merged) -> Iterator[Fault]:
    """Levers without a date, or with one in the years that the model is calibrated to, which they change."""
    for made in merged.claims.values():
        for claim in made:
            if claim.start > FIT_END or not merged.registry[claim.key].dated:
                continue
            if any(opens is None or opens > FIT_END for _, opens in openings(span(claim, merged), merged)):
                continue
            if any(merged.course(claim.key, one)[0][1] != claim.value for one in merged.meant(claim)):
                dated = merged.advice(claim, "timeline", claim.entry(periods.parse("2025Q1")))
                yield claim.told(
                    f"{spelled(claim.value)} holds from {periods.label(claim.start)} on and changes the years that the "
                    f"model is calibrated to (2021-{periods.year(FIT_END)}); a policy "
                    f"{'starts after them' if claim.dated else 'has a date'}, such as {dated}"
                )


def switched_off(merged: Merged) -> Iterator[Fault]:
    """Mechanisms that are switched off, which has no date: the years that the model is calibrated to change too."""
    for layer in merged.layers:
        for mechanism, at in layer.disabled.items():
            carriers = merged.registry.carriers(mechanism)
            if any(merged.registry.default(one.id) != one.neutral for one in carriers):
                ended = [(one.id, one.neutral) for one in carriers if one.dated and one.neutral is not None]
                dated = ", ".join(f"{key}: {spelled(neutral)}" for key, neutral in ended)
                text = (
                    f"{mechanism} is switched off from the start, which changes the years that the model is "
                    f"calibrated to (2021-{periods.year(FIT_END)})"
                )
                instead = f"; from a date on a timeline can set {{{dated}}}" if dated else ""
                yield Fault(at.file, at.path, text + instead, "", line=at.line)


def idle(merged: Merged) -> Iterator[Fault]:
    """Dated values that hold already when they are set, and take back nothing of an earlier layer."""
    for made in merged.claims.values():
        for place, claim in enumerate(made):
            stand = all(_stands(claim, made[:place], one, merged) for one in merged.meant(claim))
            if claim.dated and stand and all(other.value == claim.value for other in merged.replaced(claim)):
                already = f"{spelled(claim.value)} is what holds{merged.of(claim)} already before"
                yield claim.told(f"{already} {periods.label(claim.start)}, so nothing changes")


def _stands(claim: Claim, earlier: list[Claim], organisation: str | None, merged: Merged) -> bool:
    """Whether an organisation has the value of a claim already, by the registry or an earlier claim."""
    own = [other.value for other in earlier if other.cluster in (None, organisation)]
    return (own[-1] if own else merged.course(claim.key, organisation)[0][1]) == claim.value


def moved(merged: Merged) -> Iterator[Fault]:
    """Levers given a later date than an earlier layer's, which stays in force before."""
    for made in merged.claims.values():
        told: set[tuple[int, str | None]] = set()
        for place, claim in enumerate(made):
            same = [other for other in made[:place] if other.dated and other.cluster == claim.cluster]
            if not claim.dated or not same or (claim.layer, claim.cluster) in told:
                continue
            told.add((claim.layer, claim.cluster))
            if same[-1].layer < claim.layer and same[-1].value != claim.value:
                before = f"{stands(same[-1].setting.origin)} sets {spelled(same[-1].value)}"
                yield claim.told(
                    f"{spelled(claim.value)} holds{merged.of(claim)} from {periods.label(claim.start)} on; until then "
                    f"{before} from {periods.label(same[-1].start)} on, and both apply"
                )


def beyond_end(merged: Merged) -> Iterator[Fault]:
    """Levers that start after the end of the run, which a later layer has set."""
    ends = [layer.end for layer in merged.layers if layer.end is not None]
    late: dict[tuple[int, bool], list[str]] = {}
    for claim in (claim for made in merged.claims.values() for claim in made):
        if claim.start > merged.scenario.end:
            known = announced_in(merged, claim) is not None
            late.setdefault((claim.start, known), []).append(claim.key)
    for (start, known), keys in sorted(late.items()):
        at = ends[-1].origin if ends else merged.layers[-1].name.origin
        effect = "only their announcement is part of it" if known else "they have no effect in it"
        text = f"the run of {merged.scenario.name} ends before the levers of {periods.label(start)} start, so that"
        text = f"{periods.label(merged.scenario.end)}: {text} {effect}: {', '.join(dict.fromkeys(keys))}"
        yield Fault(at.file, at.path, text, "", line=at.line)


def unfinished(merged: Merged) -> Iterator[Fault]:
    """A run that ends within a year."""
    end = merged.scenario.end
    if periods.quarter(end) == 4:
        return
    ends = [layer.end for layer in merged.layers if layer.end is not None]
    at = ends[-1].origin if ends else merged.layers[-1].name.origin
    year = periods.year(end)
    text = f"{periods.label(end)}: {year} is not complete, so that it is left out of yearly tables, windows and figures"
    yield Fault(at.file, at.path, text, "", line=at.line)


def in_vain(merged: Merged) -> Iterator[Fault]:
    """Announcements that nobody acts on; a quarter's notice is usual and is not told."""
    for claim in (claim for made in merged.claims.values() for claim in made if claim.dated):
        announced = announced_in(merged, claim)
        if announced is None or claim.start - announced < 2 or claim.key in LOOKED_AHEAD:
            continue
        if claim.key in BUDGETS and claim.value == 0.0:
            continue
        yield claim.told(
            f"announced in {periods.label(announced)}, but nobody in the model acts on it before it starts in "
            f"{periods.label(claim.start)}; they look ahead at grant periods, renewals, evaluations and the money's end"
        )


def no_renewal(merged: Merged) -> Iterator[Fault]:
    """Organisations to be lost at a renewal, and no grant period of UFS that ends while the lever holds."""
    renewals = [period.start for period in grant_periods(merged)][1:] if _LOST in merged.claims else []
    for claim in merged.claims.get(_LOST, []):
        after = merged.after(claim)
        if claim.value != 0.0 and claim.start < after and not any(claim.start <= at < after for at in renewals):
            yield claim.told(
                f"{spelled(claim.value)} takes no effect{merged.of(claim)}: from {periods.label(claim.start)} to "
                f"{periods.label(after - 1)} no grant period of UFS begins anew; that is so in "
                f"{', '.join(map(periods.label, renewals)) or 'no quarter of the run'}"
            )


def no_new_period(merged: Merged) -> Iterator[Fault]:
    """Lengths of a grant period that no period begins with."""
    for key, funder in _HORIZONS.items():
        for claim in merged.claims.get(key, []):
            after = merged.after(claim)
            if claim.start == 0 or claim.start >= after or in_force(merged, key, claim.start - 1) == claim.value:
                continue
            begins = [period.start for period in grant_periods(merged, merged.scenario.end + LONGEST, key)]
            if not any(claim.start <= at < after for at in begins):
                before = max(at for at in begins if at < claim.start)
                yield claim.told(
                    f"{spelled(claim.value)}: only its prospect counts{merged.of(claim)}, for from "
                    f"{periods.label(claim.start)} to {periods.label(after - 1)} no grant period of {funder} begins; "
                    f"one begins in {periods.label(before)} and the next in "
                    f"{periods.label(min(at for at in begins if at >= claim.start))}"
                )


def no_evaluation(merged: Merged) -> Iterator[Fault]:
    """Evaluations of which none, or not the first, judges anybody while the lever holds."""
    due = evaluations(merged)
    for claim in merged.claims.get(_EVERY, []):
        after, end = merged.after(claim), merged.scenario.end
        coming = [one for one in due if claim.start <= one.quarter < after]
        if claim.value == 0.0 or claim.start >= after or (coming and coming[0].judges):
            continue
        if not coming:
            first = claim.start + round(4 * float(claim.value)) - 1
            first = next((one.quarter for one in due if one.quarter >= claim.start), first)
            over = f"the end of the run ({periods.label(end)})" if after > end else f"the lever, {ends([after - 1])}"
            yield claim.told(
                f"{spelled(claim.value)}: the first evaluation{merged.of(claim)} is due at {ends([first])}, after "
                f"{over}; only its prospect counts"
            )
            continue
        judging = [one.quarter for one in coming if one.judges]
        idle_ones = [one for one in coming if not judging or one.quarter < judging[0]]
        yield claim.told(
            f"{spelled(claim.value)}: {_nobody(idle_ones, merged)}{merged.of(claim)}; "
            f"{f'the first that does is due at {ends(judging[:1])}' if judging else 'none in the run does'}; "
            f"{_instead(claim, merged)}"
        )


def _nobody(those: list[Evaluation], merged: Merged) -> str:
    """That evaluations judge nobody, and why."""
    ready, due = first_judged(merged), [one.quarter for one in those]
    early = [quarter for quarter in due if quarter < ready]
    said = f"{'evaluations' if due[1:] else 'the evaluation'} due at {ends(due)} judge{'' if due[1:] else 's'} nobody"
    reasons = []
    if early:
        reasons.append(
            f"before {ends([ready])} there is no full year to hold against the own start "
            f"(evaluation.start_years {spelled(in_force(merged, 'evaluation.start_years', 0))})"
        )
    if len(early) < len(those):
        reasons.append("where a grant period of UFS ends the renewal takes its place")
    return f"{said}: {', and '.join(reasons)}"


def _instead(claim: Claim, merged: Merged) -> str:
    """A later date from which the first evaluation judges somebody."""
    every, over = round(4 * float(claim.value)), {one.after for one in grant_periods(merged, merged.scenario.end)}
    for start in range(claim.start + 1, merged.scenario.end - every + 2):
        if start + every - 1 >= first_judged(merged) and start + every not in over:
            return f"to have the first judge somebody, set {merged.advice(claim, 'timeline', claim.entry(start))}"
    return "set period.end to a later quarter, or let evaluations come at other times"


def unjudged(merged: Merged) -> Iterator[Fault]:
    """How an evaluation scores and what follows from it, where none judges anybody while that holds."""
    judging = [one.quarter for one in evaluations(merged) if one.judges and one.quarter <= merged.scenario.end]
    for key in _JUDGED:
        for claim in merged.claims.get(key, []):
            after, usual = merged.after(claim), merged.course(key, None)[0][1]
            evaluated = any(float(in_force(merged, _EVERY, quarter)) > 0.0 for quarter in range(claim.start, after))
            if evaluated and claim.value != usual and not any(claim.start <= at < after for at in judging):
                at = f"that is so at {ends(judging)}" if judging else "none in the run does"
                yield claim.told(
                    f"{spelled(claim.value)} takes no effect{merged.of(claim)}: from {periods.label(claim.start)} to "
                    f"{periods.label(after - 1)} no evaluation judges anybody; {at}"
                )


def ineffective(asked: Span, held: Resolved) -> bool:
    """Whether a scenario never lets a parameter take effect over a span, whatever its value is.

    That is so where `closed`, `no_renewal` or `unjudged` say so of what is set.
    """
    if any(opens is None for _, opens in openings(asked, held)):
        return True
    if asked.key == _LOST:
        return not any(asked.start <= one.start < asked.after for one in grant_periods(held)[1:])
    if asked.key in _JUDGED:
        return not any(one.judges and asked.start <= one.quarter < asked.after for one in evaluations(held))
    return False


def announced_in(merged: Merged, claim: Claim) -> int | None:
    """When a lever is announced; None if nobody hears of it in the run."""
    for lever in merged.scenario.timeline:
        if (lever.start, lever.cluster) == (claim.start, claim.cluster) and claim.key in lever.values:
            return lever.announced
    return None
