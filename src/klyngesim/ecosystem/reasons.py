"""Codes of the reasons for which an idea moves (`vocabulary.REASONS`), as loops use them: ``reasons.NO_SEAT``."""

from klyngesim.results.vocabulary import REASON

PROGRESS = REASON["progress"]
NOT_INTERESTED = REASON["not_interested"]
NOT_READY = REASON["not_ready"]
NO_SEAT = REASON["no_seat"]
NO_PARTNER = REASON["no_partner"]
NO_CAPACITY = REASON["no_capacity"]
PRICE = REASON["price"]
LOST_TRUST = REASON["lost_trust"]
REJECTED = REASON["rejected"]
WITHDREW = REASON["withdrew"]
FIRM_DIED = REASON["firm_died"]
SUPPORT_ENDED = REASON["support_ended"]
OTHER_FORA = REASON["other_fora"]
COMPLETED = REASON["completed"]
