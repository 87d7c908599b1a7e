"""Keyed random numbers and drawing lots, one at a time."""

from tests.streams.reference import uniform

ORGANISATIONS = 16  # a pair of firm and organisation is numbered firm x 16 + organisation
BIRTHS = 1024  # an idea is numbered pair x 1024 + quarter of birth, a project slot x 1024 + quarter of application
SLOTS = 4096  # a slot is numbered organisation x 4096 + number
PROPOSALS = 1 << 20  # a proposal is numbered organisation x 2^20 + number


class Draws:
    """The uniforms of one run, by decision, quarter and id, from the plain Philox of the stream tests."""

    def __init__(self, seed):
        self.seed = seed

    def __call__(self, decision, period, ident):
        return uniform(self.seed, int(decision), period, ident)


def smallest(candidates, keys, quota):
    """Set of positions of the ``quota`` candidates with the smallest keys; ties go to who stands first."""
    order = sorted(range(len(candidates)), key=lambda place: (keys[place], place))
    return set(order[: max(0, quota)])
