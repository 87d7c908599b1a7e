"""The page in a browser where outcomes are known without a run: late levers, missing values, zeros, odd names."""

import numpy as np
import pytest

from klyngesim.explorer.page import render
from klyngesim.scenario.loading import load
from tests.browser.test_explore_page import ANSWERS, SLIDE
from tests.browser.test_note_page import DESKTOP
from tests.explorer.invented import explored
from tests.explorer.test_explored import LATER, SMALL, TO_NOTHING

pytestmark = pytest.mark.browser

SHARES = TO_NOTHING.replace("trade_off: [external_private_mkr, staff_fte]", "trade_off: [members, small_firm_share]")


@pytest.fixture
def opened(browser, tmp_path):
    """Writes a page and opens it; an error in its script fails the test."""
    contexts, said = [], []

    def shown(found, lang="en"):
        path = tmp_path / f"{lang}.html"
        path.write_text(render(found, lang), encoding="utf-8")
        width, height = DESKTOP.values()
        contexts.append(browser.new_context(viewport={"width": width, "height": height}))
        page = contexts[-1].new_page()
        page.on("pageerror", lambda error: said.append(str(error)))
        page.goto(path.as_uri())
        return page

    yield shown
    for context in contexts:
        context.close()
    assert said == []


@pytest.mark.parametrize(("text", "missing"), [(LATER, []), (SHARES, ["small_firm_share"])], ids=["late", "missing"])
def test_the_page_computes_what_python_computes(opened, tmp_path, text, missing):
    found = explored(tmp_path, text, missing)
    points = found.held_out.values
    answers = opened(found).evaluate(ANSWERS, points.tolist())
    for place, one in enumerate(found.surrogates):
        apart = one(found.coding(points))
        assert np.isfinite(apart).all()
        for point, own in enumerate(answers):
            assert own[place]["apart"] == pytest.approx(apart[point].tolist(), rel=1e-9, abs=1e-9)


def test_a_preset_without_a_value_has_no_place_in_the_figure(opened, tmp_path):
    page = opened(explored(tmp_path, SHARES, ["small_firm_share"]))
    assert page.locator("#trade .exact text").all_text_contents() == ["1", "2"]
    page.locator("[data-preset='2']").click()
    assert (
        page.locator("#exact-3").inner_text() == "Exact runs: no value in any of the 5 pairs, so there is no verdict."
    )
    drawn = "[...document.querySelectorAll('#chart-3 circle')].map(one => Number(one.getAttribute('cy')))"
    assert page.evaluate(drawn) == []


def test_the_smallest_effect_is_a_share_of_the_level_that_is_shown(opened, tmp_path):
    page = opened(explored(tmp_path, SMALL))
    page.evaluate(SLIDE, [4, page.evaluate("D.factors[4].high")])
    effect, level = page.evaluate("() => [last[0].effect, last[0].base]")
    usual = page.evaluate("judged(D.outcomes[0], usual()).base")
    assert effect == pytest.approx(page.evaluate("D.smallest_effect") * level) and abs(level / usual - 1.0) > 0.01


def test_an_outcome_below_zero_has_an_axis_below_zero(opened, tmp_path):
    page = opened(explored(tmp_path, SMALL))
    page.evaluate(
        """() => {
            D.outcomes[0].today = D.outcomes[0].today.map(value => -value);
            D.outcomes[1].today = D.outcomes[1].today.map(() => 0);
            show();
        }"""
    )
    ticks = page.locator("#chart-0 .axis text[text-anchor=end]").all_text_contents()
    assert ticks[0] == "−10,000" and ticks[-1] == "0"
    bounds = page.evaluate("() => document.querySelector('#chart-0 .today').getBBox().height + charts[0].low")
    assert bounds < -1000
    paths = page.evaluate("() => [...document.querySelectorAll('path')].map(one => one.getAttribute('d')).join('')")
    assert "NaN" not in paths and "Infinity" not in paths


def test_a_share_of_nothing_is_a_dash(opened, tmp_path):
    page = opened(explored(tmp_path, SMALL))
    page.evaluate("() => D.outcomes.forEach(one => one.today.fill(0))")
    assert page.evaluate("() => values.every((value, at) => value === D.factors[at].usual)")
    page.evaluate(SLIDE, [0, 0.8])
    assert "(–)" in page.locator("#said-0").inner_text()
    assert page.locator("#trade-said").inner_text().count("–") == 2 and page.locator("#trade .own circle").count() == 0
    assert "Infinity" not in page.evaluate("document.body.innerHTML") and "NaN" not in page.content()


def test_the_copied_scenario_stands_beside_an_oddly_named_one(opened, tmp_path):
    (tmp_path / "mine #1.yaml").write_text("name: mine\ntitle: {en: Mine}\nextends: baseline\n", encoding="utf-8")
    page = opened(explored(tmp_path, SMALL.replace("scenario: baseline", "scenario: 'mine #1.yaml'")))
    page.evaluate(SLIDE, [0, 0.8])
    text = page.locator("#yaml").inner_text()
    assert 'run it exactly in the folder of known.yaml:\n# klyngesim compare "mine #1.yaml" my-setting.yaml ' in text
    (tmp_path / "my-setting.yaml").write_text(text, encoding="utf-8")
    assert load(tmp_path / "my-setting.yaml").lineage[-2:] == ("mine", "my-setting")
    assert page.evaluate("argument('a b=$(x)')") == '"a b=\\$(x)"'
