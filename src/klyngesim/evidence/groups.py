"""Group sizes: mean participants per activity (Table 6), with readings of its incomplete rows (choice A6).

The text of the report lost the columns of blank cells, so eight of the 13 rows can be read in three ways.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, cached_property

from klyngesim.evidence.files import EvidenceError, UnknownEvidence, check_option, rows
from klyngesim.evidence.organisations import organisation_ids

ACTIVITIES = {
    "dissemination": "videnspredning",
    "application": "fou_ansoegning",
    "project": "samarbejdsprojekt",
    "internationalisation": "internationalisering",
}
"""Activity types in the column order of Table 6, each with the Danish key of the packaged table."""

PARTICIPANTS = {"firm": "virksomhed", "institution": "videninstitution"}
"""Participant types in the column order of Table 6, each with the Danish key of the packaged table."""

_COLUMNS = {"FoU": "application", "Sam": "project", "Int": "internationalisation"}


@dataclass(frozen=True)
class GroupSize:
    """One cell of Table 6 under a reading.

    activity     ``"dissemination"``, ``"application"``, ``"project"`` or ``"internationalisation"``
    participant  ``"firm"`` or ``"institution"``
    mean         mean participants per activity 2021-2023; None = blank (no such activity, or no such type)
    alignment    ``"certain"``, ``"inferred"`` or ``"ambiguous"``: how surely number and column match
    line         line of the report
    """

    cluster: str
    activity: str
    participant: str
    mean: float | None
    alignment: str
    line: int


@dataclass(frozen=True)
class GroupSizes:
    """Table 6 under one set of readings: 104 cells, organisations in the order of `organisations()`.

    `readings` holds the letter used for each organisation with an incomplete row.
    """

    cells: tuple[GroupSize, ...]
    readings: tuple[tuple[str, str], ...]

    @cached_property
    def _means(self) -> dict[tuple[str, str, str], float | None]:
        return {(cell.cluster, cell.activity, cell.participant): cell.mean for cell in self.cells}

    def mean(self, cluster: str, activity: str, participant: str) -> float | None:
        """Return the mean participants per activity of one cell, None if blank.

        Unknown names raise `UnknownEvidence`.
        """
        check_option("organisation", cluster, organisation_ids())
        check_option("activity type", activity, ACTIVITIES)
        check_option("participant type", participant, PARTICIPANTS)
        return self._means[cluster, activity, participant]


@dataclass(frozen=True)
class Reading:
    """One way to read an incomplete row of Table 6.

    letter       ``"A"`` (preferred), ``"B"`` or ``"C"``
    placement    {activity: (firms, institutions)} as pairs; an activity that is not named is blank
    consistency  whether the report's text contradicts it
    weight       relative weight from 5 complete rows, 0-1: weak evidence, for sensitivity only
    line         line of the report
    """

    cluster: str
    letter: str
    preferred: bool
    placement: tuple[tuple[str, tuple[float | None, float | None]], ...]
    consistency: str
    weight: float
    line: int


def _value(text: str) -> float | None:
    return None if text == "blank" else float(text)


def _placement(text: str) -> tuple[tuple[str, tuple[float | None, float | None]], ...]:
    pairs = []
    for part in text.split("; "):
        column, _, values = part.partition("=")
        firms, _, institutions = values.partition("/")
        pairs.append((_COLUMNS[column], (_value(firms), _value(institutions))))
    return tuple(pairs)


@cache
def _readings() -> dict[str, dict[str, Reading]]:
    found: dict[str, dict[str, Reading]] = {}
    for row in rows("table6_readings"):
        one = Reading(
            cluster=row["cluster_id"],
            letter=row["reading"],
            preferred=row["preferred"] == "yes",
            placement=_placement(row["placement_after_videnspredning"]),
            consistency=row["text_consistency"],
            weight=float(row["relative_weight_flat_prior"]),
            line=int(row["source_line"]),
        )
        found.setdefault(one.cluster, {})[one.letter] = one
    return found


def readings() -> tuple[Reading, ...]:
    """Return all readings of the eight incomplete rows of Table 6, three for each organisation."""
    return tuple(one for letters in _readings().values() for one in letters.values())


def group_sizes(reading: Mapping[str, str] | None = None) -> GroupSizes:
    """Return Table 6, with `reading` (organisation -> letter) in place of the preferred readings.

    An organisation with a complete row, an unknown one, or another letter raises `UnknownEvidence`.
    """
    chosen = {cluster: _preferred(cluster) for cluster in _readings()}
    for cluster, letter in (reading or {}).items():
        if cluster not in chosen:
            raise UnknownEvidence("organisation with an incomplete row in Table 6", cluster, chosen)
        chosen[cluster] = check_option(f"reading of Table 6 for {cluster}", letter, _readings()[cluster])
    return _group_sizes(tuple(chosen.items()))


def _preferred(cluster: str) -> str:
    letters = [one.letter for one in _readings()[cluster].values() if one.preferred]
    if len(letters) != 1:
        raise EvidenceError(f"table6_readings: {len(letters)} preferred readings of {cluster!r}, not one")
    return letters[0]


@cache
def _group_sizes(chosen: tuple[tuple[str, str], ...]) -> GroupSizes:
    printed = {
        (row["cluster_id"], row["activity_type"], row["participant_type"]): row
        for row in rows("table6_participants_per_activity")
    }
    letters = dict(chosen)
    cells = []
    for cluster in organisation_ids():
        placement = dict(_readings()[cluster][letters[cluster]].placement) if cluster in letters else None
        for activity, activity_da in ACTIVITIES.items():
            for column, (participant, participant_da) in enumerate(PARTICIPANTS.items()):
                row = printed[cluster, activity_da, participant_da]
                mean = float(row["mean_participants"]) if row["mean_participants"] else None
                # The first pair of a row is certain everywhere; a reading places the numbers after it.
                if placement is not None and activity != "dissemination":
                    mean = placement.get(activity, (None, None))[column]
                line = int(row["source_line"])
                cells.append(GroupSize(cluster, activity, participant, mean, row["alignment"], line))
    return GroupSizes(tuple(cells), chosen)
