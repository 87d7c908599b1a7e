"""The page to explore in a real browser: it computes what Python does, needs nothing beside it, all can use it."""

import csv
import io
from pathlib import Path

import numpy as np
import pytest

from klyngesim.comparisons.differences import judged
from klyngesim.explorer.explored import explore
from klyngesim.explorer.plan import read_plan
from klyngesim.explorer.surrogates import growth
from klyngesim.runs.executors import HERE
from klyngesim.runs.store import RunStore
from klyngesim.scenario.loading import load
from tests.browser.test_note_page import DESKTOP, OPEN, OUTSIDE, PHONE, TEXTS, violations
from tests.explorer.pages import data, made

pytestmark = pytest.mark.browser

ANSWERS = """points => points.map(values => {
    const kept = code(values);
    return D.outcomes.map(one => ({ apart: difference(one, kept), today: level(one, kept),
        share: growth(kept, one.near), word: judged(one, values).word }));
})"""
SLIDE = """([at, value]) => {
    const one = document.getElementById(`slider-${at}`);
    one.value = value;
    one.dispatchEvent(new Event("input"));
    one.dispatchEvent(new Event("change"));
}"""
SAID = "() => [...document.querySelectorAll('[id^=said-]')].map(one => one.textContent)"


@pytest.fixture(scope="session")
def folder(tmp_path_factory):
    """Where small pages are made; both languages stand on one store."""
    return tmp_path_factory.mktemp("explore")


@pytest.fixture(scope="session")
def explorers(folder):
    """The small page by language."""
    return {lang: made(folder, lang) for lang in ("en", "da")}


@pytest.fixture
def page(browser, explorers, lang):
    """Opens the page in a window of some size; what the browser complains of or asks for fails the test."""
    contexts, said, asked = [], [], []

    def opened(width, height, fragment="", **given):
        contexts.append(browser.new_context(viewport={"width": width, "height": height}, **given))
        one = contexts[-1].new_page()
        one.on("console", lambda message: said.append((message.type, message.text)))
        one.on("pageerror", lambda error: said.append(("pageerror", str(error))))
        one.on("request", lambda request: asked.append(request.url.partition("#")[0]))
        one.goto(explorers[lang].as_uri() + fragment)
        return one

    yield opened
    for context in contexts:
        context.close()
    assert [one for one in said if one[0] in ("error", "warning", "pageerror")] == []
    assert [url for url in asked if not url.startswith(("blob:", explorers[lang].as_uri()))] == []


def test_the_page_computes_what_python_computes(page, folder):
    plan = read_plan(folder / "small.yaml")
    with RunStore(folder / "store") as store:
        found = explore(plan, store, HERE)
    coding, chance = found.coding, np.random.default_rng(1)
    ends = np.array([[one.prior.low, one.prior.high] for one in plan.sweep.factors])
    points = np.vstack([coding.usual, ends[:, 0] + chance.random((30, len(ends))) * (ends[:, 1] - ends[:, 0])])
    coded = coding(points)
    answers = page(**DESKTOP).evaluate(ANSWERS, points.tolist())
    words, known = set(), data(folder / "en" / "explore.html")
    smallest = known["smallest_effect"]
    for place, one in enumerate(found.surrogates):
        about = known["outcomes"][place]
        apart, today = one(coded), found.today(place, coded)
        window = [at - found.first for at in found.window]
        for point, own in enumerate(answers):
            assert own[place]["apart"] == pytest.approx(apart[point].tolist(), rel=1e-9, abs=1e-9)
            assert own[place]["today"] == pytest.approx(today[point].tolist(), rel=1e-9, abs=1e-9)
            assert own[place]["share"] == pytest.approx(growth(coded, coding.levers, one.near)[point], rel=1e-12)
            mean, half = apart[point, window].mean(), one.half_window * growth(coded, coding.levers, one.near)[point]
            effect = smallest * abs(today[point, list(found.window)].mean())  # of the level at these assumptions
            said = judged(mean - half, mean + half, about["direction"] or 1, effect)
            assert own[place]["word"] == (said if point else "nothing changes")
            words.add(own[place]["word"])
    assert {"better", "worse", "uncertain", "nothing changes"} <= words
    assert all(value == 0.0 for one in answers[0] for value in one["apart"])


