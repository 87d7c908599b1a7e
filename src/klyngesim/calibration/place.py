"""Where the data of the calibration are found: beside the code in a wheel, in calibration/ of a checkout."""

from __future__ import annotations

from pathlib import Path

FOLDER = "calibration"
"""Folder of a checkout that holds targets, misses and the shipped posterior."""


def shipped_file(name: str) -> Path:
    """Path of a data file of the calibration, such as ``targets.csv``.

    An installed wheel carries the folder as klyngesim/calibration/data; a checkout has it beside its src folder.

    Raises:
        FileNotFoundError: the file is in neither place.
    """
    package = Path(__file__).resolve().parent
    places = (package / "data" / name, package.parents[2] / FOLDER / name)
    for path in places:
        if path.is_file():
            return path
    raise FileNotFoundError(f"{name} is in none of {', '.join(str(path.parent) for path in places)}")
