"""Which factors a sweep file means: grades, ids, patterns and switches, each with its range."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatchcase

from klyngesim.experiments.ablation import settings_of, variants
from klyngesim.priors import Prior
from klyngesim.scenario.faults import Fault, nearest
from klyngesim.scenario.parameters import GRADES, Parameter, registry
from klyngesim.scenario.scalars import on_step, tidy
from klyngesim.scenario.template import Template
from klyngesim.sweeps.design import Factor, Kind
from klyngesim.sweeps.rows import DUMMY

Ranges = Mapping[str, tuple[float, float] | None]
"""Grade, id or pattern to a range of the file's own, None = the registry's distribution."""

_PRIORS = ("uniform", "loguniform", "triangular")
_MARKS = "*?["
_OWN = "a scenario of the sweep sets it itself"


@dataclass(frozen=True)
class Chosen:
    """The factors; what a grade or pattern named and cannot be varied, with the reason; and what is wrong."""

    factors: tuple[Factor, ...]
    left_out: tuple[tuple[str, str], ...]
    faults: tuple[Fault, ...]


@dataclass
class _Choice:
    file: str
    taken: frozenset[str]
    levers: Collection[str]
    factors: dict[str, Factor] = field(default_factory=dict)
    left_out: dict[str, str] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)

    def fault(self, path: str, value: str, allowed: str, near: str | None = None, reason: str = "") -> None:
        self.faults.append(Fault(self.file, path, value, allowed, near, reason=reason))


def choose(
    wanted: Ranges,
    switches: str | Sequence[str],
    dummy: bool,
    templates: Sequence[Template],
    file: str,
    levers: Sequence[Factor] = (),
) -> Chosen:
    """The factors that a file names.

    Args:
        wanted: grades, ids and patterns with their ranges.
        switches: ids of switches, or ``all``.
        dummy: whether the dummy is among them.
        templates: the scenarios of the sweep; what one of them sets itself cannot be varied.
        file: for messages.
        levers: factors that the file has already; they come first.
    """
    choice = _Choice(file, _set_by(templates), [one.id for one in levers])
    # Ids first: what a file says of one parameter is not to be undone by a grade or pattern that has it too.
    for word, span in sorted(wanted.items(), key=lambda item: item[0] not in registry()):
        _numbers(word, span, choice)
    _switches(switches, choice)
    if not choice.factors and not choice.faults and not levers:
        choice.fault("parameters", "nothing to vary", "a grade, ids or patterns of parameters, levers, or switches")
    factors = [*levers, *choice.factors.values(), *([Factor(DUMMY, "dummy")] if dummy else [])]
    left = {name: why for name, why in choice.left_out.items() if name not in choice.factors}
    return Chosen(tuple(factors), tuple(left.items()), tuple(choice.faults))


def _set_by(templates: Sequence[Template]) -> frozenset[str]:
    """Numbers that a scenario sets itself, choices that it changes, and what is set in all runs: none can be varied."""
    known = registry()
    found: set[str] = set()
    for template in templates:
        scenario = template.scenario
        found |= template.held | {key for key in template.sets if not known[key].choices}
        found |= {key for key, value in scenario.values.items() if known.default(key) != value}
        found |= {key for lever in scenario.timeline for key in lever.values}
        for organisation, values in scenario.organisation_values.items():
            for key, value in values.items():
                usual = known.default(key)
                if (usual.get(organisation) if isinstance(usual, dict) else usual) != value:
                    found.add(key)
    return frozenset(found)


def _numbers(word: str, span: tuple[float, float] | None, choice: _Choice) -> None:
    """The numbers that a grade, pattern or id names."""
    known = registry()
    path = f"parameters.{word}"
    if word in known:
        reason = _hindrance(known[word], choice.taken, choice.levers, span)
        if reason:
            dated = f"; as a lever it can be: levers: {{{word}: {{low: ..., high: ..., from: 2025Q1}}}}"
            told = dated if reason == _OWN and known[word].dated else ""
            choice.fault(path, word, "", reason=f"it cannot be varied: {reason}{told}")
        else:
            _add(known[word], span, path, choice)
        return
    names: Iterable[str] = ()
    if word in GRADES:
        names = [name for name, one in known.items() if one.grade == word]
    elif any(mark in word for mark in _MARKS):
        names = [name for name in known if fnmatchcase(name, word)]
    if not names:
        allowed = f"a parameter (klyngesim params), a pattern such as trust.*, or a grade: {', '.join(GRADES)}"
        choice.fault(path, word, allowed, nearest(word, [*known, *GRADES]))
    for name in names:
        if name in choice.factors:
            continue
        reason = _hindrance(known[name], choice.taken, choice.levers, span)
        if reason:
            choice.left_out[name] = reason
        else:
            _add(known[name], span, path, choice)


def _hindrance(
    parameter: Parameter, taken: frozenset[str], levers: Collection[str], span: tuple[float, float] | None
) -> str:
    """Why a parameter cannot be varied; empty if it can."""
    if parameter.choices:
        return "a choice has no range; name its rivals under switches"
    if parameter.is_table:
        return "it has a value for each organisation"
    if parameter.id in levers:
        return "it is a lever of the sweep"
    if parameter.id in taken:
        return _OWN
    if parameter.distribution not in _PRIORS and span is None:
        return f"its distribution is {parameter.distribution}; give it a range: {{low: ..., high: ...}}"
    if parameter.low is None or parameter.high is None:
        return "it has no bounds in the registry"
    return ""


def _add(parameter: Parameter, span: tuple[float, float] | None, path: str, choice: _Choice) -> None:
    assert parameter.low is not None and parameter.high is not None
    low, high = span if span is not None else (parameter.low, parameter.high)
    if not (parameter.low <= low < high <= parameter.high and all(on_step(end, parameter.step) for end in (low, high))):
        steps = "" if parameter.step is None else f", in steps of {parameter.step:g}"
        allowed = f"low below high, inside {tidy(parameter.low)} to {tidy(parameter.high)}{steps}"
        whose = "" if path.endswith(f".{parameter.id}") else f"{parameter.id}: "
        choice.fault(path, f"{whose}{tidy(low)} to {tidy(high)}", allowed)
        return
    default = parameter.default_values()
    assert isinstance(default, float | int)
    own = span is not None or parameter.step is not None
    # A range of the file's own is even over its width: the registry's shape belongs to the registry's range.
    prior = Prior(parameter.id, "uniform" if own else parameter.distribution, low, high, float(default))
    kind: Kind = "number" if parameter.step is None else "whole" if parameter.step == 1.0 else "stepped"
    choice.factors[parameter.id] = Factor(parameter.id, kind, prior, parameter.step)


def _switches(wanted: str | Sequence[str], choice: _Choice) -> None:
    """The switches, ``all`` = those that no scenario sets itself and that no number of the sweep stands for."""
    known = {one.id: one for one in variants()}
    names = list(known) if wanted == "all" else list(wanted)
    for place, name in enumerate(names):
        if name not in known:
            near = nearest(name, known)
            choice.fault(f"switches[{place}]", name, "a mechanism or rival rule (klyngesim ablate lists them)", near)
            continue
        clash = set(settings_of(known[name])) & {*choice.taken, *choice.levers, *choice.factors}
        if clash and wanted != "all":
            why = f"it cannot be switched: {min(clash)} is set by a scenario or varied as a number"
            choice.fault(f"switches[{place}]", name, "", reason=why)
        elif clash:
            choice.left_out[name] = f"{min(clash)} is set by a scenario or varied as a number"
        else:
            choice.factors[name] = Factor(name, "switch")