def test_a_slider_moves_its_charts_and_stays_in_the_address(page):
    shown = page(**DESKTOP)
    before = shown.evaluate(SAID)
    shown.evaluate(SLIDE, [0, 0.75])
    after = shown.evaluate(SAID)
    assert all(one != other for one, other in zip(before, after, strict=True))
    assert shown.evaluate("() => location.hash") == "#grant.budget_factor=0.75"
    again = page(**DESKTOP, fragment="#grant.budget_factor=0.75")
    assert again.evaluate(SAID) == after
    again.evaluate(SLIDE, [0, 1.001])  # near as today is as today
    assert again.evaluate(SAID) == before and again.evaluate("() => location.hash") == ""


HOSTILE = (
    "#grant.budget_factor=<img src=x onerror=alert(1)>",
    "#grant.budget_factor=NaN",
    "#grant.budget_factor=1e9",
    "#grant.budget_factor=99",
    "#grant.budget_factor=0.7&grant.budget_factor=0.8",
    "#__proto__=1",
    "#preset=constructor",
    "#fees.level=1.5&unknown=1",
    "#grant.budget_factor=0.71",  # between the steps
    "#grant.budget_factor=0.8&preset=grant-minus-25",  # not where that button puts the sliders
    "#preset=grant-minus-25",
    "#" + "fees.level=1.5&" * 400,
    "#javascript:alert(1)",
    "#%00%ff",
)


@pytest.mark.parametrize("fragment", HOSTILE)
def test_a_hostile_address_changes_nothing(page, fragment):
    clean = page(**DESKTOP)
    strange = page(**DESKTOP, fragment=fragment)
    for what in (SAID, "() => document.body.innerHTML"):
        assert strange.evaluate(what) == clean.evaluate(what)


def test_a_button_draws_exact_runs_and_says_what_no_slider_has(page, lang):
    shown = page(**DESKTOP)
    shown.locator("[data-preset='1']").click()  # a quarter less
    assert shown.locator("#value-0").inner_text() == ("0,75" if lang == "da" else "0.75")
    assert shown.locator("#chart-0 circle").count() == 3 and shown.locator("#beyond").inner_text() == ""
    known = shown.evaluate("() => D.presets[1].found.map(one => one.said)")
    assert shown.evaluate("() => [...document.querySelectorAll('[id^=exact-]')].map(one => one.textContent)") == known
    shown.locator("[data-preset='0']").click()  # ten years, which have no slider here
    assert len(shown.locator("#beyond").inner_text()) > 60
    shown.evaluate(SLIDE, [1, 1.4])
    assert shown.locator("#chart-0 circle").count() == 0 and shown.locator("[aria-pressed=true]").count() == 0
    shown.locator("[data-preset='-1']").click()
    assert shown.evaluate("() => values.every((value, at) => value === D.factors[at].usual)")


def test_the_scenario_that_is_copied_is_the_setting(page, tmp_path):
    shown = page(**DESKTOP)
    shown.evaluate(SLIDE, [0, 0.8])
    shown.evaluate(SLIDE, [2, 0.5])
    shown.evaluate(SLIDE, [4, 0.25])
    text = shown.locator("#yaml").inner_text()
    assert "--over central --set population.scale=0.02 --set period.end=2026Q4 --set attention.strength=0.25" in text
    path = tmp_path / "my-setting.yaml"
    path.write_text(text, encoding="utf-8")
    timeline = load(path).timeline
    assert [(one.start, one.announced, dict(one.values)) for one in timeline] == [
        (16, 15, {"grant.budget_factor": 0.8}),
        (16, 16, {"local.partners": 0.5}),
    ]


