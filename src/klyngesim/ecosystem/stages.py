"""Codes of the stages of an idea (`vocabulary.STAGES`), as loops use them: ``stages.CONTACTED``."""

from klyngesim.results.vocabulary import STAGE

OUTSIDE = STAGE["outside"]
CONTACTED = STAGE["contacted"]
DISSEMINATION = STAGE["dissemination"]
INTERNATIONALISATION = STAGE["internationalisation"]
MATCHMAKING = STAGE["matchmaking"]
PILOT = STAGE["pilot"]
APPLICATION = STAGE["application"]
EXTERNAL_PROJECT = STAGE["external_project"]
INNOVATION = STAGE["innovation"]
LEFT = STAGE["left"]
