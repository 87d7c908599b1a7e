"""What ``klyngesim twin`` says, in English and Danish: every text, values in words, and why two lives part."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from klyngesim.cli.console import Language

if TYPE_CHECKING:
    from klyngesim.experiments.twin import Difference
    from klyngesim.experiments.twin_causes import Parting, Twin

SHOWN = 8
"""Most differences that a sentence lists."""
VISIBLE, LEVEL = "≠", "≈"
"""Marks of the quarters in which the lives part, and in which a first number differs."""
VERDICTS = (("needed", "idle"), ("decides", "enough"))
"""Words by whether the lives part with a parameter alone, and without it."""

WORDS = {
    # What happens.
    "founded": ("opens with the next quarter", "åbner med næste kvartal"),
    "closed": ("closes", "lukker"),
    "shut": ("{of} closed", "{of} lukkede"),
    "reopened": ("a new organisation follows {of}", "en ny organisation følger efter {of}"),
    "contacted": ("first contact with {of}", "første kontakt med {of}"),
    "staff_came": ("{who} takes over", "{who} tager over"),
    "staff_left": ("{who} left", "{who} fratrådte"),
    "trust_taken": (", trust {x} to {y}", ", tillid {x} til {y}"),
    "took_part": ("took part at {of}", "deltog hos {of}"),
    "joined": ("became a member of {of}", "meldte sig ind i {of}"),
    "resigned": ("gave up membership of {of}", "meldte sig ud af {of}"),
    "dormant": ("relation with {of} has lapsed", "relationen til {of} er ophørt"),
    "idea_new": ("new idea at {of}", "ny idé hos {of}"),
    "idea_moved": ("idea at {of} moved to {x}", "idé hos {of} gik til {x}"),
    "idea_ended": ("idea at {of} ended after {x}", "idé hos {of} sluttede efter {x}"),
    "with": (" with {who}", " med {who}"),
    "tie_made": ("tie with {who} made", "relation til {who} skabt"),
    "tie_used": ("tie with {who} used", "relation til {who} brugt"),
    "tie_lost": ("tie with {who} lost", "relation til {who} ophørt"),
    # Aspects of a firm.
    "alive": ("in business", "i drift"),
    "contact": ("first contact", "første kontakt"),
    "open": ("open", "åben"),
    "member": ("member", "medlem"),
    "known": ("live relation", "aktiv relation"),
    "times": ("times taken part", "deltagelser"),
    "staff": ("staff", "medarbejdere"),
    "person": ("looked after by", "kontaktperson"),
    "trust": ("trust", "tillid"),
    "idea": ("idea", "idé"),
    "partner": ("idea pursued with", "idé sammen med"),
    "tie": ("tie last used", "relation sidst brugt"),
    "strength": ("strength of tie", "relationens styrke"),
    "readiness": ("readiness", "innovationsmodenhed"),
    "hours": ("engagement hours this year", "timer brugt i året"),
    # Measures around it.
    "environment": ("environment", "omgivelser"),
    "grant_mkr": ("grant left, mio. kr.", "rest af tilsagn, mio. kr."),
    "cash_mkr": ("own cash, mio. kr.", "likvider, mio. kr."),
    "liquidity": ("share of plans that cash allows", "andel af planer, der er råd til"),
    "support_ufs": ("expected years of support, UFS", "forventede støtteår, UFS"),
    "support_deb": ("expected years of support, DEB", "forventede støtteår, DEB"),
    "posts": ("posts", "stillinger"),
    "activities": ("activities", "aktiviteter"),
    "projects": ("new projects", "nye samarbejdsprojekter"),
    "applications": ("applications it can write", "ansøgninger, der er tid til"),
    "seats": ("seats", "pladser"),
    "willing": ("firms that want a seat", "virksomheder, der vil deltage"),
    "contacts": ("strangers contacted", "nye virksomheder kontaktet"),
    "hours_recruit": ("hours for recruiting", "timer til at hverve"),
    "hours_retain": ("hours for known firms", "timer til kendte virksomheder"),
    "hours_broker": ("hours for matchmaking", "timer til matchmaking"),
    "hours_apply": ("hours for applications", "timer til ansøgninger"),
    "hours_project": ("hours for projects", "timer til projekter"),
    "live": ("live relations", "aktive relationer"),
    "institutions": ("types of institution at an activity", "typer af institutioner pr. aktivitet"),
    "private_ratio": ("private money over the usual", "privat medfinansiering mod det sædvanlige"),
    "fee_level": ("fee level", "kontingent i forhold til i dag"),
    "attention": ("attention of firms", "virksomhedernes opmærksomhed"),
    "actors": ("competing actors", "konkurrerende aktører"),
    "price": ("price level", "prisniveau"),
    "partnership": ("relation with the organisations", "relation til klyngeorganisationerne"),
    "engagements": ("engagements this year", "samarbejder i året"),
    # Sentences.
    "yes": ("yes", "ja"),
    "no": ("no", "nej"),
    "firm": ("Firm {id}: {size}, {group}, {staff} employees, founded {born}.",
             "Virksomhed {id}: {size}, {group}, {staff} ansatte, stiftet {born}."),
    "main": ("main industry of {of}", "hovederhverv for {of}"),
    "supporting": ("supporting industry of {of}", "støtteerhverv for {of}"),
    "unattached": ("outside the strongholds", "uden for styrkepositionerne"),
    "foreign": ("abroad", "i udlandet"),
    "knows": ("At the start known by: {who}", "Kendt ved start af: {who}"),
    "nobody": ("nobody", "ingen"),
    "quarter": ("quarter", "kvartal"),
    "same": ("The same life in both.", "Samme forløb i begge."),
    "same_events": ("Only levels differ; what happens is the same to the end.",
                    "Kun niveauer afviger; hændelserne er de samme til det sidste."),
    "parts": ("{mark} {when}: the lives part. A / B: {what}.", "{mark} {when}: forløbene skilles. A / B: {what}."),
    "drifts": ("{mark} {when}: a first number differs: {what}.", "{mark} {when}: det første tal afviger: {what}."),
    "levels": ("Levels that differ, too: {what}.", "Niveauer, der også er forskellige: {what}."),
    "more": ("and {n} more", "og {n} flere"),
    "levers": ("Differs in A / B, in force or announced:", "Forskelligt i A / B, i kraft eller offentliggjort:"),
    "from": ("from {start}", "fra {start}"),
    "announced": (", announced {when}", ", offentliggjort {when}"),
    "until": (", until {when}", ", indtil {when}"),
    "always": ("from the beginning", "fra begyndelsen"),
    "decides": ("decides: alone it parts them by then, without it they have not parted",
                "afgør det: alene skiller det forløbene inden da, uden det er de ikke skilt"),
    "enough": ("enough alone, but they part without it too", "nok alene, men de skilles også uden"),
    "needed": ("needed, but not enough alone", "nødvendigt, men ikke nok alene"),
    "idle": ("no part in it", "uden betydning her"),
    "earlier": ("The firm itself differed a quarter earlier: {what}.",
                "Virksomheden selv afveg et kvartal før: {what}."),
    "channel": ("Around the firm, of what moves this (A / B):",
                "Omkring virksomheden, af det, der flytter dette (A / B):"),
    "upstream": ("Also different there: {what}.", "Også forskelligt der: {what}."),
    "nothing": ("nothing recorded; it comes from other firms", "intet registreret; det kommer fra andre virksomheder"),
}  # fmt: skip
"""Every text in English and Danish."""


def word(key: str, lang: Language, **values: object) -> str:
    """A text in a language, organisations by the name that the report prints; KeyError for one that is not there."""
    named = {of: called(str(value)) if of == "of" else value for of, value in values.items()}
    return WORDS[key][lang is Language.da].format(**named)


def called(id: str) -> str:
    """The name of an organisation as the report's tables have it; anything else stays as it is."""
    from klyngesim.evidence.organisations import organisation, organisation_ids

    return organisation(id).label if id in organisation_ids() else id


