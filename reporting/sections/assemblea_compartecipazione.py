"""Compartecipazione delle famiglie, for the Assembly: what is due, charged and paid, from protected tables."""

from osservatorio.italian import euro, percent
from reporting.assembly.context import AssemblyContext
from reporting.model import Heading, Paragraph, Section, is_known, present
from reporting.protected import known
from reporting.protected.context import Shown
from reporting.sections.assemblea_simulazione import simulazione
from reporting.text import count, sentences, upper_first, with_article

TITLE = "Compartecipazione delle famiglie"
MONEY = (known.DUE, known.CHARGED, known.PAID)
COLLECTED = "compartecipazione_riscossa"


def compartecipazione(context: AssemblyContext) -> Section:
    """The section on what families pay, of a year (regolamento, artt. 14, 24, 36 e 47)."""
    people = (known.OBLIGED, known.PAYERS)
    figures = [*(Shown(key) for key in (*people, *MONEY)), Shown(known.COLLECTION_RATE, before=True)]
    by_town = context.protected_table(
        "compartecipazione_comune",
        known.TOWN,
        "compartecipazione_comune",
        figures,
        title="Compartecipazione per Comune",
        sheet="Compartecip. per Comune",
        indicators=(COLLECTED,),
    )
    by_benefit = context.protected_table(
        "compartecipazione_prestazione",
        known.BENEFIT,
        "compartecipazione_prestazione",
        figures,
        title="Compartecipazione per prestazione",
        sheet="Compartecip., prestazioni",
        indicators=(COLLECTED,),
    )
    by_band = context.protected_table(
        "compartecipazione_isee",
        known.ISEE,
        "compartecipazione_isee",
        [Shown(key) for key in (*people, *MONEY)],
        title="Compartecipazione per fascia ISEE",
        sheet="Compartecip. per ISEE",
        note="Una persona che nell'anno ha cambiato fascia conta in ciascuna.",
    )
    lead = sharing_sentence(context)
    simulated = simulazione(context)
    blocks = present(
        Paragraph(lead),
        by_benefit,
        by_town,
        by_band,
        *((Heading("Le soglie ISEE dell'anno prossimo"), *simulated) if simulated else ()),
    )
    return Section("compartecipazione", TITLE, blocks, lead)


def sharing_sentence(context: AssemblyContext) -> str:
    """Who must pay, what was asked and what was paid; nothing of what is withheld."""
    persons, charged, paid = (context.value(key) for key in (known.OBLIGED, known.CHARGED, known.PAID))
    if persons is None:
        return f"{upper_first(context.in_label)} non risultano quote di compartecipazione."
    if not (is_known(persons) and is_known(charged) and is_known(paid)):
        return "La compartecipazione riguarda poche persone: i totali sono oscurati."
    told = f"Compartecipazione: {count(persons, 'persona obbligata', 'persone obbligate')}"
    rate = context.pair(known.COLLECTION_RATE)
    if not rate:
        return f"{told}, {euro(charged)} chiesti e {euro(paid)} versati."
    before = (
        f" ({with_article('nel', context.compared_label)}: {percent(rate[1])})" if rate[1] is not None else ""
    )
    return sentences(
        f"{told}, {euro(charged)} chiesti e {euro(paid)} versati, pari {with_article('al', percent(rate[0]))}{before}."
    )
