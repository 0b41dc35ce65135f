"""The proposals of a year on the page of the reports: a table, a form to add one, a form to tell what became of one."""

from typing import TYPE_CHECKING

import pandas as pd
import streamlit as st

from dashboards.components import show
from dashboards.forms import attempt, tell
from dashboards.tables import Column, Table
from dashboards.text import day_of, plain
from dashboards.view import View
from osservatorio.documents import Desk, Job
from osservatorio.errors import UserError
from osservatorio.italian import date_it

if TYPE_CHECKING:
    from osservatorio.documents import Proposal

_PROPOSALS = (
    Column("id", "Codice", "Il codice della proposta.", "codice"),
    Column("text", "Proposta", "Che cosa si propone, e l'aspetto critico a cui risponde.", "testo"),
    Column("owner", "A cura di", "Chi se ne occupa.", "testo"),
    Column("deadline", "Entro il", "Il termine per attuarla.", "data"),
    Column(
        "state", "Che cosa ne è stato", "L'ultimo stato registrato, da quando vale, e la sua nota.", "testo"
    ),
)


def show_proposals(view: View, desk: Desk, job: Job) -> None:
    """The proposals of the year and of the year before, with the forms to add one and to tell what became of one."""
    found: dict[str, tuple[str, Proposal]] = {}
    for year in (job.period.code, job.period.year_before.code):
        try:
            proposals = desk.proposals(year)
        except UserError as error:
            st.error(plain(error.message), icon=":material/error:")
            continue
        found |= {proposal.id: (year, proposal) for proposal in proposals}
        show(
            view,
            _table(desk, year, proposals),
            empty=f"Per l'anno {year} non ci sono ancora proposte.",
            filters={"periodo": f"Anno {year}"},
        )
    add = f"Aggiungi una proposta dell'anno {job.period.code}"
    with st.expander(add, icon=":material/add:", key="riquadro_proposta_nuova"):
        _add_form(desk, job.period.code)
    tell(f"proposta_nuova_{job.period.code}")
    if found:
        with st.expander("Aggiorna una proposta", icon=":material/edit:", key="riquadro_proposta_aggiornata"):
            _update_form(desk, found)
        tell("proposta_aggiornata")


def _table(desk: Desk, year: str, proposals: "tuple[Proposal, ...]") -> Table:
    rows = [
        (
            p.id,
            f"{p.text} ({p.aspect})" if p.aspect else p.text,
            desk.roles()[p.owner].label,
            p.deadline,
            f"{desk.states()[p.last.state].label} dal {date_it(p.last.day)}"
            + (f": {p.last.note}" if p.last.note else ""),
        )
        for p in proposals
    ]
    frame = pd.DataFrame(rows, columns=[column.name for column in _PROPOSALS])
    title = f"Proposte migliorative dell'anno {year}"
    return Table(title, frame, _PROPOSALS, pd.Series(False, index=frame.index))


def _add_form(desk: Desk, year: str) -> None:
    place = f"proposta_nuova_{year}"
    with st.form(place, border=False):
        st.text_area("Proposta", key=f"{place}_testo", max_chars=1000)
        st.text_area("Motivo", key=f"{place}_motivo", max_chars=1000)
        st.text_input("Aspetto critico a cui risponde (codice)", key=f"{place}_aspetto", max_chars=40)
        _pick("A cura di", {code: role.label for code, role in desk.roles().items()}, f"{place}_ruolo")
        st.text_input("Entro il", key=f"{place}_scadenza", placeholder="30/06/2023", max_chars=10)
        st.form_submit_button(
            "Aggiungi la proposta",
            icon=":material/add:",
            on_click=attempt,
            args=(place, lambda: _add(desk, year, place)),
        )


def _add(desk: Desk, year: str, place: str) -> str:
    given = {name: st.session_state[f"{place}_{name}"] for name in ("testo", "motivo", "aspetto", "ruolo")}
    deadline = day_of(st.session_state[f"{place}_scadenza"])
    if deadline is None:
        raise UserError("Manca il termine della proposta: scrivilo come 30/06/2023.")
    proposal = desk.add_proposal(
        year,
        text=given["testo"],
        owner=given["ruolo"],
        deadline=deadline,
        reason=given["motivo"],
        aspect=given["aspetto"].strip(),
    )
    for name in ("testo", "motivo", "aspetto", "scadenza"):
        st.session_state[f"{place}_{name}"] = ""
    return f"Proposta aggiunta con il codice {proposal.id}."


def _update_form(desk: Desk, found: "dict[str, tuple[str, Proposal]]") -> None:
    place = "proposta_aggiornata"
    with st.form(place, border=False):
        _pick(
            "Quale proposta",
            {code: f"{code}: {proposal.text[:80]}" for code, (_, proposal) in found.items()},
            f"{place}_codice",
        )
        _pick("Stato", {code: state.label for code, state in desk.states().items()}, f"{place}_stato")
        st.text_input("Dal giorno (vuoto: oggi)", key=f"{place}_data", placeholder="30/06/2023", max_chars=10)
        st.text_area("Che cosa ne è stato", key=f"{place}_nota", max_chars=1000)
        st.form_submit_button(
            "Registra",
            icon=":material/save:",
            on_click=attempt,
            args=(place, lambda: _update(desk, found, place)),
        )


def _update(desk: Desk, found: "dict[str, tuple[str, Proposal]]", place: str) -> str:
    code = st.session_state[f"{place}_codice"]
    proposal = desk.update_proposal(
        found[code][0],
        code,
        state=st.session_state[f"{place}_stato"],
        day=day_of(st.session_state[f"{place}_data"]),
        note=st.session_state[f"{place}_nota"],
    )
    st.session_state[f"{place}_nota"] = ""
    return f"Proposta {proposal.id} aggiornata."


def _pick(label: str, options: dict[str, str], key: str) -> None:
    st.selectbox(
        label,
        list(options),
        format_func=options.__getitem__,
        key=key,
        placeholder="Scegli dall'elenco",
        filter_mode=None,
    )
