"""Tables of the state that grow: firms in contact, relations, ties, episodes, projects and posts."""

from __future__ import annotations

from klyngesim.ecosystem.tables import Row, Table, flag, real, whole

NEVER = -1
"""A quarter, year or row that is not."""

PILOT, EXTERNAL = 0, 1
"""Kinds of collaboration project: paid by the grant, or won outside."""


class Acquaintance(Row):
    """Who has met a firm of the register.

    What a search for strangers asks about every firm proposed, so that it reads memory at one place.
    """

    contact = whole(32)  # row in `Contacts` plus 1; 0 = nobody has met it
    asked = whole(16)  # by whom, and when, it was last found as a stranger, see `recruitment.asked_rule`
    met = whole(16)  # organisations that it has a relation with, one bit each


class Acquaintances(Acquaintance, Table[Acquaintance]):
    """All firms of the register, in the order of its rows."""


class Contact(Row):
    """A firm that some organisation has been in touch with: the part of a firm's state that can change.

    Takes one line of the processor's cache, 64 bytes: loops over so many firms wait for memory.
    """

    ident = whole()  # permanent id
    hours = real()  # engagement hours used in `year`
    excess = real()  # readiness above the firm's own mean
    mean = real()  # that mean
    death = whole(16)  # first quarter closed
    size = whole(16)  # class
    joined = whole(16)  # memberships held
    year = whole(16)  # calendar year to which `hours` belongs
    exporter = flag()
    regional = flag()
    years = whole(16)  # calendar years with participation
    row = whole(32)  # in the register
    newest = whole(32)  # row in `Relations` plus 1 of its latest relation; 0 = none
    last_year = whole(16)  # latest calendar year with participation
    startup_until = whole(16)  # first quarter in which it is no start-up
    startup_year = whole(16)  # latest calendar year in which it took part as a start-up
    invitations = whole(16)  # of the quarter, until it takes part


class Contacts(Contact, Table[Contact]):
    """All firms that some organisation has been in touch with."""


class Newcomer(Row):
    """A firm that an organisation comes across for the first time."""

    ident = whole()  # permanent id
    mean = real()  # readiness of its own
    row = whole(32)  # in the register
    organisation = whole(16)  # that found it
    size = whole(16)  # class
    exporter = flag()
    regional = flag()


class Newcomers(Newcomer, Table[Newcomer]):
    """Firms found, each pair of firm and organisation once."""


class Relation(Row):
    """A relation between a firm and an organisation.

    Short as it is (48 bytes): there are still more relations than firms in contact.
    """

    pair = whole()  # address of its draws
    trust = real()  # 0-1
    contact = whole(32)  # row in `Contacts`
    organisation = whole(16)
    role = whole(8)  # main, supporting, outside, abroad
    member = flag()
    since = whole(16)  # quarter of joining
    open_ideas = whole(16)  # episodes
    times = whole(16)  # takings part
    first = whole(16)  # quarter
    last = whole(16)  # quarter active
    years = whole(16)  # calendar years active
    last_year = whole(16)  # latest of them
    previous_year = whole(16)  # the one before
    staff = whole(32)  # slot of the person who knows the firm
    older = whole(32)  # row plus 1 of the firm's relation made before this one; 0 = none


class Relations(Relation, Table[Relation]):
    """All relations."""


class Tie(Row):
    """A tie between a firm and a unit of a knowledge institution."""

    key = whole()  # ident * units + unit
    ident = whole()
    strength = real()  # 0-1
    unit = whole(32)
    death = whole(16)  # first quarter in which the firm is closed
    origin = whole(16)  # organisation, or -1 for background
    last = whole(16)  # quarter used


class Ties(Tie, Table[Tie]):
    """All ties, in the order of their keys."""


class Episode(Row):
    """An innovation idea of a firm inside a relation, on its way through the funnel."""

    number = whole()  # address of its draws
    ident = whole()
    relation = whole(32)
    contact = whole(32)
    project = whole(32)  # row, -1 none
    unit = whole(32)  # of an institution, worked with; -1 none
    organisation = whole(16)
    size = whole(16)  # class of the firm
    stage = whole(16)  # code of `vocabulary.STAGES`
    since = whole(16)  # quarter of entering the stage
    grounded = flag()  # a pilot stands behind it
    hidden = flag()  # not registered with the programme


class Episodes(Episode, Table[Episode]):
    """All ideas on their way."""


class Project(Row):
    """A collaboration project (samarbejdsprojekt), or an application for one that waits for a decision."""

    number = whole()  # address of its draws: organisation, slot, quarter
    rate = real()  # money per quarter, mkr, net to the organisation
    organisation = whole(16)
    kind = whole(16)  # pilot or external
    start = whole(16)
    end = whole(16)  # first quarter after it; 0 = applied for, -1 = rejected
    source = whole(16)  # 0 Danish public, 1 EU
    firms = whole(16)  # in it now
    hidden = flag()
    running = flag()


class Projects(Project, Table[Project]):
    """All projects and applications.

    Attributes:
        settled: rows before this one neither run nor await a decision any more.
    """

    settled: int = 0


class Post(Row):
    """A post of an organisation, refilled when somebody leaves."""

    organisation = whole()
    number = whole()  # running number inside its organisation
    filled = flag()  # whether somebody holds it
    since = whole()  # quarter in which the holder came
    vacant_until = whole()  # first quarter in which the empty post can be filled
    holder = whole()  # how many people have held it, counted from 1; names the person


class Posts(Post, Table[Post]):
    """All posts, by organisation."""
