"""``klyngesim indicators``: what a run reports."""

from klyngesim.cli.listing import Format, FormatOption, print_rows


def indicators(form: FormatOption = Format.table) -> None:
    """List the indicators.

    What a run reports: unit, how it adds up, where the report speaks of it, and what is counted.
    """
    from dataclasses import asdict

    from klyngesim.results.indicators import INDICATORS

    print_rows(
        [asdict(item) for item in INDICATORS],
        shown=("id", "unit", "kind", "label_en", "definition"),
        form=form,
        title="Indicators",
        note="Written by `klyngesim indicators --format md`. A year of a flow is the sum of its quarters, of a "
        "stock the last quarter, of a yearly indicator the value at Q4, of a share the mean of the quarters. The "
        "programme (`all`) is the `sum` over organisations, or counted on its `own`. Direction: 1 more is better, "
        "-1 less is better, 0 neither.",
    )
