"""One quarter of the cluster ecosystem, top to bottom.

Everybody reads the state as the step begins; what a step writes is seen by the next one.
"""

from __future__ import annotations

from klyngesim.ecosystem.identities import prove
from klyngesim.ecosystem.processes.applications import apply, choose
from klyngesim.ecosystem.processes.belief_and_staff import believe_and_staff
from klyngesim.ecosystem.processes.cofinancing import cofinance
from klyngesim.ecosystem.processes.decay_and_demography import decay_and_demography
from klyngesim.ecosystem.processes.dissemination import disseminate
from klyngesim.ecosystem.processes.evaluation import begin_periods, evaluate_and_renew
from klyngesim.ecosystem.processes.matchmaking import match
from klyngesim.ecosystem.processes.membership import memberships
from klyngesim.ecosystem.processes.money_in import receive
from klyngesim.ecosystem.processes.partnerships import keep_up
from klyngesim.ecosystem.processes.planning import plan
from klyngesim.ecosystem.processes.policy import take_effect
from klyngesim.ecosystem.processes.projects import run_projects
from klyngesim.ecosystem.processes.record import record
from klyngesim.ecosystem.processes.record_year import add_to_year
from klyngesim.ecosystem.processes.recruitment import recruit
from klyngesim.ecosystem.processes.solvency import solvency
from klyngesim.ecosystem.state import World
from klyngesim.streams import Floats


def run_quarter(world: World, out: Floats) -> None:
    """Runs the fourteen steps of the timetable.

    Args:
        world: state; changed in place.
        out: this quarter's row of the indicators, shape (O + 1, K); filled.

    Raises:
        BookkeepingError: when kroner, episodes or members do not add up.
    """
    world.flows.clear()
    world.programme.start()
    world.ledger.start(world.period)

    take_effect(world)  #           1 policy: levers, announcements, initiatives
    begin_periods(world)  #           (grant periods that have ended are renewed)
    receive(world)  #               2 money in: awards, instalments, hold-back, prices
    believe_and_staff(world)  #     3 belief and staff
    plan(world)  #                  4 planning: spending, activities, seats, hours
    recruit(world)  #               5 recruitment (rekruttering)
    disseminate(world)  #           6 dissemination (videnspredning), internationalisation
    match(world)  #                 7 matchmaking
    choose(world)  #                  (ideas with a partner choose their next step)
    apply(world)  #                 8 R&D applications (FoU-ansøgninger)
    run_projects(world)  #          9 collaboration projects (samarbejdsprojekter)
    memberships(world)  #          10 membership (medlemskab)
    cofinance(world)  #            11 private co-financing (privat medfinansiering)
    evaluate_and_renew(world)  #   12 evaluation, renewal, failure
    decay_and_demography(world)  # 13 decay and demography
    keep_up(world)  #                 (relations with institutions follow)

    world.tally.close(world.period, world.episodes.rows)
    world.ledger.close()
    prove(world)
    solvency(world)
    add_to_year(world)
    record(world, out)  #          14 record
    world.period += 1
