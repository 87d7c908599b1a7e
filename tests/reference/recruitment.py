"""Step 5: an organisation contacts strangers."""

import math

from klyngesim.ecosystem.processes.recruitment import PROPOSALS_PER_CONTACT
from klyngesim.streams import Decision
from tests.reference.draws import PROPOSALS
from tests.reference.links import Relation


class Recruiter:
    """An organisation as one that looks for firms."""

    def contacts_wanted(self):
        """Contacts by role that its hours allow."""
        hours = math.floor(self.hours[0] / self.own("recruitment.hours_per_contact") + self.hours_shift)
        contacts = float(round(hours * (self.reach * self.year_effect[self.model.year]))) if self.open else 0.0
        wanted = []
        for role, share in enumerate(self.reference["contact_roles"]):
            luck = self.model.draw(Decision.CONTACT_ROLE, self.index * len(self.reference["contact_roles"]) + role)
            wanted.append(math.floor(contacts * share + luck))
        return wanted

    def find_strangers(self):
        """Firms to contact, role by role in the order of proposals; the state is read, not changed."""
        unlimited = self.model.word("scarcity.hours") == "off"
        found = []
        for role, wanted in enumerate(self.contacts_wanted()):
            if unlimited:
                tries, wanted = (int(self.reference["proposals"][role]) if self.open else 0), None
            else:
                wasted = 1.0 / self.model.people.valid_share
                tries = min(math.ceil(PROPOSALS_PER_CONTACT[-1] * wasted * wanted) + 4, PROPOSALS - 1)
            found += self.strangers_on(self.index * len(self.reference["contact_roles"]) + role, tries, wanted)
        return found

    def strangers_on(self, which, tries, wanted):
        """Firms of one list, different ones, up to the number wanted (None: all that are proposed)."""
        model, found = self.model, {}
        addresses = range(which * PROPOSALS, which * PROPOSALS + tries)
        luck = [model.draws(decision, addresses) for decision in (Decision.CONTACT_CELL, Decision.CONTACT_FIRM)]
        for cell_luck, firm_luck in zip(*luck, strict=True):
            if len(found) == wanted:
                break
            firm = model.people.propose(model.people.proposals, which, cell_luck, firm_luck)
            if firm is not None and firm not in found and self.is_stranger(firm):
                found[firm] = None
        return list(found)

    def is_stranger(self, firm):
        """Whether there is neither a live relation nor an open idea with it."""
        relation = firm.relations.get(self)
        return relation is None or (relation.trust == 0.0 and relation.ideas == 0)

    def contact(self, firms):
        """Asks firms; returns those that said yes and those that were not ready."""
        self.model.foresee((Decision.CONTACT_REFERRED, Decision.CONTACT_ANSWER), [firm.pair(self) for firm in firms])
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
