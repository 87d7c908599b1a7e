"""``klyngesim explore`` from outside: a page that needs nothing but itself, with the numbers of the tables beside it.

One lever, one assumption, two years, a hundredth of the firms: seconds. The page in a browser is in ``tests/browser``.
"""

import base64
import csv
import hashlib
import json
import re
from html.parser import HTMLParser

import pytest

import klyngesim as ks
from klyngesim.report.numbers import percent
from klyngesim.results.manifest import CRATE
from tests.cli.commands import klyngesim
from tests.explorer.pages import data

SMALL = ["population.scale=0.01", "period.end=2022Q4"]
PRESET = """name: dear
extends: baseline
title: {en: "Dearer membership", da: "Dyrere medlemskab"}
timeline:
  - {from: 2022Q1, announced: 2021Q4, set: {fees.level: 1.5}}
"""
TINY = f"""name: tiny
title: {{en: "A tiny page", da: "En lille side"}}
scenario: baseline
method: lhs
samples: 30
levers:
  fees.level: {{low: 0.5, high: 2, from: 2022Q1, announced: 2021Q4}}
parameters: [membership.renewal_elasticity]
dummy: false
outcomes: [members, participants_unique_year]
set: [{", ".join(SMALL)}]
explore:
  presets: [dear.yaml]
  pairs: 5
  held_out: 30
"""
FETCHES = ("src", "srcset", "href", "action", "formaction", "poster", "background", "ping", "manifest", "data", "cite")


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """The page in both languages, and how many runs the store had after each."""
    made = tmp_path_factory.mktemp("tiny")
    (made / "tiny.yaml").write_text(TINY, encoding="utf-8")
    (made / "dear.yaml").write_text(PRESET, encoding="utf-8")
    runs = []
    for lang in ("en", "da"):
        ways = ("--store", "store", "--jobs", 1, "--quiet", "--lang", lang, "--out", lang)
        done = klyngesim("explore", "tiny.yaml", *ways, cwd=made)
        assert done.returncode == 0, done.stderr
        assert done.stdout.splitlines()[-1].endswith(f" {lang}/explore.html")
        runs.append(len(list((made / "store").rglob("*.npz"))))
    return made, runs


def table(folder, name):
    with (folder / name).open(encoding="utf-8", newline="") as opened:
        return list(csv.DictReader(opened))


class Elements(HTMLParser):
    """Tags with their attributes, and what stands in styles and scripts."""

    def __init__(self, text):
        super().__init__()
        self.tags, self.inside, self.texts = [], [], []
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        self.tags.append((tag, dict(attributes)))
        if tag in ("style", "script"):
            self.inside.append((tag, dict(attributes).get("type")))
            self.texts.append("")

    def handle_endtag(self, tag):
        if tag in ("style", "script"):
            self.inside.append(None)

    def handle_data(self, text):
        if self.inside and self.inside[-1]:
            self.texts[-1] += text

    @property
    def embedded(self):
        """Kind, type and text of every style and script."""
        return [(*kind, text) for kind, text in zip(filter(None, self.inside), self.texts, strict=True)]


@pytest.mark.parametrize("lang", ["en", "da"])
def test_the_page_needs_nothing_but_itself(folder, lang):
    text = (folder[0] / lang / "explore.html").read_text(encoding="utf-8")
    page = Elements(text)
    assert ("html", {"lang": lang}) in page.tags
    assert not [(tag, key) for tag, keys in page.tags for key in keys if key in FETCHES]
    assert not {tag for tag, _ in page.tags} & {"link", "iframe", "object", "embed", "base", "img", "image", "use"}
    assert not re.search(r"https?://(?!www\.w3\.org/2000/svg)|url\(|@import|\bfetch\(|XMLHttpRequest|WebSocket", text)
    assert len(text.encode("utf-8")) <= 300_000
    (policy,) = (keys["content"] for tag, keys in page.tags if keys.get("http-equiv") == "Content-Security-Policy")
    assert policy.startswith("default-src 'none'; ")
    kinds = [(tag, kind) for tag, kind, _ in page.embedded]
    assert kinds.count(("style", None)) == kinds.count(("script", None)) == 1
    assert kinds.count(("script", "application/json")) == 1
    for tag, kind, inside in page.embedded:
        if kind is None:
            digest = base64.b64encode(hashlib.sha256(inside.encode("utf-8")).digest()).decode()
            assert f"{tag}-src 'sha256-{digest}'" in policy and len(inside) > 1000


def test_the_other_language_takes_no_run_and_has_the_same_numbers(folder):
    place, (first, both) = folder
    assert first == both > 120
    for name in ("points.csv", "validation.csv"):
        assert (place / "en" / name).read_bytes() == (place / "da" / name).read_bytes()
    one, other = (data(place / lang / "explore.html") for lang in ("en", "da"))
    assert one["factors"][0]["name"] != other["factors"][0]["name"]
    same = ("weights", "half", "half_window", "today", "level", "r2", "coverage", "followed")
    for mine, theirs in zip(one["outcomes"], other["outcomes"], strict=True):
        assert {key: mine[key] for key in same} == {key: theirs[key] for key in same}


