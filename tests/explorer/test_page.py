"""The page that is committed, and a small one: what it says is what the commands say."""

import csv
import hashlib
import re
from html import unescape

import pytest

from klyngesim.explorer.page import code, style
from klyngesim.explorer.payload import SCRIPT, WORDS
from klyngesim.report.labels import catalogue
from klyngesim.report.numbers import number
from klyngesim.results.versions import package_version
from klyngesim.runs.fingerprint import model_fingerprint
from tests.cli.commands import klyngesim
from tests.explorer.pages import PRESETS, SETTINGS, data, made
from tests.static.sources import ROOT

COMMITTED = {"en": ROOT / "docs" / "explore.html", "da": ROOT / "docs" / "explore.da.html"}
SWEEP = ROOT / "scenarios" / "sweeps" / "explore.yaml"


@pytest.mark.parametrize("lang", COMMITTED)
def test_the_committed_page_is_that_of_its_sweep(lang):
    text = COMMITTED[lang].read_text(encoding="utf-8")
    said = dict(re.findall(r'<meta name="klyngesim-(\w+)" content="([^"]*)">', text))
    assert said["sweep"] == hashlib.sha256(SWEEP.read_bytes()).hexdigest(), "run 'make explore'"
    assert said["version"] == package_version(), "run 'make explore'"
    assert said["model"] == model_fingerprint(), "run 'make explore'"
    assert f"<style>{style()}</style>" in text and f"<script>{code()}</script>" in text, "run 'make explore'"
    assert len(text.encode("utf-8")) <= 300_000
    assert not re.search(r'(?:src|href)="|url\(|@import|https?://(?!www\.w3\.org/2000/svg)', text)


@pytest.mark.parametrize("lang", COMMITTED)
def test_the_committed_page_has_the_words_of_today(lang):
    text, said = COMMITTED[lang].read_text(encoding="utf-8"), {key: one[lang] for key, one in catalogue(WORDS).items()}
    script = {key.removeprefix(SCRIPT): one for key, one in said.items() if key.startswith(SCRIPT)}
    assert data(COMMITTED[lang])["words"] == script, "run 'make explore'"
    shown = unescape(text)
    for key in ("kicker", "assumed", "assumptions_how", "presets_how", "setting_how", "head_level", "no_script"):
        assert said[key] in shown, f"{key}: run 'make explore'"
    for key in ("how", "tested_how", "made_runs"):
        parts = re.split(r"\{\w+\}", said[key])
        assert [one for one in parts if one not in shown] == [], f"{key}: run 'make explore'"


def test_both_languages_hold_the_same_numbers():
    one, other = (data(path) for path in COMMITTED.values())
    same = ("weights", "half", "half_window", "today", "level", "r2", "coverage")
    for mine, theirs in zip(one["outcomes"], other["outcomes"], strict=True):
        assert {key: mine[key] for key in same} == {key: theirs[key] for key in same}
    assert [preset["course"] for preset in one["presets"]] == [preset["course"] for preset in other["presets"]]


def test_nine_of_ten_held_out_runs_lie_in_the_band_of_six_indicators():
    outcomes = data(COMMITTED["en"])["outcomes"]
    good = [one["id"] for one in outcomes if 0.85 <= one["coverage"] <= 0.95 and one["followed"]]
    assert len(good) >= 6, [(one["id"], one["coverage"], one["r2"]) for one in outcomes]


def test_every_word_is_there_in_both_languages():
    for key, word in catalogue("explore.csv").items():
        assert word["en"] and word["da"], key
        assert set(re.findall(r"\{\w+\}", word["en"])) == set(re.findall(r"\{\w+\}", word["da"])), key


@pytest.mark.slow
def test_presets_are_the_comparison_to_the_printed_digit(tmp_path):
    page = data(made(tmp_path, "en"))
    ways = ("--pairs", "5", "--at-least", "5", "--over", "central", "--breakeven", "0", "--parts", "0", "--no-figures")
    more = ("--attribution", "0", "--jobs", "1", "--quiet", "--store", "store", "--out", "compared")
    done = klyngesim("compare", "baseline", *PRESETS, *SETTINGS, *ways, *more, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    with (tmp_path / "compared" / "comparison.csv").open(encoding="utf-8", newline="") as opened:
        rows = {(row["scenario"], row["indicator"]): row for row in csv.DictReader(opened)}
    checked = 0
    for preset in page["presets"]:
        for outcome, found in zip(page["outcomes"], preset["found"], strict=True):
            row = rows.get((preset["id"], outcome["id"]))
            if row is not None and not outcome["share"]:
                mean, low, high = (number(float(row[key]), "en") for key in ("mean_difference", "low", "high"))
                said = catalogue("explore.csv")[f"js_{row['verdict']}"]["en"] if outcome["direction"] else ""
                assert f"{mean} " in found["said"] and f"{low} to {high}: {said}" in found["said"]
                assert f"{found['relative']:.6g}" == f"{float(row['relative']):.6g}"
                checked += 1
    assert checked >= 9
    first = (tmp_path / "en" / "explore.html").read_bytes()
    (tmp_path / "en").rename(tmp_path / "first")
    assert made(tmp_path, "en").read_bytes() == first
