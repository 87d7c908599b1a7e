"""What a comparison cannot say: three lines before the answer, the rest after it."""

from __future__ import annotations

import math

from klyngesim.report.comparison_data import Comparison
from klyngesim.report.numbers import Lang, number, percent
from klyngesim.report.words import in_all_runs, label, listed, lower, span, word
from klyngesim.results.comparison import MAIN

FIRST = 3
"""Limits that stand before the answer."""


def limits(found: Comparison, lang: Lang) -> list[str]:
    """Every limit, the most important first: `FIRST` of them stand before the answer."""
    pairs = found.manifest["pairs"]
    said = [word("limit_levels", lang), word("limit_report", lang), word("limit_model", lang)]
    scale = float(found.manifest["scenarios"][0].get("population", {}).get("scale", 1.0))
    if scale < 1.0:
        said.insert(0, word("limit_scale", lang, ratio=number(1.0 / scale, lang, 0)))
    said += in_all_runs(found.manifest, lang)
    said += [
        enough(found, lang),
        word("limit_effect", lang, effect=percent(found.effect, lang)),
        word(
            "limit_pairs",
            lang,
            n=number(int(pairs["made"]), lang, 0),
            over=word(f"over_{found.manifest['over']}", lang),
        ),
        word("limit_windows", lang, windows=listed(map(span, found.windows), lang)),
        word("limit_price", lang),
    ]
    if pairs.get("failed") or pairs.get("skipped"):
        lost = number(len(pairs.get("failed") or ()), lang, 0), number(pairs.get("skipped") or 0, lang, 0)
        said.append(word("limit_lost", lang, failed=lost[0], skipped=lost[1]))
    moves = found.manifest.get("why_the_baseline_moves", {}).get(lang)
    return [*said, moves] if moves else said


def enough(found: Comparison, lang: Lang) -> str:
    """Whether there are pairs enough, and if not how many are missing and for what."""
    missing = found.missing_pairs()
    if found.manifest["enough"] or not missing:
        return word("limit_enough" if found.manifest["enough"] else "limit_not_enough", lang)
    known = {key: needed for key, needed in missing.items() if math.isfinite(needed)}
    if not known:
        return word("limit_not_enough", lang)
    (variant, name), most = max(known.items(), key=lambda item: item[1])
    return word(
        "limit_missing",
        lang,
        more=number(most - int(found.manifest["pairs"]["made"]), lang, 0),
        open=number(len(missing), lang, 0),
        all=number(len(found.variants) * len(MAIN), lang, 0),
        indicator=lower(label(name, lang)),
        title=found.title(variant, lang),
    )
