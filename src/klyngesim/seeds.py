"""Random numbers of the inference: designs, chains and resampling. The model draws its own, from `streams`.

Every purpose has a generator of its own, made from the settings' seed and a name, so that doing one thing more does
not change another.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:  # streams compiles, and what only plans work has no use for that
    from klyngesim.streams import Floats


def number_of(seed: int, purpose: str) -> int:
    """A 32-bit seed for one purpose of one calibration."""
    return int.from_bytes(hashlib.sha256(f"{seed}/{purpose}".encode()).digest()[:4], "little")


def generator(seed: int, purpose: str) -> np.random.Generator:
    """The generator of one purpose of one calibration."""
    return np.random.default_rng(number_of(seed, purpose))


def sobol(count: int, dimensions: int, seed: int, purpose: str) -> Floats:
    """The first ``count`` points of a scrambled Sobol sequence in the unit cube, shape (count, dimensions)."""
    from scipy.stats import qmc  # slow to import, and few commands draw such points

    sequence = qmc.Sobol(dimensions, scramble=True, rng=number_of(seed, purpose))
    return np.asarray(sequence.random_base2(max(0, count - 1).bit_length())[:count])


def stratified(count: int, seed: int, purpose: str) -> Floats:
    """A column of a Latin hypercube: a share from each of ``count`` equal parts of 0-1, in an order of its own."""
    chance = generator(seed, purpose)
    return np.asarray((chance.permutation(count) + chance.random(count)) / count)


def seeded_state(seed: int, purpose: str) -> tuple[object, ...]:
    """State of numpy's older generator, which emcee asks for."""
    state = np.random.RandomState(number_of(seed, purpose)).get_state(legacy=True)
    assert isinstance(state, tuple)
    return state


def seed_everything(seed: int, purpose: str) -> None:
    """Seeds numpy's global generator, the only one that pyABC draws from."""
    np.random.seed(number_of(seed, purpose))  # noqa: NPY002
