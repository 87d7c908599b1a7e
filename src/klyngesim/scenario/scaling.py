"""Values of which only the proportion to others counts, and shares that count as less than what is set."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from klyngesim.scenario import periods
from klyngesim.scenario.faults import Fault
from klyngesim.scenario.gatelist import EFFORTS, HELD, LIST_FEES, MIX, SIZES, TYPES
from klyngesim.scenario.gates import Span, changing, opening, registered
from klyngesim.scenario.holding import Claim, Merged, spelled

_FEES = (
    "list fees are scaled in each organisation so that they bring in private.fees_share of its private money of "
    "2021-2023: without a date this changes which sizes of firms the fees come from, not how much they bring in at the "
    "start; from a date on it changes what they pay, and fees.level what everybody pays"
)
_COSTS = (
    "the level is each organisation's own (its grant of 2021-2023 over its activities): only the proportion to the "
    "other activity_cost.* counts"
)
_WEIGHTS = (
    "only the proportion to the other recruitment.weight_* inside a role counts, not the level; foreign firms have a "
    "role of their own, so that theirs changes nothing"
)

SCALED = {
    **dict.fromkeys(LIST_FEES, _FEES),
    **{f"activity_cost.{name}": _COSTS for name in ("dissemination", "internationalisation", "application", "project")},
    **{f"recruitment.weight_{name}": _WEIGHTS for name in SIZES},
}
"""Parameters whose level is scaled away at the start, with what setting one does and does not do."""

_PRESENCE = (
    "without a date this changes which institutions come and not how many: the numbers of Table 6 are those at the "
    "presence of the start"
)

FROM_START = {f"presence.{name}": _PRESENCE for name in TYPES}
"""Levers of which a part is scaled away where they hold from the start, with what that is."""


def scaled(merged: Merged) -> Iterator[Fault]:
    """Settings whose level is scaled away."""
    for claim in changing(merged):
        away = SCALED.get(claim.key) or FROM_START.get(claim.key)
        if away and not claim.dated:
            yield claim.told(f"{spelled(claim.value)}: {away}")
        elif claim.key in EFFORTS and all(key in merged.registry for key in EFFORTS):
            organisation = merged.meant(claim)[0]
            total = _sum(EFFORTS, claim.start, organisation, merged)
            if abs(total - 1.0) > 1e-9 and total > 0.0:
                share = float(claim.value) / total
                yield claim.told(
                    f"{spelled(claim.value)} counts as {share:.2f} of the productive hours{merged.of(claim)}, for the "
                    "five effort.* are scaled to add up to one and the others shrink or grow with it"
                )


def squeezed(merged: Merged) -> Iterator[Fault]:
    """Shares of activities that add up to more than one from a date on, which the model scales down to one."""
    for claim in changing(merged):
        if claim.dated and claim.key in MIX and all(key in merged.registry for key in MIX):
            sums = {one: _sum(MIX, claim.start, one, merged) for one in merged.meant(claim)}
            over = [f"{float(claim.value) / total:.2f} in {one}" for one, total in sums.items() if total > 1.0 + 1e-6]
            if over:
                yield claim.told(
                    f"{spelled(claim.value)} counts{merged.of(claim)} as {', '.join(over)}: from "
                    f"{periods.label(claim.start)} on the shares of activities add up to more than one there and are "
                    "scaled down together"
                )


def not_held(merged: Merged) -> Iterator[Fault]:
    """Shares of types of activity that organisations cannot hold, which go to the other types."""
    for claim in changing(merged):
        if claim.key in MIX and claim.value != 0.0:
            without: dict[str, list[str | None]] = {}
            for one in merged.meant(claim):
                if (lacking := _lacking(claim, one, merged)) is not None:
                    without.setdefault(lacking, []).append(one)
            for lacking, those in without.items():
                names = "" if len(those) == len(merged.meant(claim)) else f" in {', '.join(map(str, those))}"
                yield claim.told(
                    f"{spelled(claim.value)} counts as 0{names or merged.of(claim)}{lacking}; the share goes "
                    "to the other types"
                )


def _lacking(claim: Claim, organisation: str | None, merged: Merged) -> str | None:
    """What an organisation needs to hold the type of a share, and when that is not so; None where it can."""
    asked = Span(claim.key, (organisation,), claim.start, merged.ends(claim, organisation), claim.dated)
    for gate in HELD:
        if claim.key in gate.keys and asked.start < asked.after and registered(gate, merged):
            opens = opening(gate, asked, merged)
            if opens is None or opens > asked.start:
                until = "" if opens is None else f" up to {periods.label(opens - 1)}"
                return f"{until}, for activities of this type need {gate}"
    return None


def _sum(keys: Iterable[str], quarter: int, organisation: str | None, merged: Merged) -> float:
    """What numbers of an organisation add up to in a quarter."""
    return sum(float(merged.value(key, quarter, organisation)) for key in keys)
