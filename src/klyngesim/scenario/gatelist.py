"""What parameters need besides to take effect: the table that `gates` goes by.

It says what the rules of the model multiply or ask for. It names parameters of the packaged registry; another registry
need not have them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

from klyngesim.scenario.calendars import fifth_year, long_future
from klyngesim.scenario.holding import spelled
from klyngesim.scenario.interplay import SHARES
from klyngesim.scenario.resolved import Resolved
from klyngesim.scenario.scalars import Scalar

Opens = Callable[[int, int, Resolved], int | None]
OPENS: dict[Opens, str] = {
    fifth_year: "a grant period of UFS in its fifth year or a later one",
    long_future: "more than four years left of a grant period of UFS",
}
"""What finds the first quarter of a span in which something is so, and that in words."""

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

    Where a need acts later than it is met, or longer, ``opens`` finds the first quarter in which it does. ``dated``: it
    closes for values with a date only, as the start is reckoned with those that have none.
    """

    keys: tuple[str, ...]
    needs: tuple[Need, ...]
    opens: Opens | None = None
    dated: bool = False

    def __str__(self) -> str:
        """What it takes in words."""
        needs = " or ".join(map(str, self.needs))
        return f"{OPENS[self.opens]} ({needs} as it begins)" if self.opens else needs


_Said: TypeAlias = tuple[str, str, Scalar] | tuple[str, str]


def _gate(keys: str, *needs: _Said, opens: Opens | None = None, dated: bool = False) -> Gate:
    return Gate(tuple(keys.split()), tuple(Need(*need) for need in needs), opens, dated)


SIZES = ("micro", "small", "medium", "large", "foreign")
"""Size classes of firms."""

LIST_FEES = tuple(f"fees.{name}" for name in SIZES)
"""Fees of the schedule."""

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

EFFORTS = ("effort.recruit", "effort.retain", "effort.broker", "effort.apply", "effort.project")
"""Weights that are scaled to add up to one."""

TYPES = ("university", "gts", "university_college", "business_academy", "art_school", "foreign_institution")
"""Types of knowledge institutions."""

_RESPONSES = (
    "staff.exit_response",
    "staff.joining_response",
    "membership.support_response",
    "project.start_response",
    "partner.support_response",
    "rival.complacency",
)

_FREE_HOURS = ("scarcity.hours", "is", "off")
_RECRUITED = "recruitment.hours_per_contact referral.from_actors referral.gain referral.warmth"
_PILOTS = "project.open_invitation pilot.long_period_response"
_FOLLOWERS = "open_call.entrant_quality open_call.entrant_equity authority.handover_trust"

_PAID = ("grant.broad_only", "is", 0)
_LONG_ENOUGH = ("grant.horizon_years", "above", 0.25)  # a pilot cannot start and end in less than half a year
_WORKED_ON = ("effort.project", "above", 0.0)

HELD = (
    _gate("activity_mix.project", _PAID),
    _gate("activity_mix.project", _LONG_ENOUGH),
    _gate("activity_mix.project", _WORKED_ON, _FREE_HOURS),
    _gate("activity_mix.application", ("effort.apply", "above", 0.0), _FREE_HOURS),
    _gate(
        "activity_mix.internationalisation",
        ("seats.internationalisation_firms", "above", 0.0),
        ("seats.internationalisation_institutions", "above", 0.0),
    ),
)
"""What an organisation needs to hold a type of activity; without, its share goes to the other types."""

_NOBODY = (
    "counts although nobody is there to refer firms, which would need {gate}: the model does not ask for that; read "
    "nothing from it"
)
_NO_AWARD = (
    "awards nothing, for that needs {gate}; meanwhile posts, and the use of what was awarded before, follow it all the "
    "same"
)

PARTIAL = (
    (_gate("referral.from_actors", ("environment.support_actors", "above", 0.0)), _NOBODY),
    (_gate("referral.from_actors", ("environment.consolidated", "below", 1.0)), _NOBODY),
    (
        _gate(
            "grant.budget_mkr_year grant.budget_factor grant.organisation_factor grant.indexation",
            ("grant.suspended", "is", 0),
        ),
        _NO_AWARD,
    ),
)
"""What acts without something else too, and not as its name says; with what is told of it then."""