@pytest.mark.parametrize("lang", ["en", "da"])
def test_what_the_page_says_of_its_surrogates_is_in_the_table(folder, lang):
    place = folder[0] / lang
    rows, page = table(place, "validation.csv"), data(place / "explore.html")
    assert [row["indicator"] for row in rows] == [one["id"] for one in page["outcomes"]]
    text = (place / "explore.html").read_text(encoding="utf-8")
    shown = re.findall(r'<tr><th scope="row">.*?</tr>', text)
    for row, outcome, line in zip(rows, page["outcomes"], shown, strict=True):
        assert f"{float(row['r2']):.3g}" == f"{outcome['r2']:.3g}"
        assert float(row["coverage"]) == pytest.approx(outcome["coverage"], abs=1e-4)
        assert (row["followed"] == "yes") == outcome["followed"]
        cells = re.findall(r'<td class="number">(.*?)</td>', line)
        assert cells[0] == f"{row['fitted']} / {row['points']}"
        assert cells[1:3] == [percent(float(row[key]), lang) for key in ("r2", "coverage")]


def test_points_and_presets_are_exact_runs(folder):
    place = folder[0] / "en"
    points, page = table(place, "points.csv"), data(place / "explore.html")
    assert [row["set"] for row in points] == ["fitted"] * 30 + ["held out"] * 30
    assert "Fitted to 30 points (seeds 6–35), tested on 30 (seeds 36–65)" in (place / "explore.html").read_text("utf-8")
    assert [row["seed"] for row in points] == [str(seed) for seed in range(6, 66)]

    def members(seed, replicates, level, *settings):
        """By year, shape (2, replicates)."""
        timeline = f"timeline=[{{from: 2022Q1, announced: 2021Q4, set: {{fees.level: {level}}}}}]"
        made = ks.run("baseline", seed=seed, replicates=replicates, settings=[*SMALL, timeline, *settings])
        return made.runs.series("members").loc[["2021Q4", "2022Q4"]].to_numpy()

    row = next(row for row in points if float(row["members change"]))
    assumed = f"membership.renewal_elasticity={row['membership.renewal_elasticity']}"
    moved, today = (members(int(row["seed"]), 1, level, assumed).mean() for level in (row["fees.level"], 1.0))
    assert (today, moved - today) == (float(row["members as today"]), float(row["members change"]))
    (preset,) = page["presets"]
    difference = (members(1, 5, 1.5) - members(1, 5, 1.0)).mean(axis=1)
    assert preset["levers"] == {"fees.level": 1.5} and preset["title"] == "Dearer membership"
    assert preset["course"][0] == pytest.approx(difference.tolist(), rel=1e-5) and difference[1] < 0.0


def test_the_directory_can_be_verified_and_described(folder):
    done = klyngesim("verify", "da", "--crate", cwd=folder[0])
    assert done.returncode == 0, done.stdout
    graph = json.loads((folder[0] / "da" / CRATE).read_text(encoding="utf-8"))["@graph"]
    told = {one["@id"]: one for one in graph}
    assert told["#making"]["name"] == "klyngesim explore" and told["explore.html"]["encodingFormat"] == "text/html"
    assert told["./"]["name"].startswith("A tiny page (page to explore ")
    assert told["./"]["description"].partition("; ")[2].startswith("60 points, complete; ")


def test_a_page_of_another_version_is_refused_with_what_to_do(folder, tmp_path):
    manifest = json.loads((folder[0] / "en" / "manifest.json").read_text(encoding="utf-8"))
    (tmp_path / "manifest.json").write_text(json.dumps({**manifest, "format": "klyngesim-explore/0"}), "utf-8")
    said = "format klyngesim-explore/0, but this version reads klyngesim-explore/1; `klyngesim explore SWEEP` makes one"
    with pytest.raises(ValueError, match=re.escape(said)):
        ks.open_results(tmp_path)
    done = klyngesim("verify", ".", cwd=tmp_path)
    assert done.returncode == 2 and said in done.stderr


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (TINY[TINY.index("levers:") : TINY.index("parameters:")], "", "levers: none; allowed: 1 to 8 levers, such as"),
        ("  held_out", "  trade_off: [members, staff_fte]\n  held_out", "add staff_fte to outcomes"),
        ("fees.level: {", "fees.levle: {", "did you mean fees.level?"),
    ],
    ids=["no levers", "not kept", "misspelt"],
)
def test_what_cannot_become_a_page_is_refused_and_leaves_nothing(tmp_path, old, new, said):
    assert old in TINY
    (tmp_path / "tiny.yaml").write_text(TINY.replace(old, new), encoding="utf-8")
    (tmp_path / "dear.yaml").write_text(PRESET, encoding="utf-8")
    done = klyngesim("explore", "tiny.yaml", "--store", "store", cwd=tmp_path)
    assert done.returncode == 2 and said in done.stderr and "Traceback" not in done.stderr
    assert sorted(path.name for path in tmp_path.iterdir()) == ["dear.yaml", "tiny.yaml"]
