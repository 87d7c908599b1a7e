"""``klyngesim plot``: the numbers of the directories, drawn and beside it, and what cannot be drawn in words."""

import csv
import json
from dataclasses import fields

import pytest

from klyngesim.comparisons.paths import Course
from klyngesim.figures import style
from klyngesim.figures.indicator import draw
from klyngesim.report.courses import courses
from tests.cli.commands import klyngesim

COLUMNS = "scenario,year,cluster,indicator,unit,mean,low,high,n"


def run_directory(folder, name, level, end="2027Q4", scale=1.0):
    """A run of four years and a half: members of the programme grow by 10 a year from a level, those of made by 1."""
    path = folder / name
    path.mkdir()
    scenario = {"name": name, "title": {"en": f"The {name}", "da": f"Det {name}"}, "period": {"end": end}}
    manifest = {"format": "klyngesim-run/1", "run_id": f"id-{name}", "calibrated": True}
    scenario["population"] = {"scale": scale}
    (path / "manifest.json").write_text(json.dumps({**manifest, "scenario": scenario}), encoding="utf-8")
    rows = [COLUMNS]
    for year in range(2023, 2028):
        for cluster, mean in (("all", level + 10 * (year - 2023)), ("made", level / 10 + year - 2023)):
            rows.append(f"{name},{year},{cluster},members,members,{mean},{mean - 5},{mean + 5},8")
            rows.append(f"{name},{year},{cluster},return_rate,share (0-1),,,,0")
    (path / "summary.csv").write_text("\n".join(rows) + "\n", encoding="utf-8")
    return path


def comparison_directory(folder, name):
    path = folder / name
    path.mkdir()
    titles = {one: {"en": f"The {one}", "da": f"Det {one}"} for one in ("base", "variant")}
    manifest = {
        "format": "klyngesim-comparison/2",
        "comparison_id": "compared",
        "baseline": "base",
        "variants": ["variant"],
        "titles": titles,
        "scenarios": [{"population": {"scale": 1.0}}],
    }
    found = json.loads(json.dumps(manifest))
    from klyngesim.results.comparison import FORMAT

    (path / "manifest.json").write_text(json.dumps({**found, "format": FORMAT}), encoding="utf-8")
    rows = ["scenario,indicator,cluster,year,mean,low,high,difference,n"]
    rows += [
        f"{one},members,all,{year},{mean},{mean - 1},{mean + 1},,40"
        for one, mean in (("base", 50), ("variant", 60))
        for year in (2025, 2026)
    ]
    (path / "paths.csv").write_text("\n".join(rows) + "\n", encoding="utf-8")
    return path


@pytest.fixture
def folder(tmp_path):
    run_directory(tmp_path, "one", 100)
    run_directory(tmp_path, "two", 200, end="2027Q2")
    comparison_directory(tmp_path, "compared")
    return tmp_path


def numbers(path):
    with path.open(encoding="utf-8", newline="") as opened:
        return list(csv.DictReader(opened))


def test_the_csv_has_the_numbers_of_the_directories(folder):
    done = klyngesim("plot", "members", "one", "two", "compared", "--out", "out", cwd=folder)
    assert done.returncode == 0, done.stderr
    assert done.stdout == "Results: out\nFigure:  out/members.png\n"
    assert sorted(path.name for path in (folder / "out").iterdir()) == ["members.csv", "members.png", "members.svg"]
    rows = numbers(folder / "out" / "members.csv")
    by = {}
    for row in rows:
        by.setdefault(row["scenario"], []).append(
            (int(row["year"]), float(row["mean"]), float(row["low"]), int(row["n"]))
        )
    assert by["one"] == [(year, 100.0 + 10 * (year - 2023), 95.0 + 10 * (year - 2023), 8) for year in range(2023, 2028)]
    assert [year for year, *_ in by["two"]] == [2023, 2024, 2025, 2026]  # its last year is not whole
    assert by["base"] == [(2025, 50.0, 49.0, 40), (2026, 50.0, 49.0, 40)]
    assert {row["unit"] for row in rows} == {"members"} and {row["cluster"] for row in rows} == {"all"}


