"""``klyngesim ablate``: what each mechanism and rival rule does to the main indicators."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from klyngesim.cli.console import (
    HoldsOption,
    JobsOption,
    Language,
    QuietOption,
    ScenarioArgument,
    TableLangOption,
    ending,
    fail,
    note,
    note_unused,
    refuse,
)
from klyngesim.cli.listing import Format
from klyngesim.cli.summary import word, written
from klyngesim.scenario.limits import MOST_SEEDS_EACH

if TYPE_CHECKING:
    from collections.abc import Sequence

    from klyngesim.experiments.ablation import Ablation, Effect, Variant
    from klyngesim.scenario.template import Template


def ablate(
    scenario: ScenarioArgument = "baseline",
    replicates: Annotated[int, typer.Option(min=1, max=MOST_SEEDS_EACH, help="Seeds, the same for every variant.")] = 4,
    seed: Annotated[int, typer.Option(min=0, help="First seed.")] = 1,
    jobs: JobsOption = None,
    only: Annotated[
        list[str] | None, typer.Option(metavar="PATTERN", help="Only variants like M0* or attendance.*; repeatable.")
    ] = None,
    overrides: HoldsOption = None,
    out: Annotated[Path | None, typer.Option(help="New CSV file with every effect and its band.")] = None,
    form: Annotated[
        Format, typer.Option("--format", help="How effects are printed; csv and json say all.")
    ] = Format.table,
    lang: TableLangOption = Language.en,
    quiet: QuietOption = False,
) -> None:
    """Switch off each mechanism, and on each rival rule.

    Shows what each does to the main indicators, paired by seed; takes minutes with all firms.
    """
    from klyngesim.runs.pool import limit_threads, usable_cores

    if out is not None and (out.exists() or not out.absolute().parent.is_dir()):
        why = "exists already and is not overwritten" if out.exists() else "its folder does not exist"
        refuse(f"--out {out}: {why}; choose another --out")
    limit_threads()  # before anything imports numpy
    from klyngesim.cli.console import compile_model, progress_line
    from klyngesim.experiments import ablation
    from klyngesim.scenario.layers import Origin
    from klyngesim.scenario.limits import require, seeds_fault, year_fault
    from klyngesim.scenario.loading import read_template
    from klyngesim.scenario.merging import require_held

    wanted = _chosen(ablation.variants(), only or [])
    seeds = range(seed, seed + replicates)
    with ending():
        template = read_template(scenario, overrides or [])
        require([seeds_fault(Origin("--seed", ""), seed, replicates), year_fault(template)])
        require_held([template.scenario])
    note_unused(overrides or [], {"replicates": "--replicates says how many seeds", "seed": "--seed says the first"})
    note(template.scenario.warnings)
    chosen = _reaching(wanted, template)
    with ending(word("stopped_nothing", lang)):
        compile_model(quiet)
        with progress_line(scenario, (len(chosen) + 1) * replicates, quiet) as on_progress:
            found = ablation.ablate(template, chosen, seeds, jobs or usable_cores(), on_progress)
    if out is not None:
        _write(out, found.effects)
    _tell(found, form, lang)
    if found.failures:
        fail("\n".join(word("ablate_failed", lang, name=name, why=why) for name, why in found.failures.items()))


def _chosen(everything: "Sequence[Variant]", patterns: "Sequence[str]") -> "list[Variant]":
    """The variants that any pattern fits, all without patterns; ends the command for a pattern that fits none."""
    from fnmatch import fnmatchcase

    from klyngesim.scenario.faults import nearest

    for pattern in patterns:
        if not any(fnmatchcase(variant.id, pattern) for variant in everything):
            near = nearest(pattern, [variant.id for variant in everything])
            meant = f"; did you mean {near}?" if near else ""
            refuse(f"--only {pattern}: no mechanism or rule that can be switched is named so{meant}")
    return [v for v in everything if not patterns or any(fnmatchcase(v.id, pattern) for pattern in patterns)]


def _reaching(wanted: "Sequence[Variant]", template: "Template") -> "list[Variant]":
    """Those that can be made in the scenario; the others are named."""
    from klyngesim.experiments.ablation import reaches

    chosen = [variant for variant in wanted if reaches(variant, template)]
    left = ", ".join(variant.id for variant in wanted if variant not in chosen)
    why = "the scenario sets at a date or for one organisation, or --set for all runs, what they would switch"
    if left and not chosen:
        refuse(f"--only {left}: {why}")
    note([f"left out: {left}; {why}"] if left else [])
    return chosen


def _write(out: Path, effects: "Sequence[Effect]") -> None:
    """The effects as CSV; a file that could not be written whole is not left behind."""
    import pandas as pd

    from klyngesim.files import remove_left_behind, whole

    try:
        remove_left_behind(out.parent)
        with whole(out) as partial:
            pd.DataFrame(effects).to_csv(partial, index=False)
    except OSError as error:
        fail(f"--out {out}: cannot be written ({error.strerror}); the effects are printed only")


def _tell(found: "Ablation", form: Format, lang: Language) -> None:
    """Effects as a table of relative differences with names, or all of them for programs."""
    from dataclasses import asdict

    from klyngesim.cli.listing import print_rows
    from klyngesim.report.labels import text
    from klyngesim.report.parameter_words import factor
    from klyngesim.report.words import label

    if form in (Format.csv, Format.json):
        rows = [{k: None if v != v else v for k, v in asdict(effect).items()} for effect in found.effects]
        print_rows(rows, (), form, "", "")
        return
    table: dict[str, dict[str, object]] = {}
    for effect in found.effects:
        named = {"name": factor(effect.variant, lang.value)} if form is Format.table else {}
        table.setdefault(effect.variant, {"switch": effect.variant, **named, "kind": effect.kind})
        column = label(effect.indicator, lang.value) if form is Format.table else effect.indicator
        table[effect.variant][column] = _cell(effect, lang)
    rows = list(table.values())
    first = found.effects[0] if found.effects else None
    note = text("ablation", lang.value).format(window=first.window, n=first.n) if first else ""
    print_rows(rows, list(rows[0]) if rows else (), form, "What each mechanism and rival rule does", note, lang)
    if form is Format.table and note:
        sys.stdout.write(note + "\n")


def _cell(effect: "Effect", lang: Language) -> str:
    """``+1.2 %``, in brackets where the band contains zero, a dot where nothing changes."""
    if effect.low == effect.high == 0.0:
        return "·"
    known = effect.relative == effect.relative
    shown = written(f"{effect.relative:+.1%}"[:-1] if known else f"{effect.difference:+.3g}", lang)
    shown += (" %" if lang is Language.en else " pct.") if known else ""
    return f"({shown})" if effect.low <= 0.0 <= effect.high else shown
