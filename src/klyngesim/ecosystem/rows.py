"""Tables of the state that grow: firms in contact, relations, ties, episodes, projects and posts."""

from __future__ import annotations

from klyngesim.ecosystem.tables import Row, Table, flag, real, whole

NEVER = -1
"""A quarter, year or row that is not."""

PILOT, EXTERNAL = 0, 1
"""Kinds of collaboration project: paid by the grant, or won outside."""


class ContactColumns:
    """Firms that some organisation has been in touch with: the part of a firm's state that can change.

    Columns: row (in the register), ident (permanent id), death (first quarter closed), size (class), hours
    (engagement hours used in ``year``), year (to which ``hours`` belongs), excess (readiness above the firm's own
    mean), mean (that mean), exporter, regional, joined (memberships held), years (calendar years with
    participation), last_year (of them), startup_until (first quarter in which it is no start-up), startup_year
    (last year in which it took part as a start-up), invitations (of the quarter, until it takes part).

    Together they take one line of the processor's cache, 64 bytes: loops over so many firms wait for memory.
    """

    ident = whole()
    hours = real()
    excess = real()
    mean = real()
    death = whole(16)
    size = whole(16)
    joined = whole(16)
    year = whole(16)
    exporter = flag()
    regional = flag()
    years = whole(16)
    row = whole(32)
    last_year = whole(16)
    startup_until = whole(32)
    startup_year = whole(16)
    invitations = whole(16)


class Contact(ContactColumns, Row):
    """A firm that some organisation has been in touch with."""


class Contacts(ContactColumns, Table[Contact]):
    """All firms that some organisation has been in touch with."""


class NewcomerColumns:
    """Firms that an organisation comes across for the first time.

    Columns: organisation (that found it), row (in the register), ident (permanent id), size (class), exporter,
    regional, mean (readiness of its own).
    """

    organisation = whole()
    row = whole()
    ident = whole()
    size = whole()
    exporter = flag()
    regional = flag()
    mean = real()


class Newcomer(NewcomerColumns, Row):
    """A firm that an organisation comes across for the first time."""


class Newcomers(NewcomerColumns, Table[Newcomer]):
    """Firms found, each pair of firm and organisation once."""


class RelationColumns:
    """Relations between a firm and an organisation.

    Columns: contact (row in `Contacts`), organisation, pair (address of its draws), role (main, supporting, outside,
    abroad), trust 0-1, member, since (quarter of joining), times (takings part), first, last (quarters active),
    years, last_year, previous_year (calendar years active: how many, last, the one before), staff (slot of the
    person who knows the firm), open_ideas (episodes).

    Short as they are: there are still more relations than firms in contact.
    """

    pair = whole()
    trust = real()
    contact = whole(32)
    organisation = whole(16)
    role = whole(16)
    member = flag()
    since = whole(16)
    open_ideas = whole(16)
    times = whole(16)
    first = whole(16)
    last = whole(16)
    years = whole(16)
    last_year = whole(16)
    previous_year = whole(16)
    staff = whole(32)


class Relation(RelationColumns, Row):
    """A relation between a firm and an organisation."""


class Relations(RelationColumns, Table[Relation]):
    """All relations."""


class TieColumns:
    """Ties between a firm and a unit of a knowledge institution, sorted by `key` = ident * units + unit.

    Columns: key, ident, unit, death (first quarter in which the firm is closed), strength 0-1, origin (organisation,
    or -1 for background), last (quarter used).
    """

    key = whole()
    ident = whole()
    strength = real()
    unit = whole(32)
    death = whole(16)
    origin = whole(16)
    last = whole(16)


class Tie(TieColumns, Row):
    """A tie between a firm and a unit of a knowledge institution."""


class Ties(TieColumns, Table[Tie]):
    """All ties, in the order of their keys."""


class EpisodeColumns:
    """Episodes: innovation ideas of firms inside a relation, on their way through the funnel.

    Columns: relation, organisation, contact, ident, size (class of the firm), stage (code of `vocabulary.STAGES`),
    since (quarter of entering the stage), unit (institution unit worked with, -1 none), project (row, -1 none),
    grounded (a pilot stands behind it), number (address of its draws), hidden (not registered with the programme).
    """

    number = whole()
    ident = whole()
    relation = whole(32)
    contact = whole(32)
    project = whole(32)
    unit = whole(32)
    organisation = whole(16)
    size = whole(16)
    stage = whole(16)
    since = whole(16)
    grounded = flag()
    hidden = flag()


class Episode(EpisodeColumns, Row):
    """An idea on its way through the funnel."""


class Episodes(EpisodeColumns, Table[Episode]):
    """All ideas on their way."""


class ProjectColumns:
    """Collaboration projects (samarbejdsprojekter), applications that wait for a decision among them.

    Columns: number (address of its draws: organisation, slot, quarter), organisation, kind (pilot or external),
    start, end (first quarter after it; 0 = applied for, -1 = rejected), rate (money per quarter, mkr, net to the
    organisation), source (0 Danish public, 1 EU), firms (in it now), hidden, running.
    """

    number = whole()
    rate = real()
    organisation = whole(16)
    kind = whole(16)
    start = whole(16)
    end = whole(16)
    source = whole(16)
    firms = whole(16)
    hidden = flag()
    running = flag()


class Project(ProjectColumns, Row):
    """A collaboration project, or an application for one."""


class Projects(ProjectColumns, Table[Project]):
    """All projects and applications.

    Attributes:
        settled: rows before this one neither run nor await a decision any more.
    """

    settled: int = 0


class PostColumns:
    """Named staff of the organisations: one row per post, refilled when somebody leaves.

    Columns: organisation, number (running number of the post inside its organisation), filled (whether somebody holds
    it), since (quarter in which the holder came), vacant_until (first quarter in which the empty post can be filled),
    holder (how many people have held it, counted from 1; names the person).
    """

    organisation = whole()
    number = whole()
    filled = flag()
    since = whole()
    vacant_until = whole()
    holder = whole()


class Post(PostColumns, Row):
    """A post of an organisation."""


class Posts(PostColumns, Table[Post]):
    """All posts, by organisation."""
