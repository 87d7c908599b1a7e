"""A scenario in words: what differs from the baseline, what that costs, does not do, hangs on, and takes to compare."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from klyngesim.comparisons.contested import Contested, assumptions_of, questions_of, set_by
from klyngesim.errors import InputError
from klyngesim.evidence.organisations import organisation
from klyngesim.report.labels import catalogue
from klyngesim.report.numbers import Lang, number, percent
from klyngesim.report.parameter_words import allowed, factor, mechanism, name, valued
from klyngesim.report.words import phrase
from klyngesim.scenario import periods
from klyngesim.scenario.gatelist import Gate, Need
from klyngesim.scenario.gates import changing, closed, openings, span
from klyngesim.scenario.levers import unpriced
from klyngesim.scenario.timing import announced_in

if TYPE_CHECKING:
    from klyngesim.comparisons.plan import Plan
    from klyngesim.scenario.holding import Claim, Merged
    from klyngesim.scenario.scalars import Scalar
    from klyngesim.scenario.template import Template

Part = tuple[str, tuple[str, ...]]
"""A heading and the sentences under it."""


@dataclass(frozen=True)
class Explained:
    """A scenario beside the baseline, in a language.

    Attributes:
        variant, baseline: as they were read.
        lang: language of the sentences.
    """

    variant: Template
    baseline: Template
    lang: Lang

    @cached_property
    def _merged(self) -> tuple[Merged, Merged]:
        return self.variant.merged, self.baseline.merged

    def title(self) -> str:
        """Title and name."""
        scenario = self.variant.scenario
        return f"{scenario.title[self.lang]} ({scenario.name})"

    def head(self) -> Iterator[str]:
        """The question that is asked, and the scenarios that it builds on."""
        scenario = self.variant.scenario
        if scenario.question:
            yield self.word("question", text=phrase(scenario.question, self.lang).text)
        if parents := scenario.lineage[:-1]:
            yield self.word("builds_on", names=", ".join(parents))

    def parts(self, remarks: bool = True) -> Iterator[Part]:
        """What is to be said of it, under headings; without ``remarks`` no sentence that a note of a command has."""
        base = self.baseline.scenario.title[self.lang]
        found = (*self._differences(), *self._frame())
        yield self.word("differs", baseline=base), found or (self.word("same", baseline=base),)
        if free := tuple(f"{self._name(key)} [{key}]" for key in self._keys if unpriced(key)):
            yield self.word("unpriced"), free
        if inert := tuple(self._inert()):
            yield self.word("inert"), inert
        told = set(map(str, closed(self._merged[0])))
        if others := tuple(text for text in self.variant.scenario.warnings if text not in told and remarks):
            yield self.word("remarks"), others
        if found:
            yield self.word("rests"), tuple(self._rests())

    def takes(self, plan: Plan, jobs: int, here: bool = False) -> str:
        """How many runs a comparison would take and how long on a number of processes; ``here``: at a measured pace."""
        cores = self.word("processes_1" if jobs == 1 else "processes", n=jobs)
        return self.word(
            "runs_here" if here else "runs",
            runs=number(plan.total, self.lang, 0),
            parts=", ".join(self.word(part, runs=number(runs, self.lang, 0)) for part, runs in plan.runs.items()),
            time=in_words(plan.all_seconds(jobs), self.lang),
            jobs=cores,
            seconds=self.word("seconds", n=number(plan.seconds, self.lang, 1)),
        )

    def not_comparable(self, end: str, why: InputError) -> str:
        """Why there is nothing to compare up to a quarter."""
        return self.word("not_comparable", end=end, why=why)

    def word(self, key: str, **fill: object) -> str:
        """A sentence of ``data/explain.csv``, filled in; KeyError for a key that does not exist."""
        return catalogue("explain.csv")[key][self.lang].format(**fill)

    def _name(self, key: str) -> str:
        found = name(key, self.lang)
        return found[:1].upper() + found[1:]

    @cached_property
    def _keys(self) -> tuple[str, ...]:
        return set_by(self.variant.scenario, self.baseline.scenario)

    def _differences(self) -> Iterator[str]:
        """A sentence for every value that differs, under one for its date and its organisation."""
        mine, theirs = self._merged
        by: dict[tuple[str, ...], list[str]] = {}
        for key in self._keys:
            for claim in mine.claims.get(key, ()):
                if _differs(claim, mine, theirs):
                    by.setdefault(self._when(claim, mine), []).append(self._change(claim))
            for claim in theirs.claims.get(key, ()):
                if not any(_same_place(claim, other) for other in mine.claims.get(key, ())):
                    by.setdefault(self._when(claim, theirs), []).append(self._change(claim, back=True))
        for when in sorted(by):
            yield f"{when[-1]}:"
            yield from (f"  {line}" for line in by[when])

    def _when(self, claim: Claim, merged: Merged) -> tuple[str, ...]:
        """What sorts and what says since when and for whom a claim holds."""
        start = periods.label(claim.start)
        said = self.word("from_date" if claim.dated else "from_start", start=start)
        announced = announced_in(merged, claim) if claim.dated else None
        if announced is not None and announced != claim.start:
            said = self.word("announced", since=said, announced=periods.label(announced))
        if claim.cluster is not None:
            said = self.word("whom", since=said, whom=organisation(claim.cluster).full_name)
        return start, claim.cluster or "", said

    def _change(self, claim: Claim, back: bool = False) -> str:
        """What a claim changes, against what the baseline has in its quarter; or one of the baseline's that is gone."""
        value = valued(claim.key, claim.value, self.lang)
        named = {"name": self._name(claim.key), "value": value, "id": claim.key}
        if back:
            return self.word("back", baseline=self.baseline.scenario.title[self.lang], **named)
        before = [value for values in _before(claim, *self._merged) for value in sorted(values, key=str)[:1]]
        return self.word("change", before=self._spread(claim.key, before), **named)

    def _spread(self, key: str, values: Sequence[Scalar]) -> str:
        """A value, or the ends of those that organisations have."""
        numbers = [value for value in values if not isinstance(value, str)]
        low, high = (min(numbers), max(numbers)) if numbers else (values[0], values[0])
        ends = [valued(key, end, self.lang) for end in (low, high)]
        return ends[0] if low == high else self.word("spread", low=ends[0], high=ends[1])

    def _frame(self) -> Iterator[str]:
        """What differs in mechanisms, period and population."""
        mine, theirs = self.variant.scenario, self.baseline.scenario
        for id in sorted(set(mine.mechanisms_off) ^ set(theirs.mechanisms_off)):
            key = "off" if id in mine.mechanisms_off else "on"
            yield self.word(key, id=id, title=mechanism(id, self.lang))
        if mine.end != theirs.end:
            yield self.word("ends", end=periods.label(mine.end), before=periods.label(theirs.end))
        if mine.scale != theirs.scale:
            share, before = (percent(one.scale, self.lang, 2) for one in (mine, theirs))
            yield self.word("scale", share=share, before=before)

    def _inert(self) -> Iterator[str]:
        """Settings whose effect needs another one that is not there, or not yet."""
        merged = self._merged[0]
        for claim in changing(merged):
            for gate, opens in openings(span(claim, merged), merged):
                named = {"name": self._name(claim.key), "needs": self._needs(gate), "id": claim.key}
                if opens is None:
                    yield self.word("never", **named)
                elif opens > claim.start and claim.dated:
                    yield self.word("later", start=periods.label(opens), **named)

    def _needs(self, gate: Gate) -> str:
        if gate.opens is not None:
            return self.word(gate.opens.__name__)
        *first, last = map(self._need, gate.needs)
        return self.word("or", first=", ".join(first), last=last) if first else last

    def _need(self, need: Need) -> str:
        value = "" if need.test == "moves" else valued(need.key, need.value, self.lang)
        return self.word(need.test.replace(" ", "_"), name=name(need.key, self.lang), value=value)

    def _rests(self) -> Iterator[str]:
        """The assumptions that decide, those with a question of their own first."""
        every = assumptions_of(self.variant.scenario, self.baseline.scenario)
        asked = {entry.parameter for entry in questions_of(self.variant.scenario, self.baseline.scenario)}
        yield from (self._assumption(entry) for entry in every if entry.parameter in asked)
        sizes = [entry.parameter for entry in every if entry.parameter not in asked]
        if sizes:
            yield self.word("sizes", names=", ".join(f"{factor(id, self.lang)} [{id}]" for id in sizes))
        if not every:
            yield self.word("no_assumption")

    def _assumption(self, entry: Contested) -> str:
        """A contested strength: what it is, its value and range, and the question behind it."""
        merged, key = self._merged[0], entry.parameter
        everybody = merged.registry.organisations if merged.registry[key].by_organisation else (None,)
        used = self._spread(key, [merged.value(key, merged.scenario.end, one) for one in everybody])
        why = phrase(entry.why, self.lang).text
        return self.word("assumption", name=self._name(key), value=used, range=allowed(key, self.lang), why=why, id=key)


