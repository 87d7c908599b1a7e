"""Step 6: firms fill the seats of activities and bring ideas."""

import math
from collections import defaultdict

from klyngesim.ecosystem.processes.participation import gain_rule
from klyngesim.population.strongholds import ABROAD, LARGE, MAIN, MICRO, SUPPORTING
from klyngesim.streams import Decision
from tests.reference.draws import BIRTHS, smallest
from tests.reference.links import Idea

ASKED_OF_CANDIDATES = (
    Decision.OFFER_ORDER,
    Decision.SEAT_RANK,
    Decision.SECOND_SEAT,
    Decision.REGISTERED_SEAT,
    Decision.PARTICIPATION_INNOVATES,
    Decision.SEAT_TYPE,
    Decision.IDEA,
)


class Candidate:
    """A relation whose firm wants a seat this quarter."""

    def __init__(self, relation, new):
        self.relation, self.new = relation, new
        self.accepts = self.spare = self.second = False
        self.registered = 0.0

    def draw(self, decision):
        """Draw about the pair."""
        return self.relation.firm.model.draw(decision, self.relation.pair)


def accept_invitations(candidates):
    """Every firm accepts as many invitations as its hours allow, in an order of its own."""
    invited = defaultdict(list)
    for candidate in candidates:
        invited[candidate.relation.firm].append(candidate)
    for firm, offers in invited.items():
        room = firm.seats_that_fit()
        keys = [offer.draw(Decision.OFFER_ORDER) for offer in offers]
        taken = smallest(offers, keys, room)
        for place, offer in enumerate(offers):
            offer.accepts = place in taken
            offer.spare = 2 * len(taken) <= room


