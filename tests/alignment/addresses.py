"""``python -m tests.alignment.addresses``: the largest id that a small run draws at, every address looked at.

Run with ``NUMBA_DISABLE_JIT=1``: compiled draws cannot be watched.
"""

import numba

from klyngesim import streams
from klyngesim.ecosystem.model import Ecosystem
from klyngesim.scenario.loading import load
from tests.streams import whole

SETTINGS = ["population.scale=0.004", "period.end=2021Q3", "referral.share=0.5", "effort.recruit=0.01"]


def watched():
    """Ids that were drawn at; AssertionError where a decision, a period or an id does not fit its bits."""
    largest = []
    high = streams._high

    def upper(decision, period):
        assert 0 < decision < 256 and 0 <= period <= streams.MAX_PERIOD, (decision, period)
        return high(decision, period)

    def drawn(draws, above, ids, out):
        if len(ids):
            assert ids.dtype.kind == "i" and ids.min() >= 0 and ids.max() <= streams.MAX_ID, above >> 24
            largest.append(int(ids.max()))
        whole.fill(draws, above, ids, out)

    streams._high, streams._fill = upper, drawn
    return largest


if __name__ == "__main__":
    assert numba.config.DISABLE_JIT, "set NUMBA_DISABLE_JIT=1"
    largest = watched()
    model = Ecosystem(load("baseline", SETTINGS), 1)
    model.run()
    print(len(largest), max(largest))
