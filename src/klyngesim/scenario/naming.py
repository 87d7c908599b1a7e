"""Names of scenarios: kebab-case, and how any other text becomes such a name."""

import re
import unicodedata

NAME = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
"""A scenario name: kebab-case."""

LONGEST = 80
"""Most characters of a name."""

_SPELLED = str.maketrans({"æ": "ae", "ø": "oe", "å": "aa", "ß": "ss", "ð": "d", "þ": "th", "œ": "oe", "ł": "l"})


def kebab(text: str) -> str:
    """The name that a text or the stem of a file name gives, empty when nothing of it can be part of a name.

    Danish letters are spelled out (``støtte-på-øen`` is ``stoette-paa-oeen``), other letters lose their accents.
    """
    # A file name from a Mac has its ring beside the a: together they are the letter that is spelled out.
    spelled = unicodedata.normalize("NFC", text).lower().translate(_SPELLED)
    plain = "".join(c for c in unicodedata.normalize("NFKD", spelled) if not unicodedata.combining(c))
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:LONGEST].strip("-")