def test_figures_are_taken_away_as_csv(page, lang):
    shown = page(**DESKTOP)
    shown.evaluate(SLIDE, [0, 0.8])
    with shown.expect_download() as download:
        shown.locator("#csv").click()
    text = Path(download.value.path()).read_text(encoding="utf-8-sig")
    rows = list(csv.reader(io.StringIO(text), delimiter=";" if lang == "da" else ","))
    number = (lambda cell: float(cell.replace(",", "."))) if lang == "da" else float
    assert len(rows) == 1 + 6 * 6 and len({len(row) for row in rows}) == 1
    assert download.value.suggested_filename == {"en": "differences.csv", "da": "forskelle.csv"}[lang]
    today, apart, half = shown.evaluate(
        "() => [last[0].today[5], last[0].apart[5 - D.first], last[0].half[5 - D.first]]"
    )
    expected = [today, today + apart, apart, apart - half, apart + half]
    assert [number(cell) for cell in rows[6][3:8]] == pytest.approx(expected, rel=1e-5)
    yes = {"en": "yes", "da": "ja"}[lang]
    followed = shown.evaluate("() => D.outcomes.map(one => one.followed)")
    assert [row[8] == yes for row in rows[1::6]] == followed and set(followed) == {True, False}
    assert ("," in rows[6][4]) == (lang == "da")


def test_a_chart_that_is_not_followed_is_grey(page):
    shown = page(**DESKTOP)
    shown.evaluate(SLIDE, [0, 0.8])
    followed = shown.evaluate("() => D.outcomes.map(one => one.followed)")
    grey = [shown.locator(f"#card-{at}.grey").count() == 1 for at in range(6)]
    assert grey == [not one for one in followed] and any(grey) and not all(grey)
    words = [shown.locator(f"#word-{at}").inner_text() for at in range(6)]
    assert [bool(one) for one in words] == followed


def test_the_keyboard_reaches_and_moves_everything(page):
    shown = page(**DESKTOP)
    shown.locator("#slider-0").focus()
    shown.keyboard.press("ArrowLeft")
    assert shown.evaluate("() => values[0]") == 0.95
    assert shown.locator("#slider-0").get_attribute("aria-valuetext") in ("0.95", "0,95")
    stops = shown.evaluate("() => document.querySelectorAll('input, button, summary, [tabindex]').length")
    seen = set()
    for _ in range(stops + 5):
        shown.keyboard.press("Tab")
        seen.add(shown.evaluate("() => document.activeElement.id || document.activeElement.textContent.slice(0, 30)"))
    assert {"slider-1", "slider-2", "yaml", "copy", "csv", "print"} <= seen and len(seen) > 12


@pytest.mark.parametrize("window", [DESKTOP, PHONE], ids=["desktop", "phone"])
@pytest.mark.parametrize("colours", ["none", "active"], ids=["own-colours", "forced-colours"])
def test_axe_finds_nothing(page, window, colours):
    shown = page(**window, forced_colors=colours, fragment="#grant.budget_factor=0.75&preset=grant-minus-25")
    shown.evaluate(OPEN)
    wrong, passed = violations(shown)
    assert wrong == [] and passed["color-contrast"] > 40


def test_a_phone_needs_no_sideways_scrolling_and_every_text_stands_out(page):
    shown = page(**PHONE, fragment="#grant.budget_factor=0.7")
    shown.evaluate(OPEN)
    assert shown.evaluate("() => [document.documentElement.scrollWidth, innerWidth]") == [360, 360]
    assert [one for one in shown.evaluate(OUTSIDE, 360) if "<svg" not in one and not one.startswith("<text")] == []
    texts = shown.evaluate(TEXTS)
    assert len(texts) > 60 and [one for one in texts if one["ratio"] < 4.5] == []


def test_print_leaves_controls_out_and_keeps_charts(page):
    shown = page(**DESKTOP, fragment="#grant.budget_factor=0.7")
    shown.emulate_media(media="print")
    assert not shown.locator("#slider-0").is_visible() and not shown.locator("#copy").is_visible()
    assert shown.locator("#value-0").is_visible() and shown.locator("#chart-5").is_visible()