def stage(id: str, lang: Language) -> str:
    """Name of a stage of an idea."""
    from klyngesim.results.vocabulary import STAGE, STAGES

    return STAGES[STAGE[id]][1 + (lang is Language.da)]


def sentences(found: "Twin", lang: Language) -> list[str]:
    """The first quarter in which the lives part, what differs and why; or that nothing does."""
    if found.first is None:
        return [word("same", lang)]
    said = []
    if found.visible is None or found.first.period < found.visible.period:
        said += _because(found.first, "drifts", LEVEL, lang)
    if found.visible is None:
        return [*said, word("same_events", lang)]
    said += _because(found.visible, "parts", VISIBLE, lang)
    levels = [each for each in found.first.differences if each not in found.visible.differences]
    if levels and found.first.period == found.visible.period:
        said.append(word("levels", lang, what=_listed(levels, lang)))
    return said


def _because(parting: "Parting", key: str, mark: str, lang: Language) -> list[str]:
    """Sentences on one parting."""
    from klyngesim.report.parameter_words import name
    from klyngesim.scenario.periods import label

    said = [word(key, lang, mark=mark, when=label(parting.period), what=_listed(parting.differences, lang))]
    said.append(word("levers", lang))
    verdicts = {(trial.parameter, trial.cluster): VERDICTS[trial.alone][trial.without] for trial in parting.trials}
    order = [*VERDICTS[1], *VERDICTS[0]]
    for lever in sorted(parting.levers, key=lambda v: order.index(verdicts.get((v.parameter, v.cluster), "idle"))):
        x, y = (_set(lever.parameter, value, lang) for value in (lever.a, lever.b))
        dates = word("from", lang, start=label(lever.start)) if lever.start >= 0 else word("always", lang)
        if lever.announced < lever.start:
            dates += word("announced", lang, when=label(lever.announced))
        if lever.until is not None:
            dates += word("until", lang, when=label(lever.until))
        verdict = verdicts.get((lever.parameter, lever.cluster))
        tail = f": {word(verdict, lang)}" if verdict else ""
        whose = f"{called(lever.cluster)}, " if lever.cluster else ""
        said.append(f"  - {whose}{name(lever.parameter, lang.value)} {x} / {y} ({dates}) [{lever.parameter}]{tail}")
    if parting.before:
        said.append(word("earlier", lang, what=_listed(parting.before, lang)))
    said.append(word("channel", lang))
    places: dict[str, list[str]] = {}
    for entry in parting.channel:
        x, y = (_yes(bool(v), lang) for v in entry[2:4]) if entry.measure == "open" else pair(entry.a, entry.b, lang)
        places.setdefault(entry.place, []).append(f"{word(entry.measure, lang)} {x} / {y}")
    known = {place: WORDS[place][lang is Language.da] if place in WORDS else called(place) for place in places}
    said += [f"  - {known[place]}: {'; '.join(values)}" for place, values in places.items()]
    if not places:
        said.append(f"  - {word('nothing', lang)}")
    others = dict.fromkeys(word(entry.measure, lang) for entry in parting.upstream)
    return said + ([word("upstream", lang, what="; ".join(others))] if others else [])


