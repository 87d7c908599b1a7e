"""Knowledge institutions (videninstitutioner), their types and units: who comes to activities and who has room."""

import math

from klyngesim.ecosystem.compat import Actor
from klyngesim.streams import Decision
from tests.reference.planning import added, in_whole, over_usual

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
    """What institutions of one type share: room, ease, distance, and the numbers of their units."""

    def __init__(self, model, code, name, number, units):
        self.model, self.code, self.name, self.number = model, code, name, max(1, number)
        self.units = units

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
        lift = self.lift(organisation.partnership[self.code], organisation.reference["partnership"][self.code])
        printed = organisation.own(f"presence.{self.name}")
        return min(1.0, printed * lift * (incentive * outreach * partner * organisation.visit_time))

    def lift(self, strength, usual):
        """What a relation of some strength does to presence and room."""
        return max(0.0, 1.0 + self.model.num("institutions.relation_response") * (over_usual(strength, usual) - 1.0))

    def capacity(self):
        """Engagements a year that each of its units can take."""
        model, organisations = self.model, self.model.organisations
        now = added(organisation.partnership[self.code] for organisation in organisations)
        lift = self.lift(now, added(organisation.reference["partnership"][self.code] for organisation in organisations))
        passed_on = added(organisation.passed_on / model.surroundings.price for organisation in organisations)
        money = over_usual(passed_on, added(organisation.reference["passed_on"] for organisation in organisations))
        paid = model.num("institutions.paid_share")
        return model.num(f"institutions.capacity_{self.name}") * lift * (1.0 - paid + paid * money / 1.0)

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
        return math.floor(max(0.0, self.kind.capacity() - self.engagements))


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

    def keep_up_relations(self):
        """Relations with types of institutions follow what was done together in the quarter."""
        model, start = self.model, self.reference["activities_quarter"]
        held = over_usual(float(self.meetings()), start[0] + start[1] + self.reference["meetings_otherwise"])
        projects = self.flows["projects_pilot"] + self.flows["applications"]
        projects = over_usual(projects, start[3] + self.reference["applications_quarter"])
        brokering = over_usual(self.brokering, self.reference["brokering"])
        parts = [model.num(f"institutions.relation_{name}") for name in ("projects", "brokering")]
        parts = [part / max(1.0, sum(parts)) for part in parts]
        for code, strength in enumerate(self.partnership):
            usual = self.reference["presence"][code]
            here = over_usual(self.presence[code], usual)
            work = (1.0 - parts[0] - parts[1]) * (held * here) + parts[0] * (projects * here) + parts[1] * brokering
            step = usual * work * (1.0 - strength) - strength
            self.partnership[code] = strength + model.num("institutions.relation_pace") * step
