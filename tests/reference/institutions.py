"""Knowledge institutions (videninstitutioner), their types and units: who comes to activities and who has room."""

import math

from klyngesim.ecosystem.compat import Actor
from klyngesim.streams import Decision
from tests.reference.planning import in_whole

_INSTITUTIONS = 4096  # an institution at an organisation is numbered organisation x 4096 + institution


class KnowledgeInstitution(Actor):
    """An institution of some type; remembers whose activities it has taken part in."""

    def __init__(self, model, index, kind):
        super().__init__(model)
        self.index, self.kind = index, kind
        self.hosts = set()

    def came(self, organisation):
        """Whether it is among the year's participants of an organisation."""
        visits = organisation.year_presence[self.kind.code] / self.kind.number
        address = organisation.index * _INSTITUTIONS + self.index
        if self.model.draw(Decision.INSTITUTION_PRESENT, address) < visits / (1.0 + visits):
            self.hosts.add(organisation)
            return True
        return False


class University(KnowledgeInstitution):
    """A university (universitet)."""


class GTSInstitute(KnowledgeInstitution):
    """An approved technological service institute (GTS-institut)."""


class UniversityCollege(KnowledgeInstitution):
    """A university college (professionshøjskole)."""


class BusinessAcademy(KnowledgeInstitution):
    """A business academy (erhvervsakademi)."""


class ArtSchool(KnowledgeInstitution):
    """An institution of higher artistic education."""


class ForeignInstitution(KnowledgeInstitution):
    """A knowledge institution abroad."""


CLASSES = (University, GTSInstitute, UniversityCollege, BusinessAcademy, ArtSchool, ForeignInstitution)


class Kind:
    """What institutions of one type share: awareness, ease, distance, and the numbers of their units."""

    def __init__(self, model, code, name, number, units, awareness, usual_presence):
        self.model, self.code, self.name, self.number = model, code, name, max(1, number)
        self.units = units
        self.awareness = self.usual_awareness = awareness
        self.usual_presence = usual_presence

    def presence(self, organisation):
        """Share of the activities of an organisation at which the type is present."""
        if not self.units:
            return 0.0
        model, incentive, outreach = self.model, 1.0, 1.0
        if self.code == 0:
            incentive += model.num("researcher.incentive") * model.num("researcher.incentive_effect")
        if self.code in (2, 3, 4):
            outreach += model.num("institutions.outreach") * model.num("institutions.outreach_effect")
        partner = max(0.0, 1.0 + model.num("partner.support_response") * (organisation.support_ratio - 1.0))
        lift = self.awareness / (self.usual_awareness if self.usual_awareness > 0.0 else 1.0)
        return min(1.0, organisation.own(f"presence.{self.name}") * lift * (incentive * outreach * partner))

    def hear(self):
        """Awareness follows the activities at which the type was present."""
        model, met = self.model, 0.0
        for organisation in model.organisations:
            met += organisation.meetings() * organisation.presence[self.code]
        met = met / max(1e-9, self.usual_presence)
        response = model.num("institutions.awareness_response")
        target = min(1.0, max(0.0, self.usual_awareness * (1.0 + response * (met - 1.0))))
        self.awareness = self.awareness + model.num("institutions.awareness_pace") * (target - self.awareness)

    def ease(self):
        """Administrative ease."""
        model, ease = self.model, self.model.num(f"institutions.ease_{self.name}")
        if self.code == 0:
            bound = model.num("researcher.conditional") * model.num("researcher.conditional_ease")
            return min(1.0, ease * (1.0 + bound))
        return ease

    def gap(self):
        """Distance in research stage, less what industrial doctorates bridge."""
        model = self.model
        return model.num(f"institutions.gap_{self.name}") * (1.0 - model.num("phd.bridge") * model.num("phd.effect"))


class Unit:
    """A unit (research group) of an institution."""

    def __init__(self, number, kind):
        self.number, self.kind = number, kind
        self.engagements = 0.0

    def room(self):
        """Engagements that it can still take this year."""
        capacity = self.kind.model.num(f"institutions.capacity_{self.kind.name}")
        return math.floor(max(0.0, capacity - self.engagements))


class Visited:
    """An organisation as one that institutions visit."""

    def receive_institutions(self):
        """Institutions come by type; whole activities by running totals, whole participations by rounding."""
        held = self.activities[0] + self.activities[1]
        usual = now = 0.0
        self.presence = [kind.presence(self) for kind in self.model.kinds]
        for kind, presence in zip(self.model.kinds, self.presence, strict=True):
            code = kind.code
            number, self.presence_done[code] = in_whole(
                held * presence, self.presence_done[code], self.presence_shift[code]
            )
            self.count(f"present_{kind.name}", min(number, held))
            usual += self.presence_at_start[code]
            now += presence
        if usual > 0.0:
            self.count("participations_institutions", float(round(self.institution_seats * now / usual)))
