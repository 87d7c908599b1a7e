"""Dates that do not do what they seem to: levers without one, beyond the end, moved, announced in vain, or idle."""

from __future__ import annotations

from collections.abc import Iterator

from klyngesim.scenario import periods
from klyngesim.scenario.faults import Fault
from klyngesim.scenario.gates import openings
from klyngesim.scenario.holding import Claim, Merged, spelled, stands

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

BUDGETS = ("grant.budget_mkr_year", "grant.budget_factor", "grant.organisation_factor")
"""Levers of which actors reckon with the announced end of the money, 0 (`Settings.budget_ends`)."""


def early(merged: Merged) -> Iterator[Fault]:
    """Levers without a date, or with one in the years that the model is calibrated to, which they change."""
    for made in merged.claims.values():
        for claim in made:
            if claim.start > FIT_END or not merged.registry[claim.key].dated:
                continue
            if any(opens is None or opens > FIT_END for _, opens in openings(claim, merged)):
                continue
            if any(merged.course(claim.key, one)[0][1] != claim.value for one in merged.meant(claim)):
                dated = merged.advice(claim, "timeline", claim.entry(periods.parse("2025Q1")))
                yield claim.told(
                    f"{spelled(claim.value)} holds from {periods.label(claim.start)} on and changes the years that the "
                    f"model is calibrated to (2021-{periods.year(FIT_END)}); a policy "
                    f"{'starts after them' if claim.dated else 'has a date'}, such as {dated}"
                )


def idle(merged: Merged) -> Iterator[Fault]:
    """Dated entries all of whose levers have their values already, and take back nothing of an earlier layer."""
    entries: dict[tuple[int, int, str | None], list[tuple[Claim, bool]]] = {}
    for made in merged.claims.values():
        for place, claim in enumerate(made):
            if claim.dated:
                same = all(_stands(claim, made[:place], one, merged) for one in merged.meant(claim))
                same = same and all(other.value == claim.value for other in merged.replaced(claim))
                entries.setdefault((claim.layer, claim.start, claim.cluster), []).append((claim, same))
    for claims in entries.values():
        if all(same for _, same in claims):
            for claim, _ in claims:
                already = f"{spelled(claim.value)} is what holds{merged.of(claim)} already before"
                yield claim.told(f"{already} {periods.label(claim.start)}, so nothing changes")


def _stands(claim: Claim, earlier: list[Claim], organisation: str | None, merged: Merged) -> bool:
    """Whether an organisation has the value of a claim already, by the registry or an earlier layer."""
    own = [other for other in earlier if other.cluster in (None, organisation)]
    if not own:
        return merged.course(claim.key, organisation)[0][1] == claim.value
    return own[-1].layer < claim.layer and own[-1].value == claim.value


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
            known = _announced(merged, claim) is not None
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
        announced = _announced(merged, claim)
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
    made = merged.claims.get("renewal.organisations_lost", [])
    renewals = _renewals(merged) if made else []
    starts = [*(claim.start for claim in made), merged.scenario.end + 1]
    for claim, following in zip(made, starts[1:], strict=True):
        until = min(following, merged.scenario.end + 1)
        if claim.value != 0.0 and claim.start < until and not any(claim.start <= at < until for at in renewals):
            yield claim.told(
                f"{spelled(claim.value)} takes no effect{merged.of(claim)}: from {periods.label(claim.start)} to "
                f"{periods.label(until - 1)} no grant period of UFS begins anew; that is so in "
                f"{', '.join(map(periods.label, renewals)) or 'no quarter of the run'}"
            )


def no_evaluation(merged: Merged) -> Iterator[Fault]:
    """Evaluations the first of which comes after the end of the run."""
    for claim in merged.claims.get("evaluation.every_years", []):
        first, end = claim.start + round(4 * float(claim.value)) - 1, merged.scenario.end
        if claim.value != 0.0 and claim.start <= end < first:
            yield claim.told(
                f"{spelled(claim.value)}: the first evaluation{merged.of(claim)} is due at the end of "
                f"{periods.label(first)}, after the end of the run ({periods.label(end)}); only its prospect counts"
            )


def _renewals(merged: Merged) -> list[int]:
    """Quarters in which grant periods of UFS begin anew, at the horizon then in force."""
    course = merged.course("grant.horizon_years", None)
    found: list[int] = []
    quarter = 0
    while quarter <= merged.scenario.end:
        years = [value for start, value in course if start <= quarter][-1]
        quarter += max(1, round(4 * float(years)))
        found += [quarter] if quarter <= merged.scenario.end else []
    return found


def _announced(merged: Merged, claim: Claim) -> int | None:
    """When a lever is announced; None if nobody hears of it in the run."""
    for lever in merged.scenario.timeline:
        if (lever.start, lever.cluster) == (claim.start, claim.cluster) and claim.key in lever.values:
            return lever.announced
    return None
