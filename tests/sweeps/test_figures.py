"""Figures of sweeps: what lies on disk for every method, that CSV and drawing agree, and what wrong directories say."""

from __future__ import annotations

import csv
import json
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.patches import Rectangle
from matplotlib.text import Text
from PIL import Image

from klyngesim.errors import InputError
from klyngesim.figures import style
from klyngesim.note.sweep import sentences
from klyngesim.report import labels
from klyngesim.report.numbers import Lang
from klyngesim.results.indicators import INDICATORS
from klyngesim.sweeps.data import discoveries, read
from klyngesim.sweeps.figures import curves, screen, tornado
from klyngesim.sweeps.figures.draw import MAIN, draw_sweep, figures
from klyngesim.sweeps.methods import METHODS
from klyngesim.sweeps.words import sentence
from tests.report.sweep_directories import FACTORS, OUTCOMES, TITLES, Make, build

KINDS = {"oat": "tornado", "morris": "screen"}
BOX = {"outcome": "members", "scenario": "r3-ten-years", "share": 0.4, "coverage": 0.81, "density": 0.9, "mass": 0.3}
LIMITS = (
    {**BOX, "parameter": "trust.gain", "low": "", "high": 0.33, "quasi_p": 0.001},
    {**BOX, "parameter": "external.award_skew", "low": 9.5, "high": "", "quasi_p": 0.002},
    {**BOX, "scenario": "r4-private-money", "parameter": "M073", "low": 1.0, "high": "", "quasi_p": 0.01},
    {"outcome": "external_private_mkr", "scenario": "r4-private-money", "share": 0.0},
)
WORDS = labels.catalogue("sweep_figures.csv")


def drawn(directory: Path, lang: Lang = "en") -> dict[str, style.Drawn]:
    found = {}
    with style.context():
        for one in figures(read(directory), lang):
            FigureCanvasAgg(one.figure)
            one.figure.draw_without_rendering()
            found[one.name] = one
    return found


def words(one: style.Drawn) -> str:
    return " ".join(text.get_text().replace("\n", " ") for text in one.figure.findobj(Text))


def panel(one: style.Drawn, title: str) -> Axes:
    return next(axes for axes in one.figure.axes if any(text.get_text() == title for text in axes.texts))


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.mark.parametrize("method", METHODS)
def test_every_method_has_its_figures_in_both_languages(tmp_path: Path, method: str) -> None:
    directory = build(tmp_path / "sweep", Make(method))
    own = f"sweep_{KINDS.get(method, 'bars')}"
    names = ["sweep_ranks"]
    for scenario in ("r3-ten-years", "r4-private-money"):
        names += [f"{own}_{scenario}"] + ([] if method == "morris" else [f"sweep_curves_{scenario}"])
    names.append("sweep_order")
    shares: list[float] = []
    english, danish = draw_sweep(directory, "en", shares.append), draw_sweep(directory, "da")
    assert sum(shares) == pytest.approx(1.0)
    paths = {path.stem: path for path in english if path.suffix == ".csv"}
    with style.context():
        made = list(figures(read(directory), "en"))
    for one in made:
        with paths[one.name].open(encoding="utf-8", newline="") as file:
            header, *lines = csv.reader(file)
        assert tuple(header) == one.columns, "the CSV holds the rows of the figure"
        assert lines == [[str(value) for value in row] for row in one.rows]
    expected = [f"{name}{suffix}" for name in names for suffix in (".png", ".svg", ".csv")]
    assert [path.name for path in english] == expected
    assert [path.name for path in danish] == [name.replace(".", "_da.") for name in expected]
    for one, other in zip(english, danish, strict=True):
        if one.suffix == ".png":
            with Image.open(one) as image:
                assert min(image.size) > 500
        elif one.suffix == ".csv":
            assert one.read_bytes() == other.read_bytes() and len(rows(one)) > 3
        else:
            for path, lang in ((one, "en"), (other, "da")):
                text = path.read_text(encoding="utf-8")
                said = " ".join(re.findall(r"<!-- (.*?) -->", text, re.DOTALL)).replace("\n", " ")
                label = {"en": "Members", "da": "Medlemmer"}[lang]
                assert label in said and "trust.gain" in said and "5f0c2ab81d07" in said, path
                scenario = "baseline" if "order" in path.name else "r3-ten-years"
                assert TITLES[scenario][lang] in said or "r4" in path.name or "ranks" in path.name, path
                assert ("observerede" in said) == (lang == "da")


