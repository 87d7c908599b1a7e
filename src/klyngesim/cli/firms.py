"""``klyngesim firms``: firms that can be followed, with their permanent ids."""

from typing import TYPE_CHECKING, Annotated

import typer

from klyngesim.cli import completion
from klyngesim.cli.console import HoldsOption, Language, TableLangOption, compile_model, ending, note, refuse
from klyngesim.cli.listing import Format, FormatOption, print_rows

if TYPE_CHECKING:
    from klyngesim.ecosystem.agents import Firm


def firms(
    scenario: Annotated[
        str,
        typer.Argument(
            metavar="[SCENARIO]", help="A scenario file, or a shipped name.", autocompletion=completion.scenarios
        ),
    ] = "baseline",
    cluster: Annotated[
        str | None,
        typer.Option(
            "--cluster",
            metavar="ORGANISATION",
            help="Only those that know this one, such as made.",
            autocompletion=completion.organisations,
        ),
    ] = None,
    size: Annotated[
        str | None, typer.Option("--size", metavar="CLASS", help="micro, small, medium, large or foreign.")
    ] = None,
    number: Annotated[int, typer.Option("--number", "-n", min=1, max=100_000, help="Most rows.")] = 20,
    seed: Annotated[int | None, typer.Option(min=0, help="Seed of the luck; default: that of the scenario.")] = None,
    overrides: HoldsOption = None,
    form: FormatOption = Format.table,
    lang: TableLangOption = Language.en,
) -> None:
    """List firms that can be followed.

    Firms that an organisation knows at the start, those with most memberships first: the id that `klyngesim twin`
    takes, size, industry, employees, when it was founded, and who knows it. A seed has firms of its own: follow them
    with the same one, and with the same size of the population.
    """
    from klyngesim.report.courses import require_organisation
    from klyngesim.results.vocabulary import FIRM_CLASSES
    from klyngesim.runs.pool import limit_threads
    from klyngesim.scenario.loading import read_template

    classes = [one.id for one in FIRM_CLASSES]
    if size is not None and size not in classes:
        from klyngesim.scenario.faults import nearest

        near = nearest(size, classes)
        refuse(f"--size {size}: allowed: {', '.join(classes)}{f'; did you mean {near}?' if near else ''}")
    with ending():
        if cluster is not None:
            require_organisation(cluster)
        loaded = read_template(scenario, overrides or []).scenario
    note(loaded.warnings)
    limit_threads()  # before anything imports numpy
    from klyngesim.experiments.twin import known_firms

    with ending():
        compile_model(quiet=False)
        found = known_firms(loaded, loaded.seed if seed is None else seed, cluster, size, number)
    rows = [_row(firm, lang) for firm in found]
    columns = ("id", "size", "industry", "employees", "founded", "known_by", "member_of")
    print_rows(rows, columns, form, "Firms", f"Firms of {loaded.name} that organisations know at the start.", lang)


def _row(firm: "Firm", lang: Language) -> dict[str, object]:
    from klyngesim.cli.twin_words import called, word
    from klyngesim.report.labels import firm_class

    role, _, of = str(firm.industry_group).partition(":")
    relations = firm.relations
    return {
        "id": firm.unique_id,
        "size": firm_class(str(firm.size_class), lang.value),
        "industry": word(role, lang, of=of),
        "employees": firm.employees,
        "founded": firm.born,
        "known_by": ", ".join(called(one.organisation) for one in relations),
        "member_of": ", ".join(called(one.organisation) for one in relations if one.member),
    }
