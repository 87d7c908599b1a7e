"""Step 14: what a quarter leaves in the table of indicators, written out indicator by indicator."""

import math

from klyngesim.population.institutions import INSTITUTION_TYPES
from tests.reference.purse import OERE_PER_MKR

NAN = math.nan
YEAR = {
    "pairs": "fresh_pairs",
    "pairs_all": "fresh_pairs_all",
    "startup_pairs": "startup_pairs",
    "own_micro": "own_stronghold_micro",
    "own_larger": "own_stronghold_larger",
    "returned": "returned_pairs",
}


def over(part, whole):
    """The part over the whole, missing where there is no whole."""
    return part / whole if whole > 0.0 else NAN


def add(values):
    """Sum, one after the other."""
    whole = 0.0
    for value in values:
        whole += value
    return whole


class Recorder:
    """Writes the indicators of a quarter: a list of O + 1 values for each."""

    def __init__(self, model):
        self.model = model
        self.out = {}

    def record(self):
        """All indicators by name; the last entry of each is the programme."""
        self.activity()
        self.shares()
        self.add_to_year()
        if self.model.period % 4 == 3:
            self.year()
        self.relations()
        self.ties()
        self.depth()
        self.grant()
        self.private()
        self.organisations()
        return self.out

    def summed(self, name, value):
        """An indicator whose programme value is the sum over organisations."""
        values = [float(value(organisation)) for organisation in self.model.organisations]
        self.out[name] = [*values, add(values)]

    def flow(self, name, flow):
        """An indicator that is a flow of the quarter."""
        self.summed(name, lambda organisation: organisation.flows[flow])

    def share(self, name, part, whole):
        """An indicator that is a ratio; for the programme, of the sums."""
        parts = [float(part(organisation)) for organisation in self.model.organisations]
        wholes = [float(whole(organisation)) for organisation in self.model.organisations]
        pairs = zip([*parts, add(parts)], [*wholes, add(wholes)], strict=True)
        self.out[name] = [over(one, all_) for one, all_ in pairs]

    def activity(self):
        """Activities, participations, contacts."""
        for name, flow in (
            ("activities_dissemination", "activities_dissemination"),
            ("activities_internationalisation", "activities_internationalisation"),
            ("activities_application", "applications_registered"),
            ("activities_project", "projects_pilot"),
            ("participations_firms", "participations"),
            ("participations_firms_all", "participations_all"),
            ("activities_own", "activities_own"),
            ("activities_external", "activities_external"),
            ("participations_institutions", "participations_institutions"),
            ("contacts", "contacts"),
            ("seats_offered", "seats_offered"),
            ("willing_firms", "willing"),
        ):
            self.flow(name, flow)
        kinds = ("activities_dissemination", "activities_internationalisation", "applications_registered")
        self.summed("activities", lambda o: add(o.flows[name] for name in (*kinds, "projects_pilot")))
        paid_otherwise = ("activities_own", "activities_external")
        registered = dict(zip(self.model.organisations, self.out["activities"][:-1], strict=True))
        self.summed("activities_all", lambda o: add([registered[o], *(o.flows[name] for name in paid_otherwise)]))
        nobody = [NAN] * len(self.model.organisations)
        activities, firms = self.model.surroundings.own_activities()
        self.out["activities_initiatives"] = [*nobody, activities]
        self.out["participations_initiatives"] = [*nobody, firms]
        first = [organisation.flows["first_pairs"] for organisation in self.model.organisations]
        self.out["new_participants"] = [*first, float(self.model.firm_flows["first"])]

    def shares(self):
        """Seats filled, and who the participants are."""
        self.share("fill_rate", lambda o: o.flows["participations_all"], lambda o: o.flows["seats_offered"])

        def danish(o):
            return add(o.flows[f"present_{name}"] for name in ("micro", "small", "medium", "large"))

        self.share("small_firm_share", lambda o: o.flows["present_micro"] + o.flows["present_small"], danish)
        self.share("medium_firm_share", lambda o: o.flows["present_medium"], danish)
        self.share("large_firm_share", lambda o: o.flows["present_large"], danish)
        foreign, everybody = "participations_foreign", "participations"
        self.share("foreign_firm_share", lambda o: o.flows[foreign], lambda o: o.flows[everybody])
        self.share(
            "outside_stronghold_share",
            lambda o: o.flows["present_outside"],
            lambda o: o.flows["present_outside"] + o.flows["present_inside"],
        )
        for kind in ("university", "gts", "university_college"):
            self.share(
                f"{kind}_presence_share",
                lambda o, kind=kind: o.flows[f"present_{kind}"],
                lambda o: o.flows["activities_dissemination"] + o.flows["activities_internationalisation"],
            )

    def relations(self):
        """Members, trust, readiness, and who has been seen since 2021."""
        model = self.model
        members = [float(sum(r.member for r in o.relations)) for o in model.organisations]
        self.out["members"] = [*members, float(sum(firm.joined > 0 for firm in model.firms))]
        if self.model.period % 4 == 3 and self.model.period > 10:
            self.members_of_years()
        self.flow("members_joined", "members_joined")
        self.flow("members_left", "members_left")

        def live(o):
            return [relation for relation in o.relations if relation.trust > 0.0]

        def trust(o):
            return add(relation.trust for relation in live(o))

        self.summed("social_capital", trust)
        self.share("trust_mean", trust, lambda o: len(live(o)))
        self.share("readiness_mean", lambda o: add(r.firm.readiness for r in live(o)), lambda o: len(live(o)))
        seen = [*((o.seen, o.seen_once) for o in model.organisations)]
        firms = [firm.years for firm in model.firms if firm.years > 0]
        seen.append((len(firms), sum(years == 1 for years in firms)))
        self.out["one_year_only_share"] = [over(once, all_) for all_, once in seen]
        ever = [sum(o in each.hosts for each in model.institutions) for o in model.organisations]
        ever.append(sum(bool(each.hosts) for each in model.institutions))
        self.out["participants_unique_cumulative"] = [
            float(all_ + come) for (all_, _), come in zip(seen, ever, strict=True)
        ]

    def members_of_years(self):
        """Members at any time of the last twelve quarters."""
        model = self.model

        def counted(relation):
            return relation.member or (relation.left is not None and relation.left > model.period - 12)

        found = [[relation.firm for relation in o.relations if counted(relation)] for o in model.organisations]
        everybody = {id(firm) for firms in found for firm in firms}
        self.out["members_three_years"] = [*(float(len(firms)) for firms in found), float(len(everybody))]

    def ties(self):
        """Ties by origin."""
        ties = [tie for firm in self.model.firms for tie in firm.ties.values()]
        self.summed("ties_cluster", lambda o: sum(tie.organisation is o for tie in ties))
        nobody = [NAN] * len(self.model.organisations)
        self.out["ties_background"] = [*nobody, float(sum(tie.organisation is None for tie in ties))]
        self.out["ties_firm_institution"] = [*self.out["ties_cluster"][:-1], float(len(ties))]

    def depth(self):
        """Applications, projects, innovations."""
        for name, flow in (
            ("applications_submitted", "applications"),
            ("applications_won", "won"),
            ("applications_hidden", "applications_hidden"),
            ("projects_pilot_started", "projects_pilot"),
            ("projects_external_started", "projects_external"),
            ("projects_completed", "completed"),
            ("projects_withdrawn", "withdrawn"),
            ("innovations_projects", "innovations_projects"),
        ):
            self.flow(name, flow)
        running = [project.organisation for project in self.model.projects if project.running]
        self.summed("projects_running", lambda o: sum(each is o for each in running))
        self.summed("innovations", lambda o: o.flows["innovations_projects"] + o.flows["innovations_participation"])

    def mkr(self, name, *lines):
        """An indicator that adds up lines of the grant."""
        self.summed(name, lambda o: add(o.purse.grant(line) / OERE_PER_MKR for line in lines))

    def grant(self):
        """The grant, mkr."""
        self.mkr("grant_spent_mkr", "spent", "passed_on")
        self.mkr("grant_balance_mkr", "closing")
        self.mkr("grant_awarded_mkr", "awarded")
        self.mkr("grant_passed_on_mkr", "passed_on")
        self.mkr("grant_returned_mkr", "returned")
        self.summed("grant_vacant_mkr", lambda o: 0.0 if o.open else add(yearly / 4.0 for yearly in o.grant_year))
        self.summed("withheld_mkr", lambda o: sum(line.pot for line in o.purse.every()) / OERE_PER_MKR)

    def private(self):
        """Private, public and own money, mkr."""
        for name, account in (
            ("fees_mkr", "own_fees"),
            ("sponsorship_mkr", "own_sponsorship"),
            ("external_public_mkr", "external_public"),
            ("external_eu_mkr", "external_eu"),
            ("external_other_mkr", "external_other"),
        ):
            self.summed(name, lambda o, account=account: o.purse.booked[account] / OERE_PER_MKR)
        self.summed("cash_mkr", lambda o: o.purse.own / OERE_PER_MKR)
        self.summed("equity_mkr", lambda o: o.equity if o.open else 0.0)
        self.summed("external_private_mkr", lambda o: o.private)
        self.summed("inkind_mkr", lambda o: o.inkind)
        self.summed("external_legacy_mkr", lambda o: o.legacy)
        self.summed("external_transfer_mkr", lambda o: o.transfer)
        self.summed("external_additional_mkr", lambda o: o.additional)
        spent = dict(zip(self.model.organisations, self.out["grant_spent_mkr"][:-1], strict=True))
        self.share("private_cofinancing_ratio_cash", lambda o: o.private, lambda o: spent[o])
        self.share("private_cofinancing_ratio_ufs", lambda o: o.private + o.inkind, lambda o: o.ufs_used())

    def organisations(self):
        """Staff, and the state of the organisations and their surroundings."""
        model = self.model
        year = model.num("staff.hours_year")
        self.summed("staff_fte", lambda o: o.staff + o.contact_staff)
        self.flow("staff_left_fte", "staff_left")
        self.flow("organisations_failed", "failed")
        self.flow("organisations_evaluated", "evaluated")
        self.flow("organisations_withdrawn", "grant_lost")
        self.summed("organisations_active", lambda o: o.open)

        def bound(o):
            productive = add(o.hours) + o.contact_staff * year / 4.0
            return max(0.0, (o.staff + o.contact_staff) * year / 4.0 - productive)

        self.share("admin_share", bound, lambda o: (o.staff + o.contact_staff) * year / 4.0)
        years = [organisation.mean_support() for organisation in model.organisations]
        still = sum(organisation.open for organisation in model.organisations)
        self.out["expected_support_years"] = [*years, add(years) / max(1.0, float(still))]
        self.out["competing_actors"] = [*([NAN] * len(years)), float(model.surroundings.actors)]

    def add_to_year(self):
        """Adds the quarter to the year."""
        for organisation in self.model.organisations:
            for name, flow in YEAR.items():
                organisation.year[name] += organisation.flows[flow]
            for code, kind in enumerate(INSTITUTION_TYPES):
                organisation.year_presence[code] += organisation.flows[f"present_{kind}"]

    def year(self):
        """Counts of the year."""
        model = self.model
        organisations, counts = model.organisations, model.firm_counts_of_year()
        came = self.institutions_of_the_year()
        pairs = [organisation.year["pairs"] for organisation in organisations]
        self.out["participants_unique_year"] = [
            firms + number for firms, number in zip([*pairs, counts["firms"]], came, strict=True)
        ]
        both = [firms + number for firms, number in zip(pairs, came[:-1], strict=True)]
        self.out["participants_pairs_year"] = [*both, add(both)]
        everybody = [organisation.year["pairs_all"] for organisation in organisations]
        self.out["participating_firms_year"] = [*pairs, counts["firms"]]
        self.out["participating_firms_all_year"] = [*everybody, counts["everybody"]]
        startups = [organisation.year["startup_pairs"] for organisation in organisations]
        self.out["startups_participating_year"] = [*startups, counts["startups"]]
        micro = model.num("register.match_micro")
        self.summed(
            "registered_own_stronghold_year",
            lambda o: (o.year["own_larger"] + micro * o.year["own_micro"]) * o.own("register.match_rate"),
        )
        if model.period > 3:
            self.share("return_rate", lambda o: o.year["returned"], lambda o: o.last_year_pairs)
        for organisation, number in zip(organisations, pairs, strict=True):
            organisation.last_year_pairs = number
            organisation.year.clear()

    def institutions_of_the_year(self):
        """Institutions that took part this year with each organisation, and in all."""
        model = self.model
        guests = {o: {each for each in model.institutions if each.came(o)} for o in model.organisations}
        for organisation in model.organisations:
            organisation.year_presence = [0.0] * len(INSTITUTION_TYPES)
        everybody = set().union(*guests.values())
        return [float(len(each)) for each in (*guests.values(), everybody)]
