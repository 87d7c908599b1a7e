"""The figures: what lies on disk, that CSV and drawing agree, and that every text is inside the picture."""

from __future__ import annotations

import csv
import math
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import matplotlib
import numpy as np
import pytest
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.text import Text
from PIL import Image

from klyngesim.figures import finance as figure_finance
from klyngesim.figures import funnel as figure_funnel
from klyngesim.figures import reach as figure_reach
from klyngesim.figures import style
from klyngesim.figures import time_series as figure_time_series
from klyngesim.figures.of_a_run import DRAWERS, draw_all
from klyngesim.report.numbers import Lang
from klyngesim.report.run_data import read

Build = Callable[..., Path]
Draw = Callable[[Any, Lang], style.Drawn]

NAMES = ("funnel", "time_series", "finance_by_source", "reach_by_firm_class")
CASES: dict[str, dict[str, Any]] = {
    "whole": {},
    "one run of one year": {"n": 1, "years": (2021,), "failed": 1},
    "one year": {"years": (2021,)},
    "forty years with large numbers": {"years": tuple(range(2021, 2061)), "factor": 9.0},
    "zero": {"factor": 0.0},
    "gaps": {
        "n": 1,
        "without_indicators": ("members", "external_eu_mkr"),
        "without_files": ("finance.csv",),
        "population": False,
        "end_quarter": 2,
        "scale": 0.1,
        "calibrated": True,
    },
    "drawn": {"draws": (3, 4), "failed": 2, "scale": 0.1, "end_quarter": 2},
    "nothing": {"without_files": ("summary.csv", "funnel.csv", "finance.csv")},
}


def draw(directory: Path, one: Draw, lang: Lang = "en") -> style.Drawn:
    with style.context():
        drawn = one(read(directory), lang)
        FigureCanvasAgg(drawn.figure)
        drawn.figure.draw_without_rendering()  # legends find their place only now
    return drawn


def words(drawn: style.Drawn) -> str:
    """Every text of a figure in one line."""
    return " ".join(text.get_text().replace("\n", " ") for text in drawn.figure.findobj(Text))


def panel(drawn: style.Drawn, title: str) -> Axes:
    return next(axes for axes in drawn.figure.axes if any(text.get_text() == title for text in axes.texts))


def test_files_and_formats(run_directory: Build) -> None:
    directory = run_directory(years=(2021, 2022))
    english, danish = draw_all(directory), draw_all(directory, "da")
    expected = [f"{name}{suffix}" for name in NAMES for suffix in (".png", ".svg", ".csv")]
    assert [path.name for path in english] == expected
    assert [path.name for path in danish] == [name.replace(".", "_da.") for name in expected]
    assert sorted(path.name for path in (directory / "figures").iterdir()) == sorted(p.name for p in english + danish)
    for path in english + danish:
        assert path.stat().st_size > 200
    with Image.open(english[0]) as image:
        assert image.size == (13 * 160, round(8.6 * 160))
        assert image.info["Title"].startswith("Of 100 contacts")
    assert "<svg" in english[1].read_text(encoding="utf-8")
    assert english[2].read_bytes() == danish[2].read_bytes()


def test_csv_holds_the_rows_of_the_figure(run_directory: Build) -> None:
    directory = run_directory(years=(2021, 2022))
    paths = [path for path in draw_all(directory) if path.suffix == ".csv"]
    for one, path in zip(DRAWERS, paths, strict=True):
        drawn = draw(directory, one)
        with path.open(encoding="utf-8", newline="") as file:
            header, *lines = csv.reader(file)
        assert tuple(header) == drawn.columns
        assert lines == [[str(value) for value in row] for row in drawn.rows]
        assert len(lines) > 10


@pytest.mark.parametrize("lang", ["en", "da"])
@pytest.mark.parametrize("case", CASES)
def test_texts_are_inside_the_picture_and_do_not_overlap(run_directory: Build, case: str, lang: Lang) -> None:
    directory = run_directory(**CASES[case])
    for one in DRAWERS:
        drawn = draw(directory, one, lang)
        edge = drawn.figure.bbox
        texts = [text for text in drawn.figure.findobj(Text) if text.get_visible() and text.get_text().strip()]
        boxes = [(text.get_text(), text.get_window_extent()) for text in texts]
        for i, (text, box) in enumerate(boxes):
            assert box.x0 >= 0 and box.y0 >= 0 and box.x1 <= edge.x1 and box.y1 <= edge.y1, (drawn.name, text)
            # Boxes contain a little air above and below the letters.
            clash = [other for other, second in boxes[i + 1 :] if box.padded(-1.5).overlaps(second.padded(-1.5))]
            assert not clash, (drawn.name, text, clash)


