"""`osservatorio report proposals`: the proposals for improvement of a year's evaluation, and what became of them."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from osservatorio.commands.common import HomeOption, JsonOption, home_for_reading, print_json, say
from osservatorio.commands.desk import AuthorOption, YearArgument, day_of, desk_of
from osservatorio.commands.help_it import ItalianCommand, new_group
from osservatorio.errors import UserError
from osservatorio.italian import date_it

if TYPE_CHECKING:
    from osservatorio.documents import Desk
    from reporting.words.proposals import Proposal

app = new_group("Le proposte migliorative della valutazione.")


def _option(name: str, metavar: str, help_text: str) -> Any:
    return typer.Option(name, metavar=metavar, help=help_text)


TextOption = Annotated[str | None, _option("--testo", "TESTO", "Che cosa si propone.")]
ReasonOption = Annotated[str | None, _option("--motivo", "TESTO", "Perché si propone.")]
AspectOption = Annotated[
    str | None,
    _option("--aspetto", "CODICE", "Codice dell'aspetto critico a cui risponde, come nella valutazione."),
]
RoleOption = Annotated[
    str | None, _option("--ruolo", "RUOLO", "Chi se ne occupa: «report proposals list» elenca i ruoli.")
]
DeadlineOption = Annotated[str | None, _option("--scadenza", "DATA", "Entro quando, come 2023-06-30.")]
DayOption = Annotated[str | None, _option("--data", "DATA", "Da quando vale lo stato (altrimenti oggi).")]
StateOption = Annotated[
    str | None, _option("--stato", "STATO", "Lo stato nuovo: aperta, in_corso, attuata o abbandonata.")
]
NoteOption = Annotated[str | None, _option("--nota", "TESTO", "Che cosa ne è stato.")]


@app.callback()
def proposals() -> None:
    """Le proposte migliorative della valutazione."""


@app.command("list", cls=ItalianCommand)
def list_proposals(year: YearArgument, home: HomeOption = None, as_json: JsonOption = False) -> None:
    """Elenca le proposte di un anno, con il loro stato e che cosa ne è stato."""
    desk = desk_of(home_for_reading(home))
    desk.pick_up()
    found = desk.proposals(year)
    if as_json:
        print_json({"anno": year, "proposte": [_as_json(proposal) for proposal in found]})
        return
    if not found:
        say(
            f"Per l'anno {year} non ci sono ancora proposte: si aggiungono con «report proposals add {year}»."
        )
    for proposal in found:
        _print(desk, proposal)
    say()
    say("Ruoli per --ruolo:")
    for code, role in desk.roles().items():
        say(f"  {code:28}{role.label}")


@app.command("add", cls=ItalianCommand)
def add(
    year: YearArgument,
    text: TextOption = None,
    role: RoleOption = None,
    deadline: DeadlineOption = None,
    reason: ReasonOption = None,
    aspect: AspectOption = None,
    day: DayOption = None,
    author: AuthorOption = None,
    home: HomeOption = None,
) -> None:
    """Aggiunge una proposta. Servono almeno --testo, --ruolo e --scadenza; il codice lo dà il programma."""
    for name, value in (("--testo", text), ("--ruolo", role), ("--scadenza", deadline)):
        if not value:
            raise UserError(
                f"Manca {name}: una proposta dice che cosa si propone, chi se ne occupa ed entro quando."
            )
    desk = desk_of(home_for_reading(home), author)
    proposal = desk.add_proposal(
        year,
        text=text,
        owner=role,
        deadline=day_of(deadline),
        reason=reason or "",
        aspect=aspect or "",
        day=day_of(day),
    )
    say(f"Proposta aggiunta con il codice {proposal.id}.")
    _print(desk, proposal)


@app.command("update", cls=ItalianCommand)
def update(
    year: YearArgument,
    proposal_id: Annotated[str, typer.Argument(metavar="CODICE", help="Il codice della proposta, P2022-01.")],
    state: StateOption = None,
    note: NoteOption = None,
    day: DayOption = None,
    text: TextOption = None,
    role: RoleOption = None,
    deadline: DeadlineOption = None,
    reason: ReasonOption = None,
    aspect: AspectOption = None,
    author: AuthorOption = None,
    home: HomeOption = None,
) -> None:
    """Dice che cosa ne è stato di una proposta, o ne corregge le parole. Gli stati di prima restano."""
    desk = desk_of(home_for_reading(home), author)
    given = {"text": text, "owner": role, "deadline": day_of(deadline), "reason": reason, "aspect": aspect}
    proposal = desk.update_proposal(
        year,
        proposal_id,
        state=state,
        day=day_of(day),
        note=note or "",
        **{name: value for name, value in given.items() if value is not None},
    )
    say(f"Proposta {proposal.id} aggiornata.")
    _print(desk, proposal)


def _print(desk: "Desk", proposal: "Proposal") -> None:
    aspect = f" (aspetto critico {proposal.aspect})" if proposal.aspect else ""
    say(f"{proposal.id}  {proposal.text}")
    if proposal.reason or aspect:
        say(f"    motivo     {proposal.reason}{aspect}")
    say(f"    a cura di  {desk.roles()[proposal.owner].label}, entro il {date_it(proposal.deadline)}")
    for step in proposal.steps:
        note = f": {step.note}" if step.note else ""
        say(f"    {date_it(step.day)} {desk.states()[step.state].label.lower()}{note}")


def _as_json(proposal: "Proposal") -> dict[str, Any]:
    return {
        "id": proposal.id,
        "testo": proposal.text,
        "motivo": proposal.reason or None,
        "aspetto": proposal.aspect or None,
        "ruolo": proposal.owner,
        "scadenza": proposal.deadline.isoformat(),
        "stati": [
            {"stato": step.state, "data": step.day.isoformat(), "nota": step.note or None}
            for step in proposal.steps
        ],
    }
