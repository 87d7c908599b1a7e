"""The statements: facts (F...), evidence items (E...), policy levers (L...) and mechanisms (M...)."""

from dataclasses import dataclass
from functools import cache

from klyngesim.evidence.files import LineRanges, lookup, record, rows


@dataclass(frozen=True)
class Fact:
    """One number or ordinal statement of the report, in words of our own.

    id             ``"F001"``...
    chapter, ref   chapter of the report, and table, figure, box or note
    cluster        organisation id, ``"all"`` = the programme, ``"context"`` = history or abroad
    quantity       what is stated, e.g. ``"gts_activity_share"``
    comparator     =, <, >, <=, >=, approx, range, majority, higher, rule ...: how the value is meant
    value          point value in `unit`, or None (percentages are percent, not fractions)
    low, high      range in `unit`, or None; on a "majority" row only the meaning of the word
    unit, period   unit as in the report, period it holds for
    kind           level, share, change, rule or ordinal
    lines          lines of the report
    printed_as     the printed token (Danish) by which the statement is found on its lines
    group          id common to rows that come from one statement about several organisations, or empty
    flag           conflicts and cautions
    """

    id: str
    chapter: str
    ref: str
    cluster: str
    quantity: str
    comparator: str
    value: float | None
    low: float | None
    high: float | None
    unit: str
    period: str
    kind: str
    description: str
    lines: LineRanges
    printed_as: str
    group: str
    flag: str


@dataclass(frozen=True)
class EvidenceItem:
    """One statement from a source outside the report.

    id                  ``"E009"``...
    low, central, high  values in `unit`, each may be None; read `statement` before using them
    confidence          high, medium or low
    suggested           model parameter that the item was collected for
    """

    id: str
    topic: str
    statement: str
    low: float | None
    central: float | None
    high: float | None
    unit: str
    scope: str
    year: str
    source: str
    url: str
    confidence: str
    suggested: str


@dataclass(frozen=True)
class PolicyLever:
    """Something that policy or an organisation may set, as the report describes it.

    id             ``"L01"``...
    reference      recommendation (#1-#4) or chapter
    type           recommendation, existing rule, proposal, strategy choice, foreign example, counterfactual
    what_changes, mechanism_claimed, affected_agents, claimed_effect, figure, note: in words
    lines          lines of the report; `evidence_key` is a short printed token found on them
    """

    id: str
    reference: str
    type: str
    what_changes: str
    mechanism_claimed: str
    affected_agents: str
    claimed_effect: str
    figure: str
    lines: LineRanges
    evidence_key: str
    note: str


@dataclass(frozen=True)
class Mechanism:
    """A claim of the report about behaviour.

    id             ``"M001"``...
    claim          in words of our own
    agents         who acts or is affected; `direction` of the effect
    strength       how firmly the report states it; `claimed_by` whose claim it is
    lines          lines of the report; `evidence_key` is a short printed token found on them
    suggestion     how a model may hold it (not the report's)
    """

    id: str
    claim: str
    agents: str
    direction: str
    strength: str
    claimed_by: str
    lines: LineRanges
    evidence_key: str
    suggestion: str


@cache
def _facts() -> dict[str, Fact]:
    return {row["id"]: record(Fact, row, cluster="cluster_id") for row in rows("facts")}


@cache
def _sources() -> dict[str, EvidenceItem]:
    return {
        row["id"]: record(
            EvidenceItem,
            row,
            statement="statement_of_fact",
            low="value_low",
            central="value_central",
            high="value_high",
            scope="population_or_scope",
            suggested="suggested_model_parameter",
        )
        for row in rows("evidence")
    }


@cache
def _levers() -> dict[str, PolicyLever]:
    return {
        row["lever_id"]: record(
            PolicyLever,
            row,
            id="lever_id",
            reference="recommendation_or_chapter",
            type="lever_type",
            claimed_effect="direction_of_claimed_effect",
        )
        for row in rows("policy_levers")
    }


@cache
def _mechanisms() -> dict[str, Mechanism]:
    return {
        row["mech_id"]: record(
            Mechanism,
            row,
            id="mech_id",
            claim="claim_own_words",
            strength="strength_wording",
            claimed_by="source",
            suggestion="model_suggestion",
        )
        for row in rows("mechanisms")
    }


def fact(id: str) -> Fact:
    """Return fact `id` (``"F271"``); an unknown id raises `UnknownEvidence` with the nearest one."""
    return lookup("fact", _facts(), id)


def facts() -> tuple[Fact, ...]:
    """Return all facts in the order of the report."""
    return tuple(_facts().values())


def facts_about(quantity: str) -> tuple[Fact, ...]:
    """Return the facts on one quantity (``"gts_activity_share"``); an unknown one raises an error."""
    by_quantity: dict[str, list[Fact]] = {}
    for one in facts():
        by_quantity.setdefault(one.quantity, []).append(one)
    return tuple(lookup("quantity", by_quantity, quantity))


def source(id: str) -> EvidenceItem:
    """Return evidence item `id` (``"E110"``); an unknown id raises `UnknownEvidence` with the nearest one."""
    return lookup("evidence item", _sources(), id)


def sources() -> tuple[EvidenceItem, ...]:
    """Return all evidence items by id."""
    return tuple(_sources().values())


def policy_lever(id: str) -> PolicyLever:
    """Return policy lever `id` (``"L08"``); an unknown id raises `UnknownEvidence` with the nearest one."""
    return lookup("policy lever", _levers(), id)


def policy_levers() -> tuple[PolicyLever, ...]:
    """Return all policy levers by id."""
    return tuple(_levers().values())


def mechanism(id: str) -> Mechanism:
    """Return mechanism `id` (``"M085"``); an unknown id raises `UnknownEvidence` with the nearest one."""
    return lookup("mechanism", _mechanisms(), id)


def mechanisms() -> tuple[Mechanism, ...]:
    """Return all mechanisms by id."""
    return tuple(_mechanisms().values())
