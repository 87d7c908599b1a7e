"""In which futures twice the fees cost a tenth of the members: a sweep as a model of the EMA Workbench, then PRIM.

Fees are a lever, so that the workbench has them in policies; how members mind them, and how fast trust grows, nobody
knows, so that these are in its scenarios. Every future is run under both policies. The world is a hundredth of the real
one, so that this ends in seconds: it shows how, not what. Needs the extra `discover`.
"""

from __future__ import annotations

import tempfile
from pathlib import Path

import ema_workbench as ema
import pandas as pd
from ema_workbench.analysis.prim import Prim

from klyngesim.adapters.ema import SweepModel

SWEEP = """name: dearer-membership
scenario: baseline
method: lhs
samples: 20
levers:
  fees.level: {low: 0.5, high: 2, from: 2025Q1}
parameters: [membership.renewal_elasticity, membership.joining_elasticity, trust.gain]
dummy: false
outcomes: [members]
set: [population.scale=0.01, period.end=2026Q4]
"""
LOSS = 0.1


def futures(folder: Path) -> tuple[pd.DataFrame, pd.Series]:
    """Every future of the sweep, and the share of the members that twice the fees cost there."""
    (folder / "sweep.yaml").write_text(SWEEP, encoding="utf-8")
    model = SweepModel(folder / "sweep.yaml", store=folder / "store")
    policy = getattr(ema, "Policy", None) or ema.Sample  # 3.x has one class for policies and scenarios
    policies = [policy("as today", fees_level=1.0), policy("twice", fees_level=2.0)]
    experiments, outcomes = ema.perform_experiments(model, scenarios=model.design()["scenarios"], policies=policies)
    members = experiments.assign(members=outcomes["members"]).pivot(
        index="scenario", columns="policy", values="members"
    )
    known = experiments.drop_duplicates("scenario").set_index("scenario")
    return known[[one.name for one in model.uncertainties]], 1.0 - members["twice"] / members["as today"]


def box(known: pd.DataFrame, cost: pd.Series) -> tuple[pd.DataFrame, pd.Series]:
    """Limits and statistics of PRIM's box: where four of five futures have such a loss, the one with most of them."""
    extra = {} if hasattr(ema, "Sample") else {"threshold": 0.8}  # 2.5 wants to know what a case is
    found = Prim(known, (cost > LOSS).to_numpy().astype(int), **extra).find_box()
    way = found.peeling_trajectory
    best = way[way["density"] >= 0.8].sort_values(["coverage", "density"]).index[-1]
    return found.box_lims[best], way.loc[best]


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as place:
        known, cost = futures(Path(place))
    limits, told = box(known, cost)
    print(f"twice the fees cost a tenth of the members in {(cost > LOSS).sum()} of {len(cost)} futures.")
    print(f"The box has {told['coverage']:.0%} of these, and they are {told['density']:.0%} of what is in it:")
    for name in limits:
        low, high = limits[name]
        if (low, high) != (known[name].min(), known[name].max()):
            print(f"  {name} from {low:.3g} to {high:.3g}, of {known[name].min():.3g} to {known[name].max():.3g}")