def in_words(seconds: float, lang: Lang) -> str:
    """A time as people say it: ``a minute``, ``12 minutes``, ``1.5 hours``."""
    from klyngesim.runs.pace import said

    unit, count = said(seconds)
    return catalogue("explain.csv")[unit][lang].format(n=number(count, lang, int(unit == "hours")))


def _differs(claim: Claim, mine: Merged, theirs: Merged) -> bool:
    """Whether a claim gives anybody another value than the baseline has in its quarter, or than was there before."""
    same = next((other for other in theirs.claims.get(claim.key, ()) if _same_place(claim, other)), None)
    if same is not None and same.value == claim.value:
        return claim.dated and announced_in(mine, claim) != announced_in(theirs, same)
    return any(claim.value not in values for values in _before(claim, mine, theirs))


def _before(claim: Claim, mine: Merged, theirs: Merged) -> Iterator[set[Scalar]]:
    """For everybody whom a claim is made for: what the baseline has in its quarter, and what was there before it."""
    for one in mine.meant(claim):
        ends = {mine.value(claim.key, claim.start - 1, one)} if claim.start else set()
        values = {theirs.value(claim.key, claim.start, one), *ends}
        yield values if len(values) == 1 or claim.value not in values else values - {claim.value}


def _same_place(one: Claim, other: Claim) -> bool:
    return (one.dated, one.start, one.cluster) == (other.dated, other.start, other.cluster)


def sentences(parts: Iterable[Part]) -> Iterator[str]:
    """The lines of parts: headings, and what stands under them set in."""
    for heading, lines in parts:
        yield heading
        yield from (f"  {line}" for line in lines)
