"""Step 3: what an organisation expects, and who leaves and joins its secretariat."""

import math

from klyngesim.ecosystem.processes.belief_and_staff import exit_rule, hire_rule, wearing_off
from klyngesim.ecosystem.processes.expected_support import Outlook, expected_support
from klyngesim.ecosystem.processes.money_in import split_accounts
from klyngesim.streams import Decision

_POSTS = 1024  # a post is numbered organisation x 1024 + number


class Employer:
    """An organisation as one that has staff."""

    def believe(self):
        """Works out the remaining support that everybody expects."""
        model, period = self.model, self.model.period
        since = period - max(self.mandate_start, model.evaluated_from)
        ends = float(model.budget_ends[self.index]) - period
        view = model.expected.terms(Outlook)
        self.support = [
            expected_support(view, funder, max(0, end - period), since, ends) if funded and self.open else 0.0
            for funder, (end, funded) in enumerate(zip(self.period_end, self.funded, strict=True))
        ]
        ratio = self.mean_support() / self.usual_support
        into = period - self.period_start[0]
        self.support_ratio = wearing_off(ratio, into, model.num("rival.front_loading"))

    def mean_support(self):
        """Expected support over both funders, years."""
        ufs, deb = self.model.funders
        return self.support[0] * ufs.share + self.support[1] * deb.share

    def posts_affordable(self):
        """Posts that its money pays."""
        model = self.model
        if not self.open:
            return 0.0
        if model.word("scarcity.money") == "off":
            return float(round(self.reference["staff_posts"]))
        shares = split_accounts(model.policy)[self.index, :, 0].tolist()
        own = part = 0.0
        for yearly, partners, funder in zip(self.grant_year, shares, model.funders, strict=True):
            own += yearly * (1.0 - partners)
            part += funder.share * (1.0 - partners)
        grant = own * (1.0 if any(self.funded) else 0.0) * self.reference["spent_share"]
        money = model.num("staff.fte_per_grant_mkr") * (grant + part * 4.0 * self.own_use)
        money = money + model.num("staff.fte_per_external_mkr") * self.external_year
        return max(model.num("staff.least_posts"), float(round(money / model.surroundings.price)))

    def change_staff(self):
        """Lets people leave, taking trust along, and fills open posts."""
        model, period = self.model, self.model.period
        chance = exit_rule(model.num("staff.exit_year"), self.support_ratio, model.num("staff.exit_response"))
        target = self.posts_wanted = self.posts_affordable()
        for post in self.posts:
            if post.filled and (self.luck_of(Decision.STAFF_EXIT, post) < chance or not self.open):
                post.filled = False
                post.vacant_until = period + round(model.num("staff.hiring_quarters"))
                self.count("staff_left")
                self.lose_trust(post)
        short = max(0.0, target - sum(post.filled for post in self.posts))
        joins = hire_rule(self.support_ratio, model.num("staff.joining_response"))
        ready = [post for post in self.posts if not post.filled and post.vacant_until <= period]
        for post in ready[: math.ceil(short)]:
            if post.number < target and self.luck_of(Decision.STAFF_JOINS, post) < joins:
                post.filled = True
        self.staff = float(sum(post.filled for post in self.posts))
        vacant = model.num("staff.exit_year") / 4.0 * model.num("staff.hiring_quarters")
        self.contact_staff = self.own("contact_staff.fte") * (1.0 / (1.0 + vacant)) if self.open else 0.0

    def luck_of(self, decision, post):
        """Draw about a post."""
        return self.model.draw(decision, self.index * _POSTS + post.number)

    def lose_trust(self, post):
        """Relations that the leaver looked after lose part of their trust."""
        loss = self.model.num("staff.trust_loss")
        for relation in post.relations:
            if relation.trust > 0.0 and loss != 0.0:
                relation.set_trust(relation.trust * (1.0 - loss))
