"""Numbers of plain loops as whole arrays: one by one, without a compiler, they take long."""

import numpy as np

from klyngesim import streams


def fill(draws, high, ids, out):
    """In place of ``streams._fill`` where that is plain Python: the same numbers, by the same generator."""
    key = np.uint64(draws.key)
    words = np.array(ids, dtype=np.uint64)
    bits = streams.philox2x32(words & streams._MASK, (words >> streams._HALF) | np.uint64(high), key)
    out[:] = (bits >> streams._SPARE).astype(np.int64) * streams._UNIT