CASES: dict[str, dict[str, Any]] = {
    "whole": {},
    "one scenario, one outcome": {"scenarios": ("baseline",), "outcomes": ("members",)},
    "no dummy, one seed": {"dummy": False, "replicates": 1},
    "an outcome that does not vary": {"still": ("members",)},
    "all indicators of a comparison": {
        "outcomes": (
            *OUTCOMES, "applications_won", "social_capital", "projects_external_started", "participants_unique_year",
            "small_firm_share",
        )
    },
}  # fmt: skip


@pytest.mark.parametrize("lang", ["en", "da"])
@pytest.mark.parametrize(
    ("method", "case"),
    [(method, case) for method in METHODS for case in CASES if not case.startswith("all") or method == "morris"],
)
def test_texts_are_inside_the_picture(tmp_path: Path, method: str, case: str, lang: Lang) -> None:
    directory = build(tmp_path / "sweep", Make(method, discovery=LIMITS[:3] if not CASES[case] else (), **CASES[case]))
    for one in drawn(directory, lang).values():
        edge = one.figure.bbox
        boxes = []
        for text in one.figure.findobj(Text):
            if text.get_visible() and text.get_text().strip():
                box = text.get_window_extent()
                inside = box.x0 >= 0 and box.y0 >= 0 and box.x1 <= edge.x1 and box.y1 <= edge.y1
                assert inside, (one.name, text.get_text())
                boxes.append((text.get_text(), box))
        if "screen" not in one.name:  # numbers of a screening lie where their points do
            for place, (said, box) in enumerate(boxes):
                for other, second in boxes[place + 1 :]:
                    assert not box.padded(-1.5).overlaps(second.padded(-1.5)), (one.name, said, other)


def test_the_tornado_draws_means_over_levels(tmp_path: Path) -> None:
    directory = build(tmp_path / "sweep", Make("oat"))
    found = read(directory)
    one = drawn(directory)["sweep_tornado_r4-private-money"]
    shown = [row for row in rows_of(one) if row["outcome"] == "members"]
    assert [row["parameter"] for row in shown] == ["trust.gain", "external.award_skew", "dummy", "M073"]
    means = found.means("r4-private-money", "members")
    (points,) = found.method.lines(len(means), len(found.factors), found.factors.index("trust.gain"))
    assert points.tolist() == [0, 1, 2, 3]
    assert shown[0]["lowest"] == means[points].min() and shown[0]["highest"] == means[points].max()
    assert shown[0]["at_low"] == means[1] and shown[0]["at_high"] == means[3] and shown[0]["centre"] == means[0]
    bars = [patch for patch in panel(one, "Members").patches if isinstance(patch, Rectangle)]
    assert [bar.get_x() for bar in bars] == [row["lowest"] for row in shown]
    assert [bar.get_width() for bar in bars] == pytest.approx([row["highest"] - row["lowest"] for row in shown])
    colours = [bar.get_facecolor() for bar in bars]
    assert colours[0] == colours[1] != colours[2] == colours[3], "what is no larger than the dummy is pale"


def rows_of(one: style.Drawn) -> list[dict[str, Any]]:
    return [dict(zip(one.columns, row, strict=True)) for row in one.rows]


def test_no_more_than_twenty_factors_are_in_a_tornado(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tornado, "MOST", 2)
    one = drawn(build(tmp_path / "sweep", Make("oat")))["sweep_tornado_r4-private-money"]
    assert "The 2 largest of 4 factors are shown." in words(one)
    assert {row["rank"] for row in rows_of(one)} == {1, 2}


def test_the_screening_names_the_leading_and_marks_the_dummy(tmp_path: Path) -> None:
    one = drawn(build(tmp_path / "sweep", Make("morris")))["sweep_screen_r3-ten-years"]
    axes = panel(one, "Members")
    diamonds = [line for line in axes.lines if line.get_marker() == "D"]
    assert [np.asarray(line.get_xdata())[0] for line in diamonds] == pytest.approx([11.0])
    assert [text.get_text() for text in axes.texts if text.get_text()[:3] in ("1  ", "2  ", "3  ")] == [
        "1  trust.gain",
        "2  external.award_skew",
        "3  M073",
    ]
    assert screen.FEWEST >= 3


def test_the_dummy_stands_last_among_bars(tmp_path: Path) -> None:
    one = drawn(build(tmp_path / "sweep", Make("sobol")))["sweep_bars_r3-ten-years"]
    names = [row["parameter"] for row in rows_of(one) if row["outcome"] == "members" and row["index"] == "ST"]
    assert names == ["trust.gain", "external.award_skew", "M073", "dummy"]
    widths = [bar.get_width() for bar in panel(one, "Members").patches]
    assert widths == [row["value"] for index in ("S1", "ST") for row in rows_of(one)[:8] if row["index"] == index]


