"""Levers and strengths that take no effect alone, and values of which only the proportion to others counts.

The table says what the rules of the model multiply or ask for. It names parameters of the packaged registry; another
registry need not have them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from klyngesim.scenario import periods
from klyngesim.scenario.calendars import fifth_year, long_future
from klyngesim.scenario.faults import Fault
from klyngesim.scenario.holding import Claim, Merged, spelled
from klyngesim.scenario.interplay import SHARES
from klyngesim.scenario.scalars import Scalar

Opens = Callable[[Claim, Merged], int | None]
OPENS: dict[Opens, str] = {
    fifth_year: "a grant period of UFS in its fifth year or a later one",
    long_future: "more than four years left of a grant period of UFS",
}
"""What finds the first quarter of a claim in which something is so, and that in words."""

_WORDS = {"is": "=", "is not": "other than"}


@dataclass(frozen=True)
class Need:
    """What another parameter must be: ``is`` or ``is not`` a value, ``above`` or ``below`` a number, or ``moves``.

    A parameter moves when it has another value than at the start, whatever that is.
    """

    key: str
    test: str
    value: Scalar = ""

    def met(self, value: Scalar, start: Scalar) -> bool:
        """Whether a value will do, after that of the start."""
        if self.test in ("above", "below"):
            return (float(value) - float(self.value)) * (1 if self.test == "above" else -1) > 0.0
        return value != start if self.test == "moves" else (value == self.value) == (self.test == "is")

    def __str__(self) -> str:
        """The need in words."""
        if self.test == "moves":
            return f"{self.key} other than at the start"
        return f"{self.key} {_WORDS.get(self.test, self.test)} {spelled(self.value)}"


@dataclass(frozen=True)
class Gate:
    """Parameters that take effect only while one of some needs is met.

    Where a need acts later than it is met, or longer, ``opens`` finds the first quarter in which it does.
    """

    keys: tuple[str, ...]
    needs: tuple[Need, ...]
    opens: Opens | None = None

    def __str__(self) -> str:
        """What it takes in words."""
        needs = " or ".join(map(str, self.needs))
        return f"{OPENS[self.opens]} ({needs} as it begins)" if self.opens else needs


def _gate(keys: str, *needs: tuple[str, str, Scalar] | tuple[str, str], opens: Opens | None = None) -> Gate:
    return Gate(tuple(keys.split()), tuple(Need(*need) for need in needs), opens)


_SIZES = ("micro", "small", "medium", "large", "foreign")
_LIST_FEES = tuple(f"fees.{name}" for name in _SIZES)


MEASURES = (
    "contact_staff.fte",
    "researcher.incentive",
    "local.partners",
    "phd.bridge",
    "institutions.outreach",
    "competence.level",
    "referral.share",
)
"""Levers with a cost, which `measures.paid_by` books."""

MIX = SHARES[0]
"""Shares of activities; dissemination has what they leave of one."""

GATES = (
    _gate("cofinancing.required", ("cofinancing.consequence", "is not", "none")),
    _gate("cofinancing.consequence", ("cofinancing.required", "above", 0.0)),
    _gate("cofinancing.consequence cofinancing.budget_rule", ("scarcity.money", "is", "on")),
    _gate(
        "evaluation.loss evaluation.threshold evaluation.incentive evaluation.score_years evaluation.start_years "
        "evaluation.money evaluation.stagger_quarters open_call.wait_quarters",
        ("evaluation.every_years", "above", 0.0),
    ),
    _gate("evaluation.incentive", ("evaluation.threshold", "above", 0.0)),
    _gate("evaluation.incentive rival.complacency", ("scarcity.hours", "is", "on")),
    _gate("open_call.wait_quarters", ("evaluation.money", "is", "open_call")),
    # A grant period keeps the length that it began with.
    _gate("rival.lock_in", ("grant.horizon_years", "above", 4.0), opens=fifth_year),
    _gate("pilot.long_period_response", ("grant.horizon_years", "above", 4.0), opens=long_future),
    _gate("rival.least_effort", ("rival.complacency", "above", 0.0)),
    _gate("measures.paid_by", *((key, "above", 0.0) for key in MEASURES), *((key, "moves") for key in MIX)),
    _gate("contact_staff.cost_mkr_year", ("contact_staff.fte", "above", 0.0)),
    _gate("broker.headroom", ("broker.ratio", "above", 1.0)),
    _gate("researcher.incentive_effect researcher.incentive_cost_mkr_year", ("researcher.incentive", "above", 0.0)),
    _gate("researcher.conditional_withdrawal researcher.conditional_ease", ("researcher.conditional", "above", 0.0)),
    _gate("local.cost_mkr_year local.hours_year", ("local.partners", "above", 0.0)),
    _gate("phd.effect phd.cost_mkr_year", ("phd.bridge", "above", 0.0)),
    _gate("institutions.outreach_effect institutions.outreach_cost_mkr_year", ("institutions.outreach", "above", 0.0)),
    _gate("competence.cost_mkr_year", ("competence.level", "above", 0.0)),
    _gate("referral.gain referral.cost_mkr_year", ("referral.share", "above", 0.0)),
    _gate("referral.warmth", ("referral.from_actors", "above", 0.0)),
    _gate("segmentation.effect segmentation.hours_year", ("segmentation.level", "above", 0.0)),
    _gate("recruitment.regional_penalty", ("local.partners", "below", 1.0)),
    _gate("attention.response attention.optimum attention.least", ("attention.strength", "above", 0.0)),
    _gate("attention.optimum", ("attention.response", "is", "interior_optimum")),
    _gate("platform.hours_per_initiative", ("initiative.routed_share", "above", 0.0)),
    _gate("initiative.cost_ratio initiative.fill", ("initiative.routed_share", "below", 1.0)),
    _gate("coordination.hours_per_actor", ("environment.consolidated", "above", 0.0)),
    _gate("coordination.hours_per_actor environment.consolidated", ("environment.support_actors", "above", 0.0)),
    _gate("holdback.release holdback.approval_quarters", ("holdback.share", "above", 0.0)),
    _gate("grant.indexation external.indexation", ("prices.wage_growth", "above", 0.0)),
    _gate("grant.budget_mkr_year grant.organisation_factor", ("grant.budget_factor", "above", 0.0)),
    _gate("grant.budget_factor grant.organisation_factor", ("grant.budget_mkr_year", "above", 0.0)),
    _gate(
        "membership.renewal_elasticity membership.joining_elasticity",
        ("fees.level", "is not", 1.0),
        ("guard.fee_rebate", "above", 0.0),
        *((key, "moves") for key in _LIST_FEES),
    ),
    _gate(" ".join(("guard.fee_rebate", *_LIST_FEES)), ("fees.level", "above", 0.0)),
    _gate("guard.seat_share", ("attendance.rule", "is", "supply")),
    _gate("sponsorship.seat_share", ("sponsorship.level", "above", 0.0)),
    _gate("guard.seat_share attendance.rule cofinancing.attention_drift", ("scarcity.seats", "is", "on")),
    _gate("project.open_invitation seats.project_firms", ("grant.broad_only", "is", 0)),
    _gate(
        "calls.pot_national_mkr_year calls.others_national_mkr_year calls.pot_eu_mkr_year calls.others_eu_mkr_year "
        "calls.success_cap",
        ("calls.success_rule", "is", "capped"),
    ),
    _gate(
        "calls.pot_national_mkr_year calls.others_national_mkr_year calls.pot_eu_mkr_year calls.others_eu_mkr_year "
        "calls.success_cap calls.success_rule",
        ("scarcity.pots", "is", "on"),
    ),
    _gate("membership.inherited_share", ("membership.reading", "is", "ever_2021_23")),
    _gate(
        "finance.overdraft_share finance.claims_credit finance.saving_share finance.patience_quarters finance.failures",
        ("scarcity.money", "is", "on"),
    ),
    _gate("finance.patience_quarters authority.vacancy_quarters", ("finance.failures", "is", "on")),
)
"""What takes effect only with something else."""

REPLACED = (
    "open_call.entrant_quality",
    "open_call.entrant_equity",
    "authority.vacancy_quarters",
    "authority.handover_trust",
)
"""Parameters of organisations that follow one which failed or lost its grant."""

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
    **dict.fromkeys(_LIST_FEES, _FEES),
    **{f"activity_cost.{name}": _COSTS for name in ("dissemination", "internationalisation", "application", "project")},
    **{f"recruitment.weight_{name}": _WEIGHTS for name in _SIZES},
}
"""Parameters whose level is scaled away at the start, with what setting one does and does not do."""

_PRESENCE = (
    "without a date this changes which institutions come and not how many: the numbers of Table 6 are those at the "
    "presence of the start"
)

_TYPES = ("university", "gts", "university_college", "business_academy", "art_school", "foreign_institution")

FROM_START = {f"presence.{name}": _PRESENCE for name in _TYPES}
"""Levers of which a part is scaled away where they hold from the start, with what that is."""

EFFORTS = ("effort.recruit", "effort.retain", "effort.broker", "effort.apply", "effort.project")
"""Weights that are scaled to add up to one."""


def closed(merged: Merged) -> Iterator[Fault]:
    """Settings whose effect needs another one that is not there, or not yet."""
    for claim in changing(merged):
        for gate, opens in openings(claim, merged):
            if opens is None:
                yield claim.told(
                    f"{spelled(claim.value)} takes no effect{merged.of(claim)}: that needs {gate}, which is "
                    f"not so{'' if claim.start == 0 else f' from {periods.label(claim.start)} on'}"
                )
            elif opens > claim.start and claim.dated:
                yield claim.told(
                    f"{spelled(claim.value)} takes effect{merged.of(claim)} only from {periods.label(opens)} on: that "
                    f"needs {gate}"
                )


def openings(claim: Claim, merged: Merged) -> Iterator[tuple[Gate, int | None]]:
    """The gates of a claim, each with the first quarter from its start on in which a need is met; None = never."""
    for gate in GATES:
        if claim.key in gate.keys and all(need.key in merged.registry for need in gate.needs):
            quarters = [met for need in gate.needs if (met := _met_from(need, claim, merged)) is not None]
            yield gate, gate.opens(claim, merged) if gate.opens else min(quarters, default=None)


def _met_from(need: Need, claim: Claim, merged: Merged) -> int | None:
    """First quarter from the start of a claim on in which a need is met, for any of those that it is made for."""
    those = merged.meant(claim)
    if those == (None,) and merged.registry[need.key].by_organisation:
        those = merged.registry.organisations
    for quarter in sorted({claim.start, *(other.start for other in merged.claims.get(need.key, ()))}):
        if claim.start <= quarter <= max(claim.start, merged.scenario.end) and any(
            need.met(merged.value(need.key, quarter, one), merged.value(need.key, 0, one)) for one in those
        ):
            return quarter
    return None


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


def _sum(keys: Iterable[str], quarter: int, organisation: str | None, merged: Merged) -> float:
    """What numbers of an organisation add up to in a quarter."""
    return sum(float(merged.value(key, quarter, organisation)) for key in keys)


def alone(merged: Merged) -> Iterator[Fault]:
    """What concerns organisations that replace others, in a scenario in which hardly any is replaced."""
    if set(merged.claims) <= set(REPLACED):
        for claim in changing(merged):
            yield claim.told(
                f"{spelled(claim.value)} takes effect only where an organisation fails or loses its grant, which "
                f"nothing else{merged.of(claim) or ' here'} makes likely"
            )


def changing(merged: Merged) -> Iterator[Claim]:
    """Claims of other values than the registry's, or than those that stand before."""
    for made in merged.claims.values():
        for place, claim in enumerate(made):
            for one in merged.meant(claim):
                earlier = [other.value for other in made[:place] if other.cluster in (None, one)]
                if claim.value != (earlier[-1] if earlier else merged.course(claim.key, one)[0][1]):
                    yield claim
                    break
