"""Proposte migliorative: those of the year's evaluation, and what became of those of the year before."""

from collections import Counter
from collections.abc import Iterator

from osservatorio.italian import date_it, join_words
from reporting.context import Context
from reporting.model import Block, Format, Heading, Narrative, Paragraph, Row, Section, Table, text_column
from reporting.text import MISSING_TEXT, count, lower_first
from reporting.words.proposals import Proposal, roles, states

KEY = "proposte"
OUTCOMES_KEY = "esiti_proposte"
TITLE = "Proposte migliorative"
ORIGIN = "Proposte registrate dall'Ufficio di Piano."


def proposte(context: Context) -> Section:
    """The proposals of the overall evaluation (Percorso di coprogettazione, «Rendicontazioni», lettera c).

    Where there are none, or where what became of one is not told, the report says that it is to be completed.
    """
    year = context.period.code
    now, before = context.words.proposals, context.words.proposals_before
    blocks: list[Block] = [
        Paragraph(_lead(now)) if now else _missing(year),
        *([_proposals(now)] if now else []),
        *(_since_then(context, before) if before or context.before else ()),
    ]
    return Section("proposte", TITLE, tuple(blocks), _lead(now) if now else "")


def _since_then(context: Context, before: tuple[Proposal, ...]) -> Iterator[Block]:
    """What became of the proposals of the year before; of the first year in the data nobody asks."""
    yield Heading(f"Che cosa ne è stato delle proposte dell'anno {context.period.year_before.code}")
    yield Paragraph(_outcomes(context, before))
    if before:
        yield _followed(before)
    yield from _untold(context, before)


def _lead(proposals: tuple[Proposal, ...]) -> str:
    proposed = count(len(proposals), "proposta migliorativa", "proposte migliorative")
    return f"La valutazione contiene {proposed}, ognuna con chi se ne occupa e con il suo termine."


def _missing(year: str) -> Narrative:
    return Narrative(
        KEY,
        "Proposte dell'anno",
        "Che cosa si propone di migliorare, per quale motivo, chi se ne occupa ed entro quando: si scrive dal cruscotto, "
        f"oppure con «osservatorio report proposals add {year}».",
        is_text=False,
    )


def _proposals(proposals: tuple[Proposal, ...]) -> Table:
    columns = (
        text_column("id", "Codice", 0.8, form=Format.CODE),
        text_column("text", "Proposta", 3.0),
        text_column("reason", "Motivo", 2.2),
        text_column("aspect", "Aspetto critico", 0.9, form=Format.CODE),
        text_column("owner", "A cura di", 1.5),
        text_column("deadline", "Entro il", 0.8, form=Format.DATE),
        text_column("state", "Stato", 0.8),
    )
    rows = tuple(
        Row(
            (p.id,),
            (p.id, p.text, p.reason, p.aspect, roles()[p.owner].label, p.deadline, _state(p)),
        )
        for p in proposals
    )
    return Table(
        "proposte",
        "Proposte migliorative dell'anno",
        "Proposte",
        (),
        columns,
        rows,
        note="L'aspetto critico è il codice di quello a cui la proposta risponde.",
        origin=ORIGIN,
    )


def _followed(proposals: tuple[Proposal, ...]) -> Table:
    columns = (
        text_column("id", "Codice", 0.8, form=Format.CODE),
        text_column("text", "Proposta", 2.8),
        text_column("owner", "A cura di", 1.5),
        text_column("deadline", "Entro il", 0.8, form=Format.DATE),
        text_column("state", "Stato", 0.8),
        text_column("since", "Dal", 0.8, form=Format.DATE),
        text_column("note", "Che cosa ne è stato", 2.4),
    )
    rows = tuple(
        Row(
            (p.id,),
            (
                p.id,
                p.text,
                roles()[p.owner].label,
                p.deadline,
                _state(p),
                p.last.day,
                p.last.note or MISSING_TEXT,
            ),
        )
        for p in proposals
    )
    return Table(
        "proposte_esiti",
        "Proposte dell'anno prima e loro esito",
        "Esito delle proposte",
        (),
        columns,
        rows,
        note="Lo stato è l'ultimo registrato, con il giorno da cui vale.",
        origin=ORIGIN,
    )


def _outcomes(context: Context, proposals: tuple[Proposal, ...]) -> str:
    year = context.period.year_before.code
    if not proposals:
        return f"Per l'anno {year} non risultano proposte registrate."
    found = Counter(p.last.state for p in proposals)
    parts = [
        f"1 è {lower_first(state.label)}"
        if found[code] == 1
        else f"{found[code]} sono {lower_first(state.plural)}"
        for code, state in states().items()
        if found[code]
    ]
    sentence = (
        f"La proposta dell'anno {year} è {lower_first(_state(proposals[0]))}."
        if len(proposals) == 1
        else f"Delle {len(proposals)} proposte dell'anno {year}, {join_words(parts)}."
    )
    late = [p.id for p in proposals if not p.is_ended and p.deadline < context.release.as_of]
    if late:
        sentence += (
            f" Alla data di riferimento dei dati ({date_it(context.release.as_of)}) il termine era passato senza una "
            f"conclusione per {join_words(late)}."
        )
    return sentence


def _untold(context: Context, proposals: tuple[Proposal, ...]) -> list[Narrative]:
    untold = [p.id for p in proposals if not p.last.note]
    if not untold:
        return []
    year = context.period.year_before.code
    prompt = (
        f"Che cosa ne è stato di {join_words(untold)}: si scrive dal cruscotto, oppure con «osservatorio report proposals "
        f"update {year} CODICE»."
    )
    return [Narrative(OUTCOMES_KEY, "Esito delle proposte dell'anno prima", prompt, is_text=False)]


def _state(proposal: Proposal) -> str:
    return states()[proposal.last.state].label
