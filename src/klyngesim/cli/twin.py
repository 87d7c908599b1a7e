"""``klyngesim twin``: one firm in two scenarios, side by side."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from klyngesim.cli import completion
from klyngesim.cli.console import Language, compile_model, ending, note, note_unused, screen
from klyngesim.cli.listing import Format
from klyngesim.cli.twin_words import LEVEL, SHOWN, VISIBLE, called, pair, sentences, stage, trait_name, trait_pair, word

if TYPE_CHECKING:
    from klyngesim.experiments.twin import FirmState, Life
    from klyngesim.experiments.twin_causes import Parting, Twin


def twin(
    firm_id: Annotated[int, typer.Argument(metavar="FIRM_ID", help="Permanent id; `klyngesim firms` lists some.")],
    a: Annotated[
        str,
        typer.Argument(metavar="A", help="A scenario file, or a shipped name.", autocompletion=completion.scenarios),
    ],
    b: Annotated[str, typer.Argument(metavar="B", help="Another one.", autocompletion=completion.scenarios)],
    seed: Annotated[int | None, typer.Option(min=0, help="Seed of both; default: that of A.")] = None,
    end: Annotated[str | None, typer.Option(metavar="QUARTER", help="Last quarter, such as 2034Q4.")] = None,
    lang: Annotated[Language, typer.Option(help="Language of what is printed.")] = Language.en,
    form: Annotated[Format, typer.Option("--format", help="table says why they part; json says all.")] = Format.table,
    overrides: Annotated[
        list[str] | None,
        typer.Option(
            "--set", metavar="PATH=VALUE", help="Holds in both; repeatable.", autocompletion=completion.settings
        ),
    ] = None,
) -> None:
    """Follow one firm in two scenarios.

    Both have the same firms and the same luck. Shows what happens to the firm in each, the first quarter in which its
    lives part, and why.
    """
    from klyngesim.runs.pool import limit_threads
    from klyngesim.scenario.documents import Document
    from klyngesim.scenario.layers import Origin
    from klyngesim.scenario.limits import require, seeds_fault
    from klyngesim.scenario.loading import read_template
    from klyngesim.scenario.merging import require_held, warnings_of

    settings = [*(overrides or []), *([f"--end={end}"] if end is not None else [])]
    documents: dict[Path, Document] = {}
    with ending():
        require([None if seed is None else seeds_fault(Origin("--seed", ""), seed, 1)])
        one, other = (read_template(source, settings, documents=documents).scenario for source in (a, b))
        require_held((one, other))
    note_unused(settings, {"replicates": "there is one run of each scenario"})
    note(warnings_of((one, other)))
    limit_threads()  # before anything imports numpy
    from klyngesim.experiments.twin_causes import compare

    with ending():
        compile_model(quiet=False)
        found = compare(one, other, firm_id, one.seed if seed is None else seed)
    rows, said = biography(found, lang), sentences(found, lang)
    if form is Format.json:
        _print_json(found, (one.name, other.name), one.seed if seed is None else seed, rows, said)
        return
    from klyngesim.cli.listing import print_rows

    names = {"a": f"A: {one.name}", "b": f"B: {other.name}"}
    joined = [{k: "; ".join(v) if isinstance(v, list) else v for k, v in row.items()} for row in rows]
    shown = [{names.get(key, key): value for key, value in row.items()} for row in joined]
    head = _header(found.a, lang)
    if form is Format.table:
        typer.echo(head)
        _print_table(rows, names, lang)
        typer.echo("\n".join(said))
    else:
        print_rows(shown, ("quarter", *names.values()), form, head, "\n\n".join(said))


def happenings(before: "FirmState", after: "FirmState", lang: Language) -> list[str]:
    """What happened to a firm between two ends of quarters."""
    found = [word("founded" if after.alive else "closed", lang)] if before.alive != after.alive else []
    return found + _dealings(before, after, lang) + _ideas(before, after, lang) + _ties(before, after, lang)


def _dealings(before: "FirmState", after: "FirmState", lang: Language) -> list[str]:
    """What happened between a firm and the organisations."""
    found, old = [], {relation.organisation: relation for relation in before.relations}
    for now in after.relations:
        was, of = old.get(now.organisation), now.organisation
        times, member, trust, person = (was.times, was.member, was.trust, was.staff) if was else (0, False, 0.0, None)
        happened = {
            "contacted": was is None,
            "shut": trust > 0.0 and of in after.shut - before.shut,
            "reopened": trust > 0.0 and of in before.shut - after.shut,
            "took_part": now.times > times,
            "joined": now.member and not member,
            "resigned": member and not now.member,
            "staff_left": person is not None and trust > 0.0 and now.staff != person,
            "staff_came": trust > 0.0 and now.trust > 0.0 and now.staff not in (None, person),
            "dormant": trust > 0.0 and now.trust == 0.0,
        }
        x, y = pair(trust, now.trust, lang)
        taken = word("trust_taken", lang, x=x, y=y) if now.trust < trust else ""
        said = {
            key: word(key, lang, of=of, who=now.staff if key == "staff_came" else person)
            for key, is_so in happened.items()
            if is_so
        }
        found += [text + taken if key == "staff_left" else text for key, text in said.items()]
    return found


def _ideas(before: "FirmState", after: "FirmState", lang: Language) -> list[str]:
    found, had, has = [], dict(before.ideas), dict(after.ideas)
    for number, idea in [*had.items(), *((n, idea) for n, idea in has.items() if n not in had)]:
        now, was = has.get(number), had.get(number)
        key = "idea_ended" if now is None else "idea_new" if was is None else "idea_moved"
        if now is not None and was is not None and now.stage == was.stage:
            continue
        partner = (now or idea).institution
        said = word(key, lang, of=idea.organisation, x=stage((now or idea).stage, lang))
        found.append(said + (word("with", lang, who=partner) if partner else ""))
    return found


def _ties(before: "FirmState", after: "FirmState", lang: Language) -> list[str]:
    from klyngesim.experiments.twin import unit

    had, has = ({unit(tie): tie.last for tie in state.ties} for state in (before, after))
    found = [word("tie_made" if n not in had else "tie_used", lang, who=n) for n in has if has[n] != had.get(n)]
    return found + [word("tie_lost", lang, who=name) for name in had if name not in has]


def biography(found: "Twin", lang: Language) -> list[dict[str, Any]]:
    """A row (mark, quarter, a, b) for each quarter in which anything happened in either world, and for partings."""
    from klyngesim.scenario.periods import label

    marks = {parting.period: mark for parting, mark in ((found.first, LEVEL), (found.visible, VISIBLE)) if parting}
    rows: list[dict[str, Any]] = [{"mark": VISIBLE, "quarter": label(-1), "a": [], "b": []}] * (-1 in marks)
    for place, (one, other) in enumerate(zip(found.a.states[1:], found.b.states[1:], strict=True)):
        cells = [happenings(life.states[place], now, lang) for life, now in ((found.a, one), (found.b, other))]
        mark = marks.get(one.period, "")
        if mark == LEVEL and found.first:
            for cell, side in zip(cells, (0, 1), strict=True):
                cell += [f"{trait_name(d, lang)} {trait_pair(d, lang)[side]}" for d in found.first.differences[:SHOWN]]
        if mark or any(cells):
            rows.append({"mark": mark, "quarter": label(one.period), "a": cells[0], "b": cells[1]})
    return rows


def _header(life: "Life", lang: Language) -> str:
    from klyngesim.results.vocabulary import FIRM_CLASSES

    firm, known = life.firm, life.states[0].relations
    role, _, of = str(firm["industry_group"]).partition(":")
    sizes = {size.id: size.da if lang is Language.da else size.en for size in FIRM_CLASSES}
    values = {"id": firm["unique_id"], "size": sizes[str(firm["size_class"])], "group": word(role, lang, of=of)}
    said = word("firm", lang, **values, staff=firm["employees"], born=firm["born"])
    who = ", ".join(called(r.organisation) + (f" ({word('member', lang)})" if r.member else "") for r in known)
    return f"{said} {word('knows', lang, who=who or word('nobody', lang))}."


def _print_table(rows: Sequence[dict[str, Any]], names: dict[str, str], lang: Language) -> None:
    from rich.box import SIMPLE_HEAD
    from rich.table import Table
    from rich.text import Text

    console = screen()
    table = Table(box=SIMPLE_HEAD, pad_edge=False)
    for column in ("", word("quarter", lang), names["a"], names["b"]):
        table.add_column(column)
    for row in rows:
        table.add_row(row["mark"], row["quarter"], *(Text("\n".join(row[side]) or "·") for side in ("a", "b")))
    console.print(table)


def _print_json(found: "Twin", names: tuple[str, str], seed: int, rows: list[dict[str, Any]], said: list[str]) -> None:
    import json

    from klyngesim.scenario.periods import label

    def plain(parting: "Parting | None") -> dict[str, Any] | None:
        if parting is None:
            return None
        told: dict[str, Any] = {"quarter": label(parting.period)}
        for key in ("differences", "before"):
            told[key] = [{**d.trait._asdict(), "a": d.a, "b": d.b} for d in getattr(parting, key)]
        for key in ("levers", "trials", "channel", "upstream"):
            told[key] = [entry._asdict() for entry in getattr(parting, key)]
        for lever in told["levers"]:
            for key in ("start", "announced", "until"):
                lever[key] = None if lever[key] is None or lever[key] < 0 else label(lever[key])
        return told

    whole = {"firm": dict(found.a.firm), "a": names[0], "b": names[1], "seed": seed, "quarters": rows}
    whole |= {"first": plain(found.first), "visible": plain(found.visible), "sentences": said}
    print(json.dumps(whole, indent=2, ensure_ascii=False, allow_nan=False))
