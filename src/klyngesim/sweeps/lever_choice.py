"""Levers as factors: what a sweep file says of them, held against the scenarios that they are to change.

A lever holds from a date on, in every scenario but the baseline of several. Whatever `klyngesim check` would say of
the same entry of a timeline is said of the lever, before anything runs.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from klyngesim.priors import Prior
from klyngesim.scenario import overrides
from klyngesim.scenario.faults import Fault, ScenarioFaults, nearest
from klyngesim.scenario.parameters import Parameter, registry
from klyngesim.scenario.scalars import Plain, on_step, tidy
from klyngesim.scenario.template import Template
from klyngesim.sweeps.design import Dated, Factor, Kind
from klyngesim.sweeps.schema import LeverRange

_ENTRY = "timeline[0]"


@dataclass(frozen=True)
class ChosenLevers:
    """The factors, what a user has to know of them, and what is wrong."""

    factors: tuple[Factor, ...]
    notes: tuple[str, ...]
    faults: tuple[Fault, ...]


def choose_levers(
    wanted: Mapping[str, LeverRange | None], varied: Sequence[str], templates: Sequence[Template], file: str
) -> ChosenLevers:
    """The levers that a file names.

    Args:
        wanted: ranges by parameter id; None = one that is wrong itself.
        varied: ids that the file varies as parameters.
        templates: the scenarios of the sweep, the baseline first where there are several.
        file: for messages.
    """
    factors: list[Factor] = []
    faults: list[Fault] = []
    for id, asked in wanted.items():
        own = [] if asked is None else list(_faults(id, asked, varied, file))
        if asked is not None and not own:
            dated = Dated(asked.start, asked.announced, asked.cluster)
            own = _refused(id, asked, dated, templates, file)
            found = None if own else _factor(registry()[id], asked, dated, templates[0])
            if found is not None:
                factors.append(found)
            elif not own:
                reason = "the organisations' values differ as it begins; name one of them: cluster: made"
                own = [Fault(file, f"levers.{id}", id, "", reason=reason)]
        faults += own
    return ChosenLevers(tuple(factors), () if faults else _notes(factors, templates), tuple(faults))


def reached(templates: Sequence[Template]) -> Sequence[Template]:
    """The scenarios that levers change: all of them but the baseline of several."""
    return templates[1:] if len(templates) > 1 else templates


def standing(template: Template, key: str, dated: Dated) -> float | None:
    """What a scenario itself gives a lever at its date; None where the organisations it is for differ."""
    merged = template.merged
    those: Sequence[str | None] = (dated.cluster,)
    if dated.cluster is None and merged.registry[key].by_organisation:
        those = merged.registry.organisations
    found = {float(merged.value(key, dated.period, one)) for one in those}
    return found.pop() if len(found) == 1 else None


def _faults(id: str, asked: LeverRange, varied: Sequence[str], file: str) -> Iterator[Fault]:
    """What can be said of a lever without a scenario."""
    known, path = registry(), f"levers.{id}"
    if id not in known:
        levers = [name for name, one in known.items() if one.dated]
        yield Fault(file, path, id, "a lever (klyngesim levers)", nearest(id, levers))
    elif known[id].choices:
        reason = "a choice has no range; name its rivals under switches"
        yield Fault(file, path, id, "", reason=reason)
    elif not known[id].dated:
        reason = f"it has no date; vary it in all years: parameters: {{{id}: {{low: ..., high: ...}}}}"
        yield Fault(file, path, id, "", reason=reason)
    elif id in varied:
        yield Fault(file, path, id, "", reason="it is varied under parameters too; take it out of one of them")
    else:
        yield from _range_faults(known[id], asked, file, path)


def _range_faults(parameter: Parameter, asked: LeverRange, file: str, path: str) -> Iterator[Fault]:
    low, high = (-float("inf"), float("inf")) if parameter.low is None else (parameter.low, parameter.high)
    assert high is not None  # a registry has both bounds or none
    on_steps = on_step(asked.low, parameter.step) and on_step(asked.high, parameter.step)
    if not (low <= asked.low < asked.high <= high and on_steps):
        steps = "" if parameter.step is None else f", in steps of {parameter.step:g}"
        allowed = f"low below high, inside {tidy(low)} to {tidy(high)}{steps}"
        yield Fault(file, path, f"{tidy(asked.low)} to {tidy(asked.high)}", allowed)


def _refused(id: str, asked: LeverRange, dated: Dated, templates: Sequence[Template], file: str) -> list[Fault]:
    """What a scenario refuses of either end, or does not let hold."""
    found: list[Fault] = []
    for end in ("low", "high"):
        values: dict[str, Plain] = {"timeline": [dated.entry(id, getattr(asked, end))]}
        for template in reached(templates):
            try:
                not_held = template.at(values).not_held
            except ScenarioFaults as wrong:
                found += [_at_home(fault, id, end, file) for fault in wrong.faults]
            else:
                found += [_overruled(fault, id, file) for fault in not_held if f".set.{id}" in fault.path]
        if found:
            break
    return list(dict.fromkeys(found))


def _at_home(fault: Fault, id: str, end: str, file: str) -> Fault:
    """A fault of the entry of a timeline, where the sweep file says the same."""
    if fault.file != overrides.FILE:
        return replace(fault, file=file, line=None, path=f"levers.{id}", value=f"{fault.path}: {fault.value}")
    key = fault.path.removeprefix(f"{_ENTRY}.")
    return replace(fault, file=file, path=f"levers.{id}.{end if key.startswith('set') else key}")


def _overruled(fault: Fault, id: str, file: str) -> Fault:
    """That the scenario says something else later, or for somebody; without the advice of a scenario file."""
    said = fault.value.partition("; to keep it")[0]
    reason = "a lever has to hold to the end: let it begin no earlier than that, or take that entry out of the scenario"
    return Fault(file, f"levers.{id}", said, "", reason=reason)


def _factor(parameter: Parameter, asked: LeverRange, dated: Dated, first: Template) -> Factor | None:
    today = standing(first, parameter.id, dated)
    if today is None:
        return None
    kind: Kind = "number" if parameter.step is None else "whole" if parameter.step == 1.0 else "stepped"
    return Factor(
        parameter.id, kind, Prior(parameter.id, "uniform", asked.low, asked.high, today), parameter.step, dated
    )


def _notes(factors: Sequence[Factor], templates: Sequence[Template]) -> tuple[str, ...]:
    """What `check` says of the levers where all stand at the end that is farther from what holds today."""
    entries: list[Plain] = []
    for one in factors:
        assert one.prior is not None and one.dated is not None
        low, high, today = one.prior.low, one.prior.high, one.prior.mode
        entries.append(one.dated.entry(one.id, high if high - today >= today - low else low))
    found: dict[str, None] = {}
    for template in reached(templates) if factors else ():
        try:
            told = template.at({"timeline": entries}).warnings
        except ScenarioFaults:
            continue  # ends that cannot stand together are no point of the design, or are refused as one
        for text in told:
            for place, one in enumerate(factors):
                before = f"{overrides.FILE}: timeline[{place}].set.{one.id}: "
                if text.startswith(before):
                    found[f"levers.{one.id}: {text.removeprefix(before)}"] = None
    return tuple(found)
