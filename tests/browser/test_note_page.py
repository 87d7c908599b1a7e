"""The note on a screen: quiet, readable on a phone, usable from the keyboard, with contrast and structure."""

import pytest

pytestmark = pytest.mark.browser

DESKTOP = {"width": 1280, "height": 900}
PHONE = {"width": 360, "height": 740, "is_mobile": True, "has_touch": True, "device_scale_factor": 2}
TAGS = ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa", "best-practice"]

OPEN = "() => document.querySelectorAll('details').forEach(one => { one.open = true; })"

TEXTS = """() => {
    const channels = colour => colour.match(/[\\d.]+/g).map(Number);
    const light = colour => channels(colour).slice(0, 3)
        .map(value => value / 255)
        .map(value => value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4)
        .reduce((sum, value, at) => sum + value * [0.2126, 0.7152, 0.0722][at], 0);
    const ground = element => {
        for (let at = element; at; at = at.parentElement) {
            const colour = getComputedStyle(at).backgroundColor;
            if ((channels(colour)[3] ?? 1) > 0) return colour;
        }
        return "rgb(255, 255, 255)";
    };
    const found = [];
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
        const element = node.parentElement;
        if (!node.data.trim() || !element.checkVisibility()) continue;
        const style = getComputedStyle(element);
        const [low, high] = [light(style.color), light(ground(element))].sort((a, b) => a - b);
        found.push({
            text: node.data.trim().slice(0, 60),
            size: parseFloat(style.fontSize),
            small: !!element.closest(".note, .muted, .assumptions, figcaption, table, code, .code, sup"),
            ratio: (high + 0.05) / (low + 0.05),
        });
    }
    return found;
}"""
"""Every text that shows: its size, whether it is a note or in a table, and the contrast with what is behind it."""

OUTSIDE = """width => [...document.querySelectorAll("body *")]
    .filter(one => one.checkVisibility() && !one.closest("caption, .scroll *")
        && one.getBoundingClientRect().right > width + 0.5)
    .map(one => one.outerHTML.slice(0, 80))"""

WIDE = """width => [...document.querySelectorAll("table, img")].map(one => {
    const region = one.closest(".scroll");
    const box = region?.getBoundingClientRect();
    return {
        wide: one.getBoundingClientRect().width > width,
        inside: !!region && box.left >= 0 && box.right <= width,
        scrolls: !!region && ["auto", "scroll"].includes(getComputedStyle(region).overflowX)
            && region.scrollWidth > region.clientWidth,
    };
})"""

CAPTIONS = """width => [...document.querySelectorAll("caption")].filter(one => {
    const region = one.closest(".scroll");
    region.scrollLeft = region.scrollWidth;
    const text = document.createRange();
    text.selectNodeContents(one);
    const box = text.getBoundingClientRect();
    return !one.closest("details") && (box.left < 0 || box.right > width);
}).map(one => one.textContent)"""
"""Captions that are out of sight where their table is scrolled to its end; those of folded tables stand above."""

TARGETS = """() => {
    const all = [...document.querySelectorAll("a[href], summary")].filter(one => one.checkVisibility())
        .map(one => ({ text: one.textContent.slice(0, 60), box: one.getBoundingClientRect() }))
        .map(({ text, box }) => ({ text, box, x: (box.left + box.right) / 2, y: (box.top + box.bottom) / 2,
            small: box.width < 24 || box.height < 24 }));
    const reach = (one, { box }) => Math.hypot(
        Math.max(box.left - one.x, 0, one.x - box.right), Math.max(box.top - one.y, 0, one.y - box.bottom));
    const crowded = one => all.some(other => other !== one && (reach(one, other) < 12
        || (other.small && Math.hypot(one.x - other.x, one.y - other.y) < 24)));
    return { all: all.length, crowded: all.filter(one => one.small && crowded(one)).map(one => one.text) };
}"""
"""WCAG 2.2, 2.5.8: a target smaller than 24 by 24 pixels has a circle of that size around it for itself."""

STOPS = """() => {
    window.stops = [...document.querySelectorAll("a[href], summary, .scroll")].filter(one => one.checkVisibility());
    return window.stops.length;
}"""

FOCUS = """() => {
    const one = document.activeElement, style = getComputedStyle(one), box = one.getBoundingClientRect();
    return {
        at: window.stops.indexOf(one),
        outline: style.outlineStyle === "none" ? 0 : parseFloat(style.outlineWidth),
        colour: style.outlineColor,
        seen: box.top < innerHeight && box.bottom > 0 && box.left < innerWidth && box.right > 0,
    };
}"""


def violations(page):
    """What axe finds wrong, a line for each rule, and how many elements its rules on contrast and targets passed."""
    from axe_playwright_python.sync_playwright import Axe

    found = Axe().run(page, options={"runOnly": {"type": "tag", "values": TAGS}}).response
    passed = {rule["id"]: len(rule["nodes"]) for rule in found["passes"]}
    wrong = [f"{rule['id']}: {[node['html'][:120] for node in rule['nodes'][:5]]}" for rule in found["violations"]]
    return wrong, passed


