"""The member of MADE with the most ties to knowledge institutions, quarter by quarter: see docs/follow_a_firm.md."""

from __future__ import annotations

from klyngesim import Ecosystem, load
from klyngesim.scenario.periods import label


def lines(*settings: str, seed: int = 1) -> list[str]:
    """A line a quarter: member or not, trust, who looks after the firm, and its open ideas."""
    model = Ecosystem(load("baseline", ["period.end=2023Q4", *settings]), seed=seed)
    firm = max(model.organisation("made").members, key=lambda member: len(member.ties))
    found = []
    while model.running:
        quarter = label(model.period)
        model.step()
        relation = firm.relation("made")
        ideas = "; ".join(f"{idea.stage} with {idea.institution}" for idea in firm.episodes) or "no open idea"
        state = "member" if relation.member else "not a member"
        found.append(f"{quarter} | {state} | trust {relation.trust:.2f} | {relation.staff or 'nobody'} | {ideas}")
    return found


if __name__ == "__main__":
    print("\n".join(lines()))
