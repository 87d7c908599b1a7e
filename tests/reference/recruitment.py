"""Step 5: an organisation contacts strangers."""

import math

from klyngesim.streams import Decision
from tests.reference.draws import PROPOSALS
from tests.reference.links import Relation


class Recruiter:
    """An organisation as one that looks for firms."""

    def contacts_wanted(self):
        """Contacts that its hours allow."""
        if not self.open:
            return 0
        return round(
            math.floor(self.hours[0] / self.own("recruitment.hours_per_contact") + self.hours_shift) * self.reach
        )

    def find_strangers(self):
        """Firms to contact, in the order of proposals; the state is read, not changed."""
        model = self.model
        unlimited, wanted = model.word("scarcity.hours") == "off", self.contacts_wanted()
        if unlimited:
            tries = int(self.reference["proposals"]) if self.open else 0
        else:
            tries = min(math.ceil(1.3 * (1.0 / model.people.valid_share) * wanted) + 4, PROPOSALS - 1)
        found = []
        for number in range(tries):
            if len(found) == wanted and not unlimited:
                break
            address = self.index * PROPOSALS + number
            luck = [model.draw(decision, address) for decision in (Decision.CONTACT_CELL, Decision.CONTACT_FIRM)]
            firm = model.people.propose(model.people.proposals, self.index, *luck)
            if firm is not None and firm not in found and self.is_stranger(firm):
                found.append(firm)
        return found

    def is_stranger(self, firm):
        """Whether there is neither a live relation nor an open idea with it."""
        relation = firm.relations.get(self)
        return relation is None or (relation.trust == 0.0 and relation.ideas == 0)

    def contact(self, firms):
        """Asks firms; returns those that said yes and those that were not ready."""
        answers = {"yes": [], "not_ready": [], "not_interested": []}
        for firm in firms:
            self.count("contacts")
            self.moved(firm, "outside", "contacted", "progress")
            said = firm.answer(self)
            answers[said].append(firm)
            if said != "yes":
                self.moved(firm, "contacted", "left", said)
        return answers["yes"], answers["not_ready"]

    def enrol(self, firm):
        """The relation with a firm, new or known."""
        relation = firm.relations.get(self)
        if relation is None:
            pair = firm.pair(self)
            luck = self.model.draw(Decision.STAFF_PORTFOLIO, pair, period=0)
            post = self.posts[math.floor(luck * self.portfolio_posts)]
            relation = Relation(firm, self, pair, self.role_of(firm), post)
            self.take_up(relation)
        return relation

    def take_up(self, relation):
        """Keeps a relation."""
        relation.firm.relations[self] = relation
        relation.post.relations.append(relation)
        self.relations.append(relation)
        self.model.relations.append(relation)


def refer(model, unready):
    """Some unready firms get advice of an erhvervshus; each once."""
    share = model.num("referral.share")
    for firm in dict.fromkeys(unready):
        if model.draw(Decision.REFERRAL, firm.ident) < share:
            firm.learn(model.num("referral.gain"))
