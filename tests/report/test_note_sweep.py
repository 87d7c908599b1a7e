"""The section of the note on sweeps: what it shows, what it warns of, and that nothing changes without one."""

from __future__ import annotations

import base64
import csv
import html
import io
import json
import re
from pathlib import Path
from types import SimpleNamespace

import pytest
from openpyxl import load_workbook

from klyngesim.note import page as note
from klyngesim.note import sweep as note_sweep
from klyngesim.report import words as note_words
from klyngesim.report.comparison_data import Comparison
from klyngesim.report.comparison_data import read as read_comparison
from klyngesim.report.numbers import Lang
from klyngesim.sweeps.data import SweepData, read
from klyngesim.sweeps.figures import draw
from tests.report import made_up_comparison
from tests.report.printing import lines_of, tables_as_files, tables_as_read
from tests.report.sweep_directories import TITLES, Make, build
from tests.report.test_note import tags
from tests.sweeps.test_figures import LIMITS


@pytest.fixture(scope="module")
def comparison(tmp_path_factory: pytest.TempPathFactory) -> Comparison:
    """A made-up comparison with its figures."""
    folder = made_up_comparison.build(tmp_path_factory.mktemp("compare"))
    (folder / "figures").mkdir()
    for name in ("comparison", "comparison_da"):
        (folder / "figures" / f"{name}.svg").write_text("<svg/>", encoding="utf-8")
    return read_comparison(folder)


@pytest.fixture(scope="module", params=["en", "da"])
def written(
    request: pytest.FixtureRequest, comparison: Comparison, tmp_path_factory: pytest.TempPathFactory
) -> tuple[str, Path, str]:
    """Language, directory and page of a note with two sweeps."""
    folder = tmp_path_factory.mktemp("sweeps")
    made = comparison.manifest["model"]
    places = [
        build(folder / "lhs", Make("lhs", discovery=LIMITS, model=made)),
        build(folder / "oat", Make("oat", scenarios=("baseline",), changes={"sweep_id": "77aa"}, failed=1)),
    ]
    before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    target = tmp_path_factory.mktemp("note")
    paths = note.write(comparison, target, request.param, [read(place) for place in places])
    assert {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()} == before
    return request.param, target, paths[0].read_text(encoding="utf-8")


def section(page: str) -> str:
    return page[page.index('<section id="sweep"') : page.index('<section id="annex"')]


def annex(page: str) -> str:
    return page[page.index('<section id="annex"') :]


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_without_sweeps_nothing_changes(comparison: Comparison, tmp_path: Path) -> None:
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
    plain = note.write(comparison, tmp_path / "one", "en")
    empty = note.write(comparison, tmp_path / "two", "en", [])
    assert [path.name for path in plain] == [path.name for path in empty]
    assert not any("sweep" in path.name for path in plain)
    page = plain[0].read_text(encoding="utf-8")
    assert page == empty[0].read_text(encoding="utf-8")
    assert 'id="sweep"' not in page and note_words.word("sweep_id", "en") not in page


def test_the_section_stands_between_limits_and_annex(written: tuple[str, Path, str]) -> None:
    lang, _, page = written
    ids = re.findall(r'<section id="([^"]+)"', page)
    assert ids[ids.index("sweep") - 1 : ids.index("sweep") + 2] == ["more-limits", "sweep", "annex"]
    assert note_words.word("sweep", lang) in section(page)