def test_bars_of_a_regression_keep_their_sign_and_say_how_good_it_is(tmp_path: Path) -> None:
    one = drawn(build(tmp_path / "sweep", Make("lhs")), "da")["sweep_bars_r3-ten-years"]
    values = {row["parameter"]: row["value"] for row in rows_of(one)}
    assert values["external.award_skew"] < 0.0 < values["trust.gain"]
    assert "R² = 0,77 (n = 60)" in words(one)


def test_ranks_are_grey_below_the_noise_floor(tmp_path: Path) -> None:
    one = drawn(build(tmp_path / "sweep", Make("lhs", still=("external_private_mkr",))))["sweep_ranks"]
    found = {(row["parameter"], row["scenario"]): row for row in rows_of(one)}
    assert {row["outcome"] for row in rows_of(one)} == {"members"}, "what does not vary has no ranks"
    assert found["trust.gain", "r3-ten-years"]["rank"] == 1
    assert found["external.award_skew", "r3-ten-years"]["above_floor"] == "yes"
    assert found["M073", "r3-ten-years"]["above_floor"] == "no"
    fills = {patch.get_facecolor() for patch in one.figure.axes[0].patches}
    assert len(fills) == 3 and words(one).count("–") >= 6


def test_curves_hold_lines_of_seeds_slices_and_points(tmp_path: Path) -> None:
    oat = read(build(tmp_path / "oat", Make("oat", replicates=3)))
    curve = curves.curve(oat, "r4-private-money", "members", "trust.gain")
    assert len(curve.lines) == 3 and len(curve.mean) == 4 and not curve.points
    assert [y for _, y in curve.mean] == pytest.approx(np.mean([[y for _, y in line] for line in curve.lines], axis=0))
    grid = read(build(tmp_path / "grid", Make("grid")))
    curve = curves.curve(grid, "r4-private-money", "members", "external.award_skew")
    assert len(curve.lines) == 27 and all(len({x for x, _ in line}) == 3 for line in curve.lines)
    assert [y for _, y in curve.mean] == pytest.approx(np.mean([[y for _, y in line] for line in curve.lines], axis=0))
    sobol = read(build(tmp_path / "sobol", Make("sobol")))
    curve = curves.curve(sobol, "r4-private-money", "members", "trust.gain")
    assert len(curve.lines) == 8 and len(curve.points) == 16
    lhs = read(build(tmp_path / "lhs", Make("lhs")))
    curve = curves.curve(lhs, "r4-private-money", "members", "trust.gain")
    assert len(curve.points) == 60 and len(curve.mean) == 10 and curve.mean[0][1] < curve.mean[-1][1]


def test_discovery_draws_the_box_and_the_losses(tmp_path: Path) -> None:
    directory = build(tmp_path / "sweep", Make("lhs", discovery=LIMITS))
    found = drawn(directory, "da")
    assert [name for name in found if "discovery" in name] == [
        "sweep_discovery_r3-ten-years_members",
        "sweep_discovery_r4-private-money_members",
    ]
    one = found["sweep_discovery_r3-ten-years_members"]
    assert "81\u00a0pct. af alle tab" in words(one) and "90\u00a0pct. af punkterne" in words(one)
    *points, box = rows_of(one)
    assert box["x_high"] == 0.33 and box["y"] == 9.5 and box["shown_as"] == "box"
    means = read(directory).means("r3-ten-years", "members")
    assert [row["shown_as"] == "loses" for row in points] == list(means < 0.0)
    marks = {line.get_marker(): len(line.get_xdata()) for line in one.figure.axes[0].lines}
    assert marks == {"X": int((means < 0.0).sum()), "o": int((means >= 0.0).sum())}


def test_discoveries_can_be_said(tmp_path: Path) -> None:
    found = list(discoveries(read(build(tmp_path / "sweep", Make("lhs", discovery=LIMITS)))))
    assert [(one.scenario, len(one.boxes)) for one in found] == [
        ("r3-ten-years", 1),
        ("r4-private-money", 1),
        ("r4-private-money", 0),
    ]
    told = "trust.gain (missing trust gained) is below 0.33 and external.award_skew (skewness of award sizes) is"
    assert f"{told} above 9.5" in sentence(found[0], "en")
    assert "M073 (segmentering af medlemmer) er slået fra" in sentence(found[1], "da")
    assert "none of the 60" in sentence(found[2], "en")