def test_time_series_draws_the_numbers_of_its_csv(run_directory: Build) -> None:
    drawn = draw(run_directory(), figure_time_series.draw)
    rows = {(str(row[1]), row[2]): row for row in drawn.rows}
    axes = panel(drawn, "Members")
    (line,) = (line for line in axes.lines if len(line.get_xdata()) > 1)
    years, means = np.asarray(line.get_xdata()), np.asarray(line.get_ydata())
    assert list(years) == list(range(2021, 2035))
    assert list(means) == [rows["members", year][3] for year in years]
    band = axes.collections[0].get_paths()[0].vertices
    assert set(np.asarray(band)[:, 1]) == {rows["members", year][column] for year in years for column in (4, 5)}
    total = [rows["external_total_mkr", year][3] for year in years]
    parts = [
        sum(float(rows[f"external_{source}_mkr", year][3]) for source in ("public", "eu", "private", "other"))
        for year in years
    ]
    assert total == pytest.approx(parts)


def test_funnel_draws_the_numbers_of_its_csv(run_directory: Build) -> None:
    drawn = draw(run_directory(), figure_funnel.draw)
    widths = [bar.get_width() for axes in drawn.figure.axes for bar in axes.patches]
    shares = [float(row[4]) for row in drawn.rows if row[1] != "innovation" and float(row[4]) > 0]
    assert widths == pytest.approx(shares)


def test_finance_draws_the_numbers_of_its_csv(run_directory: Build) -> None:
    drawn = draw(run_directory(), figure_finance.draw)
    heights = [bar.get_height() for axes in drawn.figure.axes for bar in axes.patches]
    assert heights == pytest.approx([row[3] for row in drawn.rows if row[1] != "total_real"])
    diamonds = [list(line.get_ydata()) for line in drawn.figure.axes[0].lines if line.get_marker() == "D"]
    assert diamonds == [[row[3] for row in drawn.rows if row[1] == "total_real"]]


def test_reach_draws_the_numbers_of_its_csv(run_directory: Build) -> None:
    drawn = draw(run_directory(), figure_reach.draw)
    lines, dots = drawn.figure.axes[0].lines, drawn.figure.axes[1].lines
    drawn_counts = [value for line in lines for value in line.get_ydata()]
    assert drawn_counts == [row[3] for row in drawn.rows if row[0] == "entries"]
    drawn_shares = sorted(float(np.asarray(dot.get_xdata())[0]) for dot in dots)
    assert drawn_shares == sorted(float(row[3]) for row in drawn.rows if row[0] != "entries")


def test_one_run_has_no_band_and_says_so(run_directory: Build) -> None:
    drawn = draw(run_directory(n=1), figure_time_series.draw)
    assert not any(axes.collections for axes in drawn.figure.axes)
    assert "One run only, so no band" in words(drawn)
    assert "lie inside" not in words(drawn)


def test_many_runs_have_bands_and_say_how_many(run_directory: Build) -> None:
    drawn = draw(run_directory(n=20), figure_time_series.draw, "da")
    assert all(axes.collections for axes in drawn.figure.axes)
    assert "90 pct. af 20 kørsler ligger inden for båndet" in words(drawn)


def test_missing_indicators_say_so(run_directory: Build) -> None:
    directory = run_directory(without_indicators=("members", "external_eu_mkr"))
    series = draw(directory, figure_time_series.draw)
    assert [text.get_text() for text in panel(series, "Members").texts][-1] == "not recorded"
    assert "Not recorded: EU." in words(series)
    assert not any(row[1] == "external_total_mkr" for row in series.rows), "three sources are no total"
    finance = draw(directory, figure_finance.draw, "da")
    assert "Ikke opgjort: EU." in words(finance)
    assert "i alt" not in words(finance).lower(), "four sources are no total"
    assert not any(row[1] == "total_real" for row in finance.rows)


def test_missing_files_say_so(run_directory: Build) -> None:
    directory = run_directory(without_files=("summary.csv", "funnel.csv", "finance.csv"))
    for one, count in zip(DRAWERS, (1, 9, 3, 2), strict=True):
        drawn = draw(directory, one)
        assert words(drawn).count("not recorded") == count
        assert drawn.rows == ()
        assert "no finished run" in words(drawn)