GATES = (
    _gate("cofinancing.required", ("cofinancing.consequence", "is not", "none")),
    _gate("cofinancing.consequence", ("cofinancing.required", "above", 0.0)),
    _gate("cofinancing.consequence cofinancing.budget_rule", ("scarcity.money", "is", "on")),
    _gate(
        "evaluation.loss evaluation.threshold evaluation.incentive evaluation.score_years evaluation.start_years "
        "evaluation.money evaluation.stagger_quarters open_call.wait_quarters",
        ("evaluation.every_years", "above", 0.0),
    ),
    # At a threshold of 0 nobody loses the grant, and no score is looked at.
    _gate(
        "evaluation.incentive evaluation.score_years evaluation.money open_call.wait_quarters",
        ("evaluation.threshold", "above", 0.0),
    ),
    _gate("open_call.wait_quarters", ("evaluation.money", "is", "open_call")),
    _gate(_FOLLOWERS, ("finance.failures", "is", "on"), ("evaluation.money", "is", "open_call")),
    _gate(_FOLLOWERS, ("scarcity.money", "is", "on"), ("evaluation.money", "is", "open_call")),
    _gate(_FOLLOWERS, ("finance.failures", "is", "on"), ("evaluation.every_years", "above", 0.0)),
    _gate(_FOLLOWERS, ("finance.failures", "is", "on"), ("evaluation.threshold", "above", 0.0)),
    # A grant period keeps the length that it began with.
    _gate("rival.lock_in", ("grant.horizon_years", "above", 4.0), opens=fifth_year),
    _gate("pilot.long_period_response", ("grant.horizon_years", "above", 4.0), opens=long_future),
    _gate("rival.least_effort", ("rival.complacency", "above", 0.0)),
    _gate("rival.front_loading", *((key, "above", 0.0) for key in _RESPONSES)),
    _gate("measures.paid_by", *((key, "above", 0.0) for key in MEASURES), *((key, "moves") for key in MIX)),
    _gate("contact_staff.cost_mkr_year", ("contact_staff.fte", "above", 0.0)),
    _gate("broker.headroom", ("broker.ratio", "above", 1.0)),
    _gate("researcher.incentive_effect researcher.incentive_cost_mkr_year", ("researcher.incentive", "above", 0.0)),
    _gate(
        "researcher.incentive",
        ("researcher.incentive_effect", "above", 0.0),
        ("researcher.incentive_cost_mkr_year", "above", 0.0),
    ),
    _gate("researcher.conditional_withdrawal researcher.conditional_ease", ("researcher.conditional", "above", 0.0)),
    _gate("researcher.conditional_withdrawal", ("project.commitment_rule", "below", 1.0)),
    _gate("project.commitment_rule researcher.conditional_withdrawal", ("project.withdraw_quarter", "above", 0.0)),
    _gate(
        "researcher.conditional",
        ("researcher.conditional_withdrawal", "above", 0.0),
        ("researcher.conditional_ease", "is not", 0.0),
    ),
    _gate("local.cost_mkr_year local.hours_year", ("local.partners", "above", 0.0)),
    _gate(
        "local.partners",
        ("recruitment.regional_penalty", "above", 0.0),
        ("local.cost_mkr_year", "above", 0.0),
        ("local.hours_year", "above", 0.0),
    ),
    _gate("phd.effect phd.cost_mkr_year", ("phd.bridge", "above", 0.0)),
    _gate("phd.bridge", ("phd.effect", "above", 0.0), ("phd.cost_mkr_year", "above", 0.0)),
    _gate("institutions.outreach_effect institutions.outreach_cost_mkr_year", ("institutions.outreach", "above", 0.0)),
    _gate(
        "institutions.outreach",
        ("institutions.outreach_effect", "above", 0.0),
        ("institutions.outreach_cost_mkr_year", "above", 0.0),
    ),
    _gate("competence.cost_mkr_year", ("competence.level", "above", 0.0)),
    _gate("competence.level", ("readiness.gain", "above", 0.0), ("competence.cost_mkr_year", "above", 0.0)),
    _gate("referral.gain referral.cost_mkr_year", ("referral.share", "above", 0.0)),
    _gate("referral.warmth", ("referral.from_actors", "above", 0.0)),
    _gate("referral.from_actors", ("referral.warmth", "above", 0.0)),
    _gate(_RECRUITED, ("effort.recruit", "above", 0.0), _FREE_HOURS),
    _gate(_RECRUITED, ("depth.shift", "below", 1.0), _FREE_HOURS),
    _gate("recruitment.regional_penalty", ("effort.recruit", "above", 0.0), _FREE_HOURS, dated=True),
    _gate("recruitment.regional_penalty", ("depth.shift", "below", 1.0), _FREE_HOURS, dated=True),
    _gate("recruitment.hours_per_contact", ("scarcity.hours", "is", "on"), dated=True),
    _gate("segmentation.effect segmentation.hours_year", ("segmentation.level", "above", 0.0)),
    _gate("recruitment.regional_penalty", ("local.partners", "below", 1.0)),
    _gate("attention.response attention.optimum attention.least", ("attention.strength", "above", 0.0)),
    _gate("attention.optimum", ("attention.response", "is", "interior_optimum")),
    _gate("platform.hours_per_initiative", ("initiative.routed_share", "above", 0.0)),
    _gate("initiative.cost_ratio initiative.fill", ("initiative.routed_share", "below", 1.0)),
    _gate("coordination.hours_per_actor", ("environment.consolidated", "above", 0.0)),
    _gate("coordination.hours_per_actor environment.consolidated", ("environment.support_actors", "above", 0.0)),
    _gate("evaluation.incentive rival.complacency", ("scarcity.hours", "is", "on")),
    _gate(" ".join(EFFORTS), ("scarcity.hours", "is", "on"), dated=True),
    _gate("holdback.release holdback.approval_quarters", ("holdback.share", "above", 0.0)),
    _gate("grant.indexation external.indexation", ("prices.wage_growth", "above", 0.0)),
    _gate(
        "grant.budget_mkr_year grant.organisation_factor grant.indexation grant.suspended",
        ("grant.budget_factor", "above", 0.0),
    ),
    _gate(
        "grant.budget_factor grant.organisation_factor grant.indexation grant.suspended",
        ("grant.budget_mkr_year", "above", 0.0),
    ),
    _gate(
        "grant.budget_mkr_year grant.budget_factor grant.indexation grant.suspended",
        ("grant.organisation_factor", "above", 0.0),
    ),
    _gate(
        "membership.renewal_elasticity membership.joining_elasticity",
        ("fees.level", "is not", 1.0),
        ("guard.fee_rebate", "above", 0.0),
        *((key, "moves") for key in LIST_FEES),
    ),
    _gate(" ".join(("guard.fee_rebate", *LIST_FEES)), ("fees.level", "above", 0.0)),
    _gate("fees.micro fees.small", ("guard.fee_rebate", "below", 1.0), dated=True),
    _gate("guard.seat_share cofinancing.attention_drift", ("attendance.rule", "is", "supply")),
    _gate("sponsorship.seat_share", ("sponsorship.level", "above", 0.0)),
    _gate("sponsorship.level sponsorship.seat_share", ("private.sponsorship_share", "above", 0.0)),
    _gate("guard.seat_share attendance.rule cofinancing.attention_drift", ("scarcity.seats", "is", "on")),
    _gate(
        f"project.open_invitation {' '.join(f'institutions.capacity_{name}' for name in TYPES)}",
        ("scarcity.seats", "is", "on"),
    ),
    # The group size of projects also shapes those that run at the start.
    _gate("seats.project_firms", _PAID, dated=True),
    _gate("seats.project_firms", _LONG_ENOUGH, dated=True),
    _gate("seats.project_firms", _WORKED_ON, _FREE_HOURS, dated=True),
    _gate(_PILOTS, _PAID),
    _gate(f"{_PILOTS} grant.broad_only", _LONG_ENOUGH),
    _gate(f"{_PILOTS} grant.broad_only", _WORKED_ON, _FREE_HOURS),
    _gate(f"{_PILOTS} seats.project_firms grant.broad_only", ("activity_mix.project", "above", 0.0)),
    _gate(
        "seats.internationalisation_firms seats.internationalisation_institutions",
        ("activity_mix.internationalisation", "above", 0.0),
    ),
    _gate("admin.share_one_string", ("admin.funding_strings", "below", 2.0)),
    _gate("admin.share_two_strings", ("admin.funding_strings", "above", 1.0)),
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
        "finance.overdraft_share finance.claims_credit finance.saving_share finance.patience_quarters finance.failures "
        "finance.spend_down finance.thrift finance.least_activity authority.vacancy_quarters",
        ("scarcity.money", "is", "on"),
    ),
    _gate("finance.patience_quarters authority.vacancy_quarters", ("finance.failures", "is", "on")),
)
"""What takes effect only with something else."""