def test_figures_are_inside_the_page_and_nothing_is_fetched(written: tuple[str, Path, str]) -> None:
    lang, _, page = written
    found = tags(page)
    ids = [given["id"] for _, given in found if "id" in given]
    assert len(ids) == len(set(ids))
    for tag, given in found:
        for name in ("src", "href", "srcset", "data", "action"):
            target = given.get(name, "#")
            assert target.startswith("data:") or target.removeprefix("#") in ids or target == "#", (tag, target)
    images = [given for tag, given in found if tag == "img"]
    # The course over the years comes first, the figure of all differences last, in the annex.
    assert len(images) == 1 + 8 + 3 + 1 and all(given["alt"] for given in images)
    said = ""
    for given in images[1:-1]:
        head, _, content = given["src"].partition(",")
        assert head == "data:image/svg+xml;base64"
        svg = base64.b64decode(content).decode("utf-8")
        assert not re.search(r'(?:href|src)="(?!#|data:)', svg) and "@import" not in svg
        said += " ".join(re.findall(r"<!-- (.*?) -->", svg, re.DOTALL)).replace("\n", " ")
    for part in ("trust.gain", {"en": "Members", "da": "Medlemmer"}[lang], TITLES["r4-private-money"][lang]):
        assert part in said


def test_leading_factors_and_sentences_are_told(written: tuple[str, Path, str]) -> None:
    lang, _, page = written
    said, behind = (html.unescape(re.sub(r"<[^>]*>", " ", part)) for part in (section(page), annex(page)))
    limit = {"en": "“missing trust gained” is below 0.33", "da": "manglende tillid, der vindes« er under 0,33"}
    assert limit[lang] in said
    assert "trust.gain" not in said and "klyngesim params" not in said
    assert behind.count("trust.gain") >= 2 * 2 + 2
    assert "5f0c2ab81d07" in behind and "77aa" in behind
    text = said + behind[: behind.index(note_words.word("sources", lang))]
    assert TITLES["r3-ten-years"][lang] in said
    text = re.sub({"en": r"(?<=\d),(?=\d{3}\b)", "da": r"(?<=\d)\.(?=\d{3}\b)"}[lang], "", text)  # between thousands
    shown = re.findall(r"\d+[.,]\d+", re.sub(r"klyngesim \d\S+", "", text))
    assert len(shown) > 20 and not [one for one in shown if ("," if lang == "en" else ".") in one]
    assert not re.search(r"\{\w*\}", text) and "nan" not in text.lower().split()


def test_warnings_are_those_of_their_sweep(written: tuple[str, Path, str]) -> None:
    lang, _, page = written
    text = section(page)
    first, second = text.split("<h3>")[1:]
    other = note_words.word("sweep_other_model", lang)
    assert other not in first and other in second
    assert note_words.word("sweep_failed", lang, failed=1, asked=26) in second
    changed = note_words.word("sweep_changed", lang, names="indices.csv")
    assert changed in first, "the invented hash is not that of the file"


def test_tables_are_on_disk_with_the_numbers_of_the_sweep(written: tuple[str, Path, str]) -> None:
    lang, target, _ = written
    leading = rows(target / "tables" / "sweep.csv")
    assert {row["sweep"] for row in leading} == {"5f0c2ab81d07", "77aa"}
    first = leading[0]
    assert (first["scenario"], first["outcome"], first["parameter"]) == ("r3-ten-years", "members", "trust.gain")
    assert (first["rank"], first["index"], first["value"], first["noise_floor"]) == ("1", "src", "0.82", "0.11")
    assert [row["above_floor"] for row in leading[:3]] == ["yes", "yes", "no"]
    assert "dummy" not in {row["parameter"] for row in leading}
    noise = rows(target / "tables" / "sweep_noise.csv")
    assert (noise[0]["noise_share_pct"], noise[0]["replicates_needed"]) == ("8", "4")
    boxes = rows(target / "tables" / "sweep_boxes.csv")
    assert [(row["parameter"], row["limit_low"], row["limit_high"]) for row in boxes] == [
        ("trust.gain", "", "0.33"),
        ("external.award_skew", "9.5", ""),
        ("M073", "1", ""),
    ]
    book = load_workbook(target / "tables.xlsx")
    assert book.sheetnames[-3:] == [
        note_words.word(key, lang) for key in ("sheet_sweep", "sheet_sweep_noise", "sheet_sweep_boxes")
    ]
    assert book[book.sheetnames[-3]].max_row == len(leading) + 1


