"""Step 8: calls decide earlier applications, and new ones are written."""

import math
from collections import defaultdict

import numpy as np

from klyngesim.ecosystem.processes.calls import quality_rule, success_rule
from klyngesim.streams import Decision, lookup
from tests.reference.draws import BIRTHS, SLOTS, smallest
from tests.reference.links import Project
from tests.reference.matchmaking import work_together


def groups(ideas, slots, model, lot, rank):
    """Ideas by the slot that they fall into, with their ranks; slots in the order of organisations."""
    found = defaultdict(list)
    for idea in ideas:
        number = slots[idea.organisation]
        if number > 0:
            slot = math.floor(model.draw(lot, idea.number) * number)
            found[idea.organisation.index * SLOTS + slot].append((idea, model.draw(rank, idea.number)))
    return sorted(found.items())


def consortium(queue, room):
    """Ideas of a slot that have room, in the order of ideas."""
    taken = smallest(queue, [rank for _, rank in queue], room)
    return [idea for place, (idea, _) in enumerate(queue) if place in taken]


class Applicant:
    """An organisation as one that writes applications."""

    def joint_chance(self):
        """Chance that what it writes becomes a joint application: brokers and institutions give hours."""
        model, broker, usual = self.model, 1.0, self.reference
        headroom = model.num("broker.headroom")
        if self.brokering > 0.0:
            more = (model.num("broker.ratio") - 1.0) * (1.0 + headroom) * self.brokering
            each = usual["brokering"] / usual["written_quarter"]
            broker = 1.0 + more / (self.brokering + headroom * each * self.written)
        money = self.passed_on_over_usual() * (1.0 + self.own("depth.shift"))
        time = self.hours_of_institutions(money, self.written / usual["written_quarter"])
        return min(1.0, model.num("application.joint_base") * broker * time)


def write_applications(model, ideas):
    """Organisations write as many applications as they have slots, for the firms that fit."""
    slots = {organisation: organisation.application_slots for organisation in model.organisations}
    found = groups(ideas, slots, model, Decision.APPLICATION_SLOT, Decision.APPLICATION_RANK)
    everybody = sum(len(queue) for _, queue in found)
    chances = {organisation: organisation.joint_chance() for organisation in model.organisations}
    for organisation in model.organisations:
        number = sum(queue[0][0].organisation is organisation for _, queue in found)
        organisation.written = organisation.written + (number - organisation.written) / 4.0
    for address, queue in found:
        organisation = queue[0][0].organisation
        firms = min(max(organisation.own("seats.application_firms"), 1.0), model.num("application.consortium_most"))
        room = math.floor(firms + model.draw(Decision.APPLICATION_ROOM, address))
        if model.word("scarcity.seats") == "off":
            room = everybody
        if model.draw(Decision.JOINT, address) >= chances[organisation]:
            continue
        chosen = consortium(queue, room)
        project = Project(
            organisation,
            external=True,
            start=model.period,
            end=None,
            number=address * BIRTHS + model.period,
            eu=model.draw(Decision.APPLICATION_SOURCE, address) < organisation.reference["eu_share"],
            firms=len(chosen),
        )
        model.projects.append(project)
        organisation.count("applications")
        registered = organisation.flows["applications_registered"] < organisation.activities[2]
        organisation.count("applications_registered" if registered else "applications_hidden")
        for idea in chosen:
            idea.go("application")
            idea.project = project


def decide(model):
    """Calls decide what was handed in some quarters ago."""
    wait = round(model.num("application.decision_quarters"))
    due = [
        project
        for project in model.projects
        if project.external and project.end is None and not project.rejected and project.start + wait <= model.period
    ]
    success = chances(model, [project for project in due if project.firms > 0])
    members = {project: [] for project in due}
    for idea in model.ideas:
        if idea.stage == "application" and idea.project in members:
            members[idea.project].append(idea)
    # All calls decide by the ties that there are before any of them has decided.
    won = {project: wins(model, project, members[project], success[project.eu]) for project in due}
    for project in due:
        if won[project]:
            start_external(model, project)
        else:
            project.rejected = True
    decided = [idea for idea in model.ideas if idea.stage == "application" and idea.project in members]
    lucky = [idea for idea in decided if won[idea.project]]
    for idea in lucky:
        idea.go("external_project")
    work_together(lucky)
    for idea in decided:
        if not won[idea.project]:
            reject(model, idea)


def chances(model, live):
    """Success of national and EU calls, by whether the EU pays."""
    found = {}
    for eu, name in ((False, "national"), (True, "eu")):
        if model.word("calls.success_rule") == "fixed" or model.word("scarcity.pots") == "off":
            found[eu] = model.num(f"calls.fixed_success_{name}")
            continue
        applied = 0.0
        for project in live:
            if project.eu == eu:
                applied += model.num(f"external.award_{name}_mkr")
        pot, others = model.num(f"calls.pot_{name}_mkr_year") / 4.0, model.num(f"calls.others_{name}_mkr_year") / 4.0
        found[eu] = success_rule(pot, others + applied, model.num("calls.success_cap"))
    return found


def wins(model, project, ideas, success):
    """Whether an application is granted."""
    grounded = held = 0.0
    for idea in ideas:
        grounded += float(idea.grounded)
        tie = idea.firm.ties.get(idea.unit)
        held += 0.0 if tie is None else tie.strength
    number = float(max(1, len(ideas)))
    quality = quality_rule(
        grounded / number,
        held / number,
        model.num("application.grounding"),
        model.num("application.tie_weight"),
        model.num("application.usual_quality"),
    )
    start = 1.0 + model.num("project.start_response") * (project.organisation.support_ratio - 1.0)
    chance = success * float(quality) * max(0.0, start)
    luck = model.draw(Decision.APPLICATION_WON, project.number, period=0)
    return luck < min(1.0, chance) and project.firms > 0


def start_external(model, project):
    """A granted application becomes a project with a length and money."""
    organisation = project.organisation
    level = 1.0 + model.num("external.indexation") * (model.surroundings.price - 1.0)
    low, high = model.num("external.length_low_quarters"), model.num("external.length_high_quarters")
    length = low + math.floor((high - low + 1.0) * model.draw(Decision.PROJECT_LENGTH, project.number, period=0))
    size = lookup(model.award_sizes, np.array([model.draw(Decision.AWARD_SIZE, project.number, period=0)]))
    project.rate = organisation.reference["award_mkr"] * level * float(size[0]) / length
    project.start, project.end, project.running = model.period, model.period + int(length), True
    organisation.count("won")
    organisation.count("projects_external")


def reject(model, idea):
    """A rejected firm tries again or gives up."""
    if model.draw(Decision.TRY_AGAIN, idea.number) < model.num("application.try_again"):
        idea.go("matchmaking", "rejected")
        idea.leave_project()
    else:
        idea.leave("rejected")
