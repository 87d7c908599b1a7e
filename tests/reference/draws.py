"""How draws are numbered, and drawing lots."""

ORGANISATIONS = 16  # a pair of firm and organisation is numbered firm x 16 + organisation
BIRTHS = 1024  # an idea is numbered pair x 1024 + quarter of birth, a project slot x 1024 + quarter of application
SLOTS = 4096  # a slot is numbered organisation x 4096 + number
PROPOSALS = 1 << 20  # a proposal is numbered list x 2^20 + number


def smallest(candidates, keys, quota):
    """Set of positions of the ``quota`` candidates with the smallest keys; ties go to who stands first."""
    order = sorted(range(len(candidates)), key=lambda place: (keys[place], place))
    return set(order[: max(0, quota)])
