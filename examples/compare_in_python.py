"""What ten-year grants do to membership: two scenarios on the same seeds, so that most of the luck cancels."""

from __future__ import annotations

import klyngesim as ks

SETTINGS = {"population.scale": 0.02, "period.end": "2028Q4"}


def differences(variant: str, indicator: str, replicates: int = 4) -> list[float]:
    """Variant less baseline in the last quarter, one for each seed."""
    ends = []
    for source in ("baseline", variant):
        runs = ks.run(source, seed=1, replicates=replicates, settings=SETTINGS)
        ends.append(runs.runs.series(indicator).iloc[-1].to_numpy())
    base, changed = ends
    return [float(one) for one in changed - base]


if __name__ == "__main__":
    found = differences("r3-ten-years", "members")
    print("members, variant less baseline, by seed:", ", ".join(f"{one:+.0f}" for one in found))
    print(f"mean {sum(found) / len(found):+.1f}; `klyngesim compare` adds intervals, verdicts and what they hang on")