def test_of_the_tree_only_rules_are_told_that_a_search_among_all_factors_would_not_find_by_luck(tmp_path: Path) -> None:
    tree = {**BOX, "view": "tree", "low": 0.5, "high": ""}
    sure = {**tree, "box": 2, "mass": 0.31, "parameter": "M073", "quasi_p": 0.001}
    unsure = {**tree, "mass": 0.32, "parameter": "M073", "quasi_p": 0.04}
    found = list(discoveries(read(build(tmp_path / "sweep", Make("lhs", discovery=(*LIMITS, unsure, sure))))))
    assert [len(one.boxes) for one in found] == [1, 1, 0]
    assert [[rule.limits[0].quasi_p for rule in one.tree_rules] for one in found] == [[0.001], [], []]
    assert "From another angle" in sentence(found[0], "en")


def test_where_there_is_no_box_the_tree_is_told(tmp_path: Path) -> None:
    none = {"outcome": "members", "scenario": "r3-ten-years", "share": 0.4, "view": "box"}
    tree = {**BOX, "view": "tree", "parameter": "trust.gain", "low": 0.5, "high": "", "quasi_p": 0.0001}
    directory = build(tmp_path / "sweep", Make("lhs", discovery=(none, tree)))
    assert "trust.gain (missing trust gained) is above 0.50" in next(sentences(read(directory), "en"))


def test_a_surrogate_has_a_figure_of_its_own(tmp_path: Path) -> None:
    one = drawn(build(tmp_path / "sweep", Make("lhs", surrogate=True)), "da")["sweep_surrogate_r3-ten-years"]
    assert "gaussisk proces" in words(one) and "R² = 0,91" in words(one)


def test_failures_and_missing_intervals_are_told(tmp_path: Path) -> None:
    directory = build(tmp_path / "sweep", Make("oat", failed=2, replicates=1, dummy=False))
    one = drawn(directory)["sweep_tornado_r3-ten-years"]
    for part in ("2 of 30 runs failed", "no interval is known", "no dummy", "one run at each", "2025–2034"):
        assert part in words(one)


def test_nothing_varies(tmp_path: Path) -> None:
    for method in METHODS:
        found = drawn(build(tmp_path / method, Make(method, scenarios=("baseline",), still=OUTCOMES)))
        own = found[f"sweep_{KINDS.get(method, 'bars')}_baseline"]
        assert words(own).count("does not vary") == 2
        assert not any("curves" in name for name in found)


def test_every_word_is_in_both_languages_with_the_same_places() -> None:
    places = re.compile(r"\{\w+\}")
    for key, word in WORDS.items():
        assert word["en"] and word["da"], key
        assert sorted(places.findall(word["en"])) == sorted(places.findall(word["da"])), key
    for item in INDICATORS:
        assert f"unit {item.unit}" in WORDS
    assert {one.figure for one in METHODS.values()} == set(MAIN)
    assert set(METHODS) == {key.split()[1] for key in WORDS if key.startswith("method ")}


def test_a_sweep_that_lacks_something_is_told(tmp_path: Path) -> None:
    directory = build(tmp_path / "sweep", Make())
    manifest = json.loads((directory / "manifest.json").read_text(encoding="utf-8"))
    for changed, said in (
        ({**manifest, "factors": [*FACTORS, "a.b"]}, "no column a.b"),
        ({key: value for key, value in manifest.items() if key != "window"}, "window is missing"),
    ):
        (directory / "manifest.json").write_text(json.dumps(changed), encoding="utf-8")
        with pytest.raises(InputError, match=said):
            read(directory)
    (directory / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    whole = (directory / "indices.csv").read_text(encoding="utf-8")
    header, first, *_ = whole.splitlines()
    (directory / "indices.csv").write_text(f"{header}\n{first.replace('0.', 'x.')}\n", encoding="utf-8")
    with pytest.raises(InputError, match=r"indices\.csv: cannot be read"):
        read(directory)
    (directory / "indices.csv").write_text(whole, encoding="utf-8")
    (directory / "runs.parquet").write_bytes(b"no parquet")
    with pytest.raises(InputError, match=r"runs\.parquet: cannot be read"):
        draw_sweep(directory, "en")
    for name in ("runs.parquet", "noise.csv"):
        (directory / name).unlink()
        with pytest.raises(InputError, match=f"{name} is missing; make the sweep again"):
            read(directory)
        (directory / name).write_text("", encoding="utf-8")


def test_unknown_language_before_anything_is_written(tmp_path: Path) -> None:
    directory = build(tmp_path / "sweep", Make())
    with pytest.raises(ValueError, match="'sv'"):
        draw_sweep(directory, "sv")
    assert not (directory / "figures").exists()