def test_nothing_is_missed_and_nothing_is_fetched(browser, notes, lang):
    page = browser.new_page()
    said, asked = [], []
    page.on("console", lambda message: said.append((message.type, message.text)))
    page.on("pageerror", lambda error: said.append(("pageerror", str(error))))
    page.on("requestfailed", lambda request: said.append(("requestfailed", request.url[:100])))
    page.on("request", lambda request: asked.append(request.url))
    page.goto(notes[lang].as_uri(), wait_until="load")
    page.evaluate(OPEN)
    page.wait_for_load_state("networkidle")
    assert page.locator("html").get_attribute("lang") == lang
    assert page.evaluate("() => [...document.images].every(one => one.complete && one.naturalWidth > 0)")
    page.close()
    assert [one for one in said if one[0] in ("error", "warning", "pageerror", "requestfailed")] == []
    assert [url for url in asked if not url.startswith("data:")] == [notes[lang].as_uri()]


def test_a_folded_table_says_how_many_rows_it_holds(show):
    page = show(**DESKTOP)
    folded = page.locator("details")
    assert folded.count() > 12
    for one in folded.all():
        shown = one.locator("summary").inner_text()
        assert f"({one.locator('tbody tr').count()}\N{NO-BREAK SPACE}" in shown, shown
        assert "tables.xlsx" not in shown


def test_a_phone_needs_no_sideways_scrolling_but_in_tables(show):
    page = show(**PHONE)
    page.evaluate(OPEN)
    width = PHONE["width"]
    assert page.evaluate("() => [document.documentElement.scrollWidth, innerWidth]") == [width, width]
    assert page.evaluate(OUTSIDE, width) == []
    found = page.evaluate(WIDE, width)
    assert sum(one["wide"] for one in found) > 3
    assert [one for one in found if one["wide"] and not (one["inside"] and one["scrolls"])] == []
    assert page.evaluate(CAPTIONS, width) == []


def test_text_on_a_phone_is_large_enough(show):
    page = show(**PHONE)
    page.evaluate(OPEN)
    texts = page.evaluate(TEXTS)
    assert len(texts) > 300 and sum(not one["small"] for one in texts) > 30
    assert [one for one in texts if one["size"] < (12 if one["small"] else 16)] == []


def test_fingers_find_links_and_summaries(show):
    page = show(**PHONE)
    found = page.evaluate(TARGETS)
    assert found["all"] > 12  # summaries; the page has no list of contents and no links
    assert found["crowded"] == []


@pytest.mark.parametrize("unfolded", [False, True])
def test_tab_reaches_everything_in_order(show, unfolded):
    page = show(**DESKTOP)
    if unfolded:
        page.evaluate(OPEN)
    stops = page.evaluate(STOPS)
    assert stops > 20
    seen = []
    for _ in range(stops):
        page.keyboard.press("Tab")
        seen.append(page.evaluate(FOCUS))
    assert [one["at"] for one in seen] == list(range(stops))
    assert [one for one in seen if one["outline"] < 2 or one["colour"] == "rgba(0, 0, 0, 0)" or not one["seen"]] == []
    page.keyboard.press("Tab")
    assert page.evaluate(FOCUS)["at"] == -1, "the focus does not leave the page at its end"


@pytest.mark.parametrize("key", ["Enter", "Space"])
def test_a_summary_opens_and_closes_from_the_keyboard(show, key):
    page = show(**DESKTOP)
    for one in page.locator("details").all():
        one.locator("summary").focus()
        for wanted in (True, False):
            page.keyboard.press(key)
            assert one.evaluate("one => one.open") is wanted


def test_arrow_keys_scroll_a_wide_table(show):
    page = show(width=PHONE["width"], height=PHONE["height"])
    wide = [one for one in page.locator(".scroll").all() if one.evaluate("one => one.scrollWidth > one.clientWidth")]
    assert len(wide) > 3
    for one in wide:
        one.focus()
        page.keyboard.press("ArrowRight")
        page.wait_for_function("() => document.activeElement.scrollLeft > 0", timeout=5000)


@pytest.mark.parametrize("window", [DESKTOP, PHONE], ids=["desktop", "phone"])
@pytest.mark.parametrize("colours", ["none", "active"], ids=["own-colours", "forced-colours"])
def test_axe_finds_nothing(show, window, colours):
    page = show(**window, forced_colors=colours)
    if window is DESKTOP and colours == "none":
        page.evaluate(OPEN)  # hundreds of rows more, looked at once
    assert page.evaluate("() => matchMedia('(forced-colors: active)').matches") is (colours == "active")
    wrong, passed = violations(page)
    assert wrong == []
    assert passed["target-size"] > 10 and passed["color-contrast"] > 100


def test_every_text_stands_out(show):
    # Axe leaves open what is scrolled out of sight and signs of one letter; the page has plain grounds only.
    page = show(**DESKTOP)
    page.evaluate(OPEN)
    texts = page.evaluate(TEXTS)
    assert len(texts) > 300
    assert [one for one in texts if one["ratio"] < 4.5] == []