def _listed(differing: "Sequence[Difference]", lang: Language) -> str:
    """Differences in words, the first of them."""
    said = [f"{trait_name(each, lang)} {' / '.join(trait_pair(each, lang))}" for each in differing[:SHOWN]]
    more = len(differing) - SHOWN
    return "; ".join([*said, word("more", lang, n=more)] if more > 0 else said)


def trait_name(difference: "Difference", lang: Language) -> str:
    """Name of what differs, and in brackets whom it is about."""
    aspect, about, of = difference.trait
    where = ", ".join(part for part in (about if aspect in ("tie", "strength") else "", called(of)) if part)
    return word("person" if aspect == "staff" else aspect, lang) + (f" ({where})" if where else "")


def trait_pair(difference: "Difference", lang: Language) -> tuple[str, str]:
    """What differs, as it is in A and in B."""
    if difference.trait.aspect == "idea":
        one, other = (stage(str(value), lang) if value else "–" for value in difference[1:])
        return one, other
    return pair(difference.a, difference.b, lang)


def pair(a: Any, b: Any, lang: Language) -> tuple[str, str]:
    """Two values with as many decimals as tell them apart."""
    from klyngesim.report.numbers import number, usual_decimals

    if any(isinstance(value, bool) or not isinstance(value, int | float) for value in (a, b)):
        return _plain(a, lang), _plain(b, lang)
    least = 0 if float(a).is_integer() and float(b).is_integer() else max(usual_decimals(a), usual_decimals(b))
    pairs = ((number(a, lang.value, n), number(b, lang.value, n)) for n in range(least, 16))
    return next(((one, other) for one, other in pairs if one != other or a == b), (str(a), str(b)))


def _set(parameter: str, value: Any, lang: Language) -> str:
    """A value of a parameter with its unit, a dash where there is none."""
    from klyngesim.report.parameter_words import valued

    return "–" if value is None else valued(parameter, value, lang.value)


def _plain(value: Any, lang: Language) -> str:
    """A value by itself, numbers with all their decimals."""
    if value is None or isinstance(value, bool):
        return "–" if value is None else _yes(value, lang)
    return value if isinstance(value, str) else f"{value:.10g}".replace(".", "," if lang is Language.da else ".")


def _yes(value: bool, lang: Language) -> str:
    return word("yes" if value else "no", lang)