def test_one_organisation_is_drawn_with_danish_words(folder):
    done = klyngesim("plot", "members", "one", "--cluster", "made", "--lang", "da", "--out", "out", cwd=folder)
    assert done.returncode == 0, done.stderr
    rows = numbers(folder / "out" / "members_made_da.csv")
    assert [float(row["mean"]) for row in rows] == [10.0, 11.0, 12.0, 13.0, 14.0]
    assert {row["title"] for row in rows} == {"Det one"}


def texts(found, cluster, lang):
    from matplotlib.text import Text

    with style.context():
        drawn = draw(found, "members", cluster, lang)
        return drawn.title, " ".join(text.get_text() for text in drawn.figure.findobj(Text))


def test_a_figure_says_unit_period_runs_and_what_the_band_means(folder):
    title, said = texts(courses([folder / "one"], "members", "all"), "all", "en")
    assert title == "Members, the whole programme, 2023–2027"
    assert "members, at the end of the year" in said and "90 % of 8 runs lie inside the band" in said
    assert "id-one" in said and "140 The one" in said and "Dashed" not in said
    title, said = texts(courses([folder / "compared", folder / "one"], "members", "all"), "all", "da")
    assert title == "Medlemmer, hele programmet, 2023–2027" and "Stiplet" in said and "8–40" in said


def test_lines_of_one_title_are_told_apart_by_their_directories(folder):
    (folder / "other").mkdir()
    run_directory(folder / "other", "one", 300)
    (folder / "other" / "one").rename(folder / "again")
    _, said = texts(courses([folder / "one", folder / "again"], "members", "all"), "all", "en")
    assert "140 The one (one)" in said and "340 The one (again)" in said


def test_a_smaller_population_is_told(folder):
    run_directory(folder, "small", 10, scale=0.1)
    _, said = texts(courses([folder / "small"], "members", "all"), "all", "en")
    assert "10" in said and "firms" in said


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("membrs", "one"), "membrs: no such indicator; did you mean members?"),
        (("members", "one", "--cluster", "mad"), "--cluster mad: no such organisation; allowed: energy, "),
        (("members", "one", "--cluster", "Odense Robotics"), "did you mean robotics?"),
        (("members", "nowhere"), "nowhere: there is no such directory"),
        (("return_rate", "one"), "one: has no years of return_rate"),
        (("members", "compared", "--cluster", "made"), "compared: has no years of members of made"),
        (("members", "one", "--out", "one"), "--out one: exists already"),
    ],
)
def test_what_cannot_be_drawn_is_refused_in_words(folder, words, said):
    before = sorted(folder.iterdir())
    done = klyngesim("plot", *words, cwd=folder)
    assert done.returncode == 2 and said in done.stderr and done.stdout == ""
    assert sorted(folder.iterdir()) == before


def test_all_wrong_directories_are_named_at_once(folder):
    (folder / "compared" / "paths.csv").unlink()
    done = klyngesim("plot", "members", "nowhere", "compared", cwd=folder)
    assert done.returncode == 2 and "nowhere: there is no" in done.stderr and "paths.csv is missing" in done.stderr


def test_more_lines_than_can_be_told_apart_are_refused(folder):
    names = [run_directory(folder, f"run{n}", n).name for n in range(9)]
    done = klyngesim("plot", "members", *names, cwd=folder)
    assert done.returncode == 2 and "9 scenarios; a figure tells 8 apart" in done.stderr


def test_a_comparison_keeps_the_columns_that_are_read():
    kept = {field.name for field in fields(Course)}
    assert {"scenario", "indicator", "cluster", "year", "mean", "low", "high", "n"} <= kept


def test_the_figure_is_the_same_every_time(folder):
    for out in ("first", "second"):
        assert klyngesim("plot", "members", "one", "--out", out, cwd=folder).returncode == 0
    for name in ("members.svg", "members.csv"):
        assert (folder / "first" / name).read_bytes() == (folder / "second" / name).read_bytes()