def test_id_and_hashes_are_in_the_provenance(written: tuple[str, Path, str]) -> None:
    lang, _, page = written
    end = page[page.index('<section id="annex"') :]
    assert end.count(note_words.word("sweep_id", lang)) == 2
    assert "5f0c2ab81d07 (invented-lhs)" in end and "77aa (invented-oat)" in end
    assert "invented-lhs 5f0c2ab81d07: indices.csv" in end and "a" * 64 in end


SETTINGS = {"set": ["fees.level=2"], "title": {"en": "One at a time"}}
"""Of a sweep without a title in Danish."""


def two_sweeps(folder: Path) -> list[SweepData]:
    """One after the other: many scenarios with all there may be, and one scenario in one year with next to nothing."""
    model, warnings = made_up_comparison.MANIFEST["model"], ["few points", "late"]
    many = Make("table", discovery=LIMITS, surrogate=True, model=model, failed=3, changes={"warnings": warnings})
    build(folder / "many", many)
    with (folder / "many" / "surrogate.csv").open("a", encoding="utf-8") as file:
        file.write("social_capital,r3-ten-years,,,,,,surrogate,boosting,0.3,1,2,64,it explains too little\n")
    few = {"sweep_id": "77aa", "window": "2025", "titles": {}, "outputs": [{"path": "a/b.csv", "sha256": "b"}]}
    one = build(folder / "one", Make("oat", scenarios=("baseline",), dummy=False, replicates=1, changes=few))
    manifest = json.loads((one / "manifest.json").read_text(encoding="utf-8"))
    manifest["sweep"] |= SETTINGS
    (one / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    return [read(folder / name) for name in ("many", "one")]


class Page:
    """A figure that is written as the words that it is asked with."""

    def savefig(self, page: io.BytesIO, **asked: object) -> None:
        page.write(repr(asked).encode())

    def clear(self) -> None:
        pass


@pytest.mark.parametrize("lang", ["en", "da"])
def test_what_is_shown_of_a_sweep(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, lang: Lang) -> None:
    monkeypatch.setattr(draw, "figures", lambda found, _: [SimpleNamespace(title="A", name="a", figure=Page())])
    sweeps, lines = two_sweeps(tmp_path), []
    for one in (note_sweep.shown(sweep, made_up_comparison.MANIFEST, lang) for sweep in sweeps):
        lines += [f"# {one.title}", one.about, *one.warnings, *one.minds, "", *one.sentences, ""]
        lines += [*tables_as_read(one.tables), ""]
        for picture in one.pictures:
            kind, _, content = picture.uri.partition(",")
            lines += [picture.caption, picture.alt, f"{kind}: {base64.b64decode(content).decode()}", ""]
    lines += [f"{label}: {text}" for label, text in note_sweep.provenance(sweeps, lang)]
    lines += [f"{entry['path']}: {entry['sha256'][:9]}" for entry in note_sweep.hashes(sweeps)]
    assert "\n".join(lines).replace("\u00a0", " ").splitlines() == lines_of(f"sweep_{lang}.txt")


@pytest.mark.parametrize("model", ["0", "z"])
def test_another_state_of_the_model_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, model: str) -> None:
    monkeypatch.setattr(draw, "figures", lambda found, lang: ())
    sweep = read(build(tmp_path / "sweep", Make("oat")))
    told = note_sweep.shown(sweep, {**made_up_comparison.MANIFEST, "model": model}, "en").warnings[0]
    assert told.startswith("This sweep was made with another state of the model")


def test_machines_read_the_same_of_a_sweep(tmp_path: Path) -> None:
    tables = note_sweep.tables(two_sweeps(tmp_path), "en")
    assert tables_as_files(tables, tmp_path / "tables") == lines_of("sweep_tables.csv")


def test_limits_have_a_table_where_there_are_any(tmp_path: Path) -> None:
    many, one = two_sweeps(tmp_path)
    for sweeps, names in (([many], ["sweep", "sweep_noise", "sweep_boxes"]), ([one], ["sweep", "sweep_noise"])):
        assert [table.name for table in note_sweep.tables(sweeps, "en")] == names
