"""A small page, made by the command: three levers, two assumptions, two years, a fiftieth of the firms."""

import json
import re

from tests.cli.commands import klyngesim

SMALL = """name: small
title: {en: "A small page", da: "En lille side"}
scenario: baseline
method: lhs
samples: 40
seed: 1
levers:
  grant.budget_factor: {low: 0.5, high: 1.5, from: 2025Q1, announced: 2024Q4}
  fees.level: {low: 0.5, high: 2, from: 2025Q1, announced: 2024Q4}
  local.partners: {low: 0, high: 1, from: 2025Q1}
parameters: [membership.renewal_elasticity, attention.strength]
dummy: false
outcomes: [participants_unique_year, members, external_private_mkr, small_firm_share, staff_fte, organisations_active]
set: [population.scale=0.02, period.end=2026Q4]
explore:
  presets: [r3-ten-years, grant-minus-25, scheme-abolished]
  pairs: 5
  held_out: 30
  trade_off: [external_private_mkr, staff_fte]
"""
PRESETS = ("r3-ten-years", "grant-minus-25", "scheme-abolished")
SETTINGS = ("--set", "population.scale=0.02", "--end", "2026Q4")


def made(folder, lang):
    """The page in a language; runs of the other one are used again."""
    (folder / "small.yaml").write_text(SMALL, encoding="utf-8")
    ways = ("--store", "store", "--jobs", "1", "--quiet", "--lang", lang, "--out", lang)
    done = klyngesim("explore", "small.yaml", *ways, cwd=folder)
    assert done.returncode == 0, done.stderr
    return folder / lang / "explore.html"


def data(page):
    """What the script of a page reads."""
    text = page.read_text(encoding="utf-8")
    return json.loads(re.search(r'<script type="application/json" id="data">(.*?)</script>', text, re.DOTALL)[1])
