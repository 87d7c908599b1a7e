"""A small sweep with a factor of every kind, and what comes of it in the workbench."""

FACTORS = """levers:
  grant.horizon_years: {low: 2, high: 20, from: 2025Q1, announced: 2024Q4}
  open_call.wait_quarters: {low: 1, high: 9, from: 2025Q1}
  fees.level: {low: 0.5, high: 2, from: 2025Q1}
parameters:
  trust.gain:
  membership.renewal_elasticity:
  evaluation.loss: {low: 0.05, high: 0.2}
switches: [M085, attendance.rule=demand]
"""
REST = """outcomes: [members, participants_unique_year]
set: [population.scale=0.01, period.end=2026Q4]
"""


def written(folder, scenario="[baseline, r3-ten-years]", method="lhs", samples=3, factors=FACTORS, more=""):
    """The sweep file, two seeds a point."""
    path = folder / "small.yaml"
    head = f"name: small-one\nscenario: {scenario}\nmethod: {method}\nsamples: {samples}\nreplicates: 2\nseed: 5\n"
    path.write_text(head + factors + REST + more, encoding="utf-8")
    return path
