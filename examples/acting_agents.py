"""The story of the model with acting agents: organisations invite firms, and trust grows with taking part and fades.

This is how a Mesa tutorial would tell it: every agent is an object that acts when it is asked to. klyngesim keeps the
same story as rows in arrays, so that all 282,487 firms fit; its agents are views on those rows.
"""

from __future__ import annotations

import mesa

GAIN, FADING, JOINS_FROM = 0.3, 0.13, 0.5
SEATS = 12


class Firm(mesa.Agent):
    """A firm: how much it trusts the organisation of its field, and whether it is a member."""

    def __init__(self, model: Programme, field: int) -> None:
        super().__init__(model)
        self.field = field
        self.trust = 0.05
        self.member = False

    def take_part(self) -> None:
        """A meeting: part of the missing trust is gained."""
        self.trust += GAIN * (1.0 - self.trust)

    def step(self) -> None:
        """The end of a quarter: trust fades, and a firm joins or leaves by what is left of it."""
        self.trust *= 1.0 - FADING
        self.member = self.trust >= JOINS_FROM or (self.member and self.trust > JOINS_FROM / 2.0)


class Organisation(mesa.Agent):
    """A cluster organisation: it fills the seats of its activities with firms of its field, members first."""

    def __init__(self, model: Programme, field: int) -> None:
        super().__init__(model)
        self.field = field

    def step(self) -> None:
        """A quarter: whom it invites."""
        firms = [firm for firm in self.model.agents_by_type[Firm] if firm.field == self.field]
        willing = [firm for firm in firms if self.random.random() < 0.2 + 0.6 * firm.trust]
        for firm in sorted(willing, key=lambda firm: -firm.member)[:SEATS]:
            firm.take_part()


class Programme(mesa.Model):
    """Organisations act first, then firms."""

    def __init__(self, organisations: int = 3, firms: int = 150, seed: int = 1) -> None:
        super().__init__(seed=seed)
        Organisation.create_agents(self, organisations, list(range(organisations)))
        Firm.create_agents(self, firms, [number % organisations for number in range(firms)])

    @property
    def members(self) -> int:
        """Members of all organisations."""
        return sum(firm.member for firm in self.agents_by_type[Firm])

    def step(self) -> None:
        """A quarter."""
        self.agents_by_type[Organisation].do("step")
        self.agents_by_type[Firm].do("step")


if __name__ == "__main__":
    programme = Programme()
    for quarter in range(1, 17):
        programme.step()
        print(f"quarter {quarter:2}: {programme.members:3} members")
