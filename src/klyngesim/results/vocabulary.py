"""Words that the results use: stages, reasons, firm classes and accounts, with English and Danish labels.

The order of every tuple is the code that the engine writes; it only ever grows at the end.
"""

from __future__ import annotations

from typing import NamedTuple


class Word(NamedTuple):
    """An id with its English and Danish label."""

    id: str
    en: str
    da: str


STAGES: tuple[Word, ...] = (
    Word("outside", "outside", "udenfor"),
    Word("contacted", "contacted", "kontaktet"),
    Word("dissemination", "dissemination", "videnspredning"),
    Word("internationalisation", "internationalisation", "internationalisering"),
    Word("matchmaking", "matchmaking", "matchmaking"),
    Word("pilot", "grant-funded collaboration project", "samarbejdsprojekt (bevilling)"),
    Word("application", "R&D application", "FoU-ansøgning"),
    Word("external_project", "external collaboration project", "samarbejdsprojekt (ekstern)"),
    Word("innovation", "innovation", "innovation"),
    Word("left", "left", "faldet fra"),
)
"""States of an episode (an innovation idea of a firm). ``outside`` and ``left`` are not occupied by episodes."""

REASONS: tuple[Word, ...] = (
    Word("progress", "went on", "gik videre"),
    Word("not_interested", "not interested", "ikke interesseret"),
    Word("not_ready", "not ready", "ikke klar"),
    Word("no_seat", "no seat", "ingen plads"),
    Word("no_partner", "no partner", "ingen partner"),
    Word("no_capacity", "no capacity", "ingen kapacitet"),
    Word("price", "price", "pris"),
    Word("lost_trust", "lost trust", "mistet tillid"),
    Word("rejected", "rejected", "afslag"),
    Word("withdrew", "withdrew", "trak sig"),
    Word("firm_died", "firm closed", "virksomheden lukket"),
    Word("support_ended", "support ended", "støtten ophørt"),
    Word("other_fora", "other fora", "andre fora"),
    Word("completed", "completed", "afsluttet"),
)
"""Why an episode moved. Every exit carries exactly one reason other than ``progress``."""

OUTCOMES: tuple[Word, ...] = (
    *STAGES[:-1],
    Word("open", "still there", "der endnu"),
    *REASONS[1:],
)
"""What became of an idea at a stage: the stage that it went on or back to, the reason for which it left the funnel, or
``open`` if it was still there as the run ended. Going to a stage has its code; leaving has that of ``left``, which is
that of ``open`` here, plus the code of the reason (nobody leaves for ``progress``)."""

FIRM_CLASSES: tuple[Word, ...] = (
    Word("micro", "micro (below 10 employees)", "mikro (under 10 ansatte)"),
    Word("small", "small (10-49)", "små (10-49)"),
    Word("medium", "medium (50-249)", "mellemstore (50-249)"),
    Word("large", "large (250 or more)", "store (250 og flere)"),
    Word("foreign", "foreign", "udenlandske"),
)

_GRANT = tuple(
    Word(f"{funder}_{account}_{line}", f"{funder.upper()} {en}: {line_en}", f"{funder.upper()} {da}: {line_da}")
    for funder in ("ufs", "deb")
    for account, en, da in (
        ("partners", "passed on to partners", "givet videre til partnere"),
        ("activity", "own activity", "egen aktivitet"),
        ("admin", "administration", "administration"),
    )
    for line, line_en, line_da in (
        ("awarded", "awarded", "tilsagn"),
        ("spent", "spent", "forbrug"),
        ("passed_on", "passed on", "givet videre"),
        ("returned", "returned", "tilbageført"),
        ("closing", "grant left", "rest af tilsagn"),
        ("received", "received", "udbetalt"),
        ("withheld", "withheld (net)", "tilbageholdt (netto)"),
        ("credit", "own money out for the grant", "udlæg for bevillingen"),
    )
)
_OWN = (
    Word("own_opening", "own cash at opening", "likvider, primo"),
    Word("own_fees", "membership fees", "kontingenter"),
    Word("own_sponsorship", "sponsorship", "sponsorater"),
    Word("own_foundations", "private foundations", "private fonde"),
    Word("own_overhead", "overheads on external projects", "overhead på eksterne projekter"),
    Word("own_initiatives", "money of routed initiatives", "midler fra initiativer"),
    Word("own_running", "running costs", "driftsudgifter"),
    Word("own_activity", "own money spent on activities", "egne midler brugt på aktiviteter"),
    Word("own_projects", "own money spent on people in projects", "egne midler brugt på medarbejdere i projekter"),
    Word("own_policy", "costs of policy measures", "udgifter til tiltag"),
    Word("own_shock", "surpluses and losses on projects", "over- og underskud på projekter"),
    Word("own_handover", "cash left to the estate when a new organisation takes over", "likvider til boet"),
    Word("own_paid_in", "equity paid in by the partners of a new organisation", "indskudt egenkapital"),
    Word("own_closing", "own cash at close", "likvider, ultimo"),
    Word("external_public", "external: Danish public", "eksternt: dansk offentligt"),
    Word("external_eu", "external: EU", "eksternt: EU"),
    Word("external_project_cash", "external: firms' project cash", "eksternt: virksomheders projektmidler"),
    Word("external_other", "external: other", "eksternt: andet"),
    Word("external_spent", "external money spent on projects", "eksterne midler brugt på projekter"),
    Word("external_opening", "external money for activities at opening", "eksterne midler til aktiviteter, primo"),
    Word("external_activity", "external money spent on activities", "eksterne midler brugt på aktiviteter"),
    Word("external_closing", "external money for activities at close", "eksterne midler til aktiviteter, ultimo"),
)

ACCOUNTS: tuple[Word, ...] = (*_GRANT, *_OWN)
"""Accounts of the ledger in finance.parquet; identities between them are stated in ``ecosystem.ledger``."""

STAGE: dict[str, int] = {word.id: code for code, word in enumerate(STAGES)}
REASON: dict[str, int] = {word.id: code for code, word in enumerate(REASONS)}
OUTCOME: dict[str, int] = {word.id: code for code, word in enumerate(OUTCOMES)}
ACCOUNT: dict[str, int] = {word.id: code for code, word in enumerate(ACCOUNTS)}
