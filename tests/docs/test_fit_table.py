"""The README's table on how well the model resembles the programme says what the page on the fit says."""

from tests.docs.pages import read


def rows(text, header):
    """Cells of the Markdown table under a header line, a list per row."""
    lines = text[text.index(header) :].splitlines()[2:]
    ends = next(number for number, line in enumerate(lines) if not line.startswith("|"))
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[:ends]]


def test_the_readme_says_what_the_fit_is():
    short = rows(read("README.md"), "| patterns | elements | model | naive |")
    whole = rows(read("docs/generated/fit.md"), "| group | elements | inside | coverage |")
    assert len(short) == len(whole) == 8
    for (_, elements, model, naive, ratio), full in zip(short, whole, strict=True):
        assert elements == full[1]
        assert model.replace(" ", "") == full[3]
        assert naive.replace(" ", "") == full[5]
        assert abs(float(ratio) - float(full[4]) / float(full[6])) <= 0.06


def test_the_readme_names_what_lies_inside_without_the_discrepancy():
    shares = {group: share for group, *_, share, _, _ in rows(read("docs/generated/fit.md"), "| group | elements |")}
    size, stronghold = (shares[group].replace("%", " %") for group in ("size_export", "stronghold"))
    text = " ".join(read("README.md").split())
    bare = f"Without the model's discrepancy {size} of size and export and {stronghold} of the strongholds are inside"
    assert bare in text