class Host:
    """An organisation as one that holds activities."""

    def seats_unlimited(self):
        """Whether everybody who wants a seat gets one."""
        model = self.model
        return model.word("scarcity.seats") == "off" or model.word("attendance.rule") == "demand"

    def give_seats(self, candidates, everybody):
        """Chooses who comes among those that accepted; the others are turned away."""
        for candidate in candidates:
            self.count("willing")
            if candidate.new and not candidate.accepts:
                self.moved(candidate.relation.firm, "contacted", "left", "no_capacity")
        self.count("seats_offered", self.seats)
        able = [candidate for candidate in candidates if candidate.accepts]
        quota = 0
        if self.meetings() > 0:
            extra = self.model.num("attendance.extra_seat")
            usual = self.seats - self.sponsored_seats
            quota = everybody if self.seats_unlimited() else math.floor(usual / (1.0 + extra))
        ranks = [candidate.draw(Decision.SEAT_RANK) * self.drift(candidate.relation.firm) for candidate in able]
        chosen = self.choose(able, ranks, quota)
        for place, candidate in enumerate(able):
            if candidate.new and place not in chosen:
                self.moved(candidate.relation.firm, "contacted", "left", "no_seat")
        come = [candidate for place, candidate in enumerate(able) if place in chosen]
        self.give_second_seats(come)
        for candidate in come:
            share = (self.activities[0] + self.activities[1]) / self.meetings()
            seats = 2.0 if candidate.second else 1.0
            candidate.registered = float(math.floor(seats * share + candidate.draw(Decision.REGISTERED_SEAT)))
        return come

    def meetings(self):
        """Activities with seats, whoever pays them."""
        return sum(self.activities[:2]) + sum(map(sum, self.otherwise))

    def drift(self, firm):
        """Factor on the rank of a firm: more private money lets large firms go first."""
        more = max(0.0, self.private_ratio - 1.0)
        return 1.0 / (1.0 + self.model.num("cofinancing.attention_drift") * more * (firm.size == LARGE))

    def choose(self, able, ranks, quota):
        """Positions of those that come; the guard keeps seats for small firms, and sponsors pay some for them."""
        paid = self.sponsored_seats if self.meetings() > 0 else 0
        small = {place for place, candidate in enumerate(able) if candidate.relation.firm.size <= 1}
        share = self.model.num("guard.seat_share")
        first = self.first_of(small, ranks, math.floor(quota * share)) if share > 0.0 else set()
        rest = self.first_of(set(range(len(able))) - first, ranks, quota - len(first))
        return first | rest | self.first_of(small - first - rest, ranks, paid)

    @staticmethod
    def first_of(places, ranks, number):
        """The first by rank among some positions."""
        places = sorted(places)
        return {places[place] for place in smallest(places, [ranks[place] for place in places], number)}

    def give_second_seats(self, come):
        """Those who want a second seat and have time get one as long as there are any."""
        luck = [candidate.draw(Decision.SECOND_SEAT) for candidate in come]
        extra = self.model.num("attendance.extra_seat")
        wants = [place for place, candidate in enumerate(come) if candidate.spare and luck[place] < extra]
        room = len(wants) if self.seats_unlimited() else max(0, self.seats - len(come))
        for place in smallest(wants, [luck[place] for place in wants], room):
            come[wants[place]].second = True

    def welcome(self, candidate):
        """Counts a participation, its hours and the year."""
        relation, number = candidate.relation, 2.0 if candidate.second else 1.0
        firm = relation.firm
        self.count("participations_all", number)
        firm.use_hours(self.model.num("attendance.hours_per_seat") * number)
        if relation.last is None or relation.last // 4 != self.model.year:
            self.count("fresh_pairs_all")
        number = candidate.registered
        if number == 0.0:
            return
        self.count("participations", number)
        self.count(f"present_{firm.name}")
        if relation.role in (MAIN, SUPPORTING):
            self.count("present_inside")
        elif relation.role == ABROAD:
            self.count("participations_foreign", number)
        else:
            self.count("present_outside")

    def note_year(self, relation):
        """Counts the first appearance of a relation in the year."""
        year = self.model.year
        again = relation.last_year == year - 1
        relation.years += 1
        relation.last_year = year
        self.count("fresh_pairs")
        if relation.years == 1:
            self.count("first_pairs")
            self.seen += 1
            self.seen_once += 1
        elif relation.years == 2:
            self.seen_once -= 1
        if relation.years > 1 and again:
            self.count("returned_pairs")
        if relation.firm.startup_year == year:
            self.count("startup_pairs")
        counts = relation.role == MAIN or (
            relation.role == SUPPORTING
            and self.model.draw(Decision.MATCH_REGISTER, relation.pair, period=0) < self.counted_support
        )
        if counts:
            self.count("own_stronghold_micro" if relation.firm.size == MICRO else "own_stronghold_larger")

    def inspire(self, candidate):
        """What coming does to a firm that has learned: an innovation, an idea, or neither."""
        model, relation = self.model, candidate.relation
        firm = relation.firm
        chance = model.num("innovation.per_participation") * firm.readiness
        if candidate.draw(Decision.PARTICIPATION_INNOVATES) < chance:
            self.count("innovations_participation")
        abroad = self.seats_abroad / self.seats if self.seats > 0 else 0.0
        stage = "internationalisation" if candidate.draw(Decision.SEAT_TYPE) < abroad else "dissemination"
        without = relation.ideas == 0
        if without:
            if not candidate.new:
                self.moved(firm, "outside", "contacted", "progress")
            self.moved(firm, "contacted", stage, "progress")
        chance = model.num("idea.base") * firm.readiness
        if candidate.draw(Decision.IDEA) < (chance if without else chance * model.num("idea.again")):
            if not without:
                self.moved(firm, "outside", stage, "progress")
            relation.ideas += 1
            model.ideas.append(Idea(relation, stage, model.period, relation.pair * BIRTHS + model.period))
        elif without:
            self.moved(firm, stage, "left", "not_ready")


def take_part(model, come):
    """Everybody who comes is counted, then learns, then brings ideas."""
    for candidate in come:
        candidate.relation.organisation.welcome(candidate)
        candidate.relation.last = model.period
    firms = list(dict.fromkeys(candidate.relation.firm for candidate in come))
    for firm in dict.fromkeys(candidate.relation.firm for candidate in come if candidate.registered > 0.0):
        if firm.appear():
            model.count_firm(firm)
    for candidate in come:
        relation = candidate.relation
        if relation.last_year != model.year and candidate.registered > 0.0:
            relation.organisation.note_year(relation)
        relation.trust = float(gain_rule(relation.trust, model.num("trust.gain")))
    rate = min(1.0, model.num("readiness.gain") * (1.0 + model.num("competence.level")))
    for firm in firms:
        firm.learn(rate)
    for candidate in come:
        candidate.relation.organisation.inspire(candidate)