@pytest.mark.parametrize("calibrated", [False, True])
def test_every_figure_says_whose_numbers_it_shows(run_directory: Build, calibrated: bool) -> None:
    directory = run_directory(n=7, failed=1, scale=0.1, end_quarter=3, calibrated=calibrated)
    for one in DRAWERS:
        text = words(draw(directory, one))
        for part in (
            "Run id 3f9c2ab81d07",
            "The programme as it is",
            "7 runs",
            "2021–2033",
            "1 further run did not finish",
            "1 in 10 firms",
            "2034 left out",
        ):
            assert part in text
        assert ("PARAMETERS NOT YET CALIBRATED" in text) is not calibrated


@pytest.mark.parametrize(("n", "draws"), [(20, tuple(range(3, 23))), (1, (7,)), (20, (0,))])
def test_runs_under_draws_of_the_parameters_say_so(run_directory: Build, n: int, draws: tuple[int, ...]) -> None:
    directory = run_directory(n=n, draws=draws, calibrated=True)
    for one in DRAWERS:
        said = "Every run has calibrated parameters of its own, drawn from the posterior" in words(draw(directory, one))
        assert said == (draws != (0,))


def test_figures_without_bands_say_so(run_directory: Build) -> None:
    for one in (figure_funnel.draw, figure_finance.draw, figure_reach.draw):
        assert "the spread between runs is not shown here" in words(draw(run_directory(), one))


def test_reach_without_a_register_shows_no_demography(run_directory: Build) -> None:
    drawn = draw(run_directory(population=False), figure_reach.draw)
    assert "business demography is not shown" in words(drawn)
    assert not any(row[0] == "share_of_firms" for row in drawn.rows)


def test_shares_of_reach_are_of_danish_firms(run_directory: Build) -> None:
    drawn = draw(run_directory(), figure_reach.draw)
    shares = {row[1]: float(row[3]) for row in drawn.rows if row[0] == "share_of_firms"}
    assert sum(shares.values()) == pytest.approx(1.0)
    assert shares["large"] == pytest.approx(790 / (258000 + 19000 + 4100 + 790))
    entries = {
        row[1]: float(row[3]) for row in drawn.rows if row[:1] == ("share_of_entries",) and row[2] == "2021–2023"
    }
    assert math.fsum(entries[name] for name in ("micro", "small", "medium", "large")) == pytest.approx(1.0)


def test_zero_is_a_number(run_directory: Build) -> None:
    drawn = draw(run_directory(factor=0.0), figure_time_series.draw)
    assert drawn.title == "Participants a year: 0 in 2021–2023, 0 in 2032–2034"
    assert "not recorded" not in words(drawn)
    for one in (figure_funnel.draw, figure_finance.draw, figure_reach.draw):
        assert "–" not in draw(run_directory(factor=0.0), one).title, "no share of nothing in a title"


def test_settings_of_the_reader_are_neither_used_nor_changed(run_directory: Build) -> None:
    directory = run_directory(years=(2021,))
    plain = [path.read_bytes() for path in draw_all(directory)]
    with matplotlib.rc_context({"font.size": 31.0, "axes.facecolor": "red", "lines.linewidth": 9.0}):
        before = dict(matplotlib.rcParams)
        assert [path.read_bytes() for path in draw_all(directory)] == plain
        assert dict(matplotlib.rcParams) == before


def test_settings_come_back_when_drawing_fails(run_directory: Build) -> None:
    directory = run_directory(years=(2021,))
    path = directory / "funnel.csv"
    path.write_text(path.read_text(encoding="utf-8").replace("matchmaking", "nowhere"), encoding="utf-8")
    before = dict(matplotlib.rcParams)
    with pytest.raises(ValueError, match="nowhere"):
        draw_all(directory)
    assert dict(matplotlib.rcParams) == before


def test_no_pyplot_and_no_window_system(run_directory: Build) -> None:
    code = (
        "import sys; from pathlib import Path; from klyngesim.figures.of_a_run import draw_all; "
        f"draw_all(Path({str(run_directory(years=(2021,)))!r})); print('matplotlib.pyplot' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"


def test_a_failed_write_leaves_nothing(run_directory: Build, monkeypatch: pytest.MonkeyPatch) -> None:
    directory = run_directory(years=(2021,))

    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("matplotlib.figure.Figure.savefig", full)
    with pytest.raises(OSError, match="No space"):
        draw_all(directory)
    assert list((directory / "figures").iterdir()) == []


def test_unknown_language_before_anything_is_written(run_directory: Build) -> None:
    directory = run_directory(years=(2021,))
    with pytest.raises(ValueError, match="'sv'"):
        draw_all(directory, "sv")
    assert not (directory / "figures").exists()
