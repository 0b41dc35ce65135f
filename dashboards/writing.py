"""Where people write for a report: its texts, with their versions, and the proposals of the year."""

from collections.abc import Callable
from typing import TYPE_CHECKING

import pandas as pd
import streamlit as st

from dashboards.components import show
from dashboards.tables import Column, Table
from dashboards.text import day_of, plain
from dashboards.view import View
from osservatorio.documents import Desk, Job
from osservatorio.errors import UserError
from osservatorio.italian import date_it

if TYPE_CHECKING:
    from osservatorio.documents import Proposal, Readiness, Text, Version

_HEIGHT = 220
_OUTCOME = "esito_scrittura"  # what became of the last saving: (place on the page, is an error, sentence)
_PROPOSALS = (
    Column("id", "Codice", "Il codice della proposta.", "codice"),
    Column("text", "Proposta", "Che cosa si propone, e l'aspetto critico a cui risponde.", "testo"),
    Column("owner", "A cura di", "Chi se ne occupa.", "testo"),
    Column("deadline", "Entro il", "Il termine per attuarla.", "data"),
    Column(
        "state", "Che cosa ne è stato", "L'ultimo stato registrato, da quando vale, e la sua nota.", "testo"
    ),
)


def write(view: View, desk: Desk, job: Job, report: "Readiness") -> None:
    """All that people write for a report: its texts, and its proposals where it has any."""
    st.subheader("Testi del rapporto", anchor=False)
    desk = _named(desk)
    texts = [text for text in report.texts if text.is_text]
    if texts:
        st.caption(
            "Ogni salvataggio resta nella storia del testo. Si può usare il Markdown: # per i titoli, - per gli elenchi, "
            "due asterischi per il grassetto. Niente nomi e niente codici fiscali."
        )
    else:
        st.info("Questo rapporto non chiede testi.", icon=":material/edit_off:")
    for text in texts:
        _editor(desk, job, text)
    if desk.has_proposals(job):
        _proposals(view, desk, job)


def _named(desk: Desk) -> Desk:
    """The desk, with the name that the person types."""
    name = st.text_input(
        "Chi scrive",
        value=desk.author,
        key="chi_scrive",
        max_chars=100,
        help="Il nome con cui si conservano le versioni dei testi e delle proposte.",
        width=360,
    )
    try:
        return desk.by(name)
    except UserError as error:
        st.error(plain(error.message), icon=":material/error:")
        return desk


def _editor(desk: Desk, job: Job, text: "Text") -> None:
    place = f"{job.kind.key}_{job.period.code}_{job.slug}_{text.key}"
    area, base = f"testo_{place}", f"base_{place}"
    st.markdown(f"**{plain(text.title)}**")
    st.caption(plain(text.prompt))
    try:
        now = desk.text(job, text.key)
        versions = desk.history(job, text.key)
    except UserError as error:
        st.error(plain(error.message), icon=":material/error:")
        return
    state = st.session_state
    if area not in state or (_same(state[area], state[base]) and not _same(now, state[base])):
        state[area] = state[base] = now
    with st.form(f"modulo_{place}", border=True):
        st.text_area(
            plain(text.title),
            key=area,
            height=_HEIGHT,
            label_visibility="collapsed",
            placeholder="Ancora da scrivere",
        )
        st.form_submit_button(
            "Salva il testo",
            icon=":material/save:",
            on_click=_attempt,
            args=(place, lambda: _save(desk, job, text.key, area, base)),
        )
    _tell(place)
    if not _same(now, state[base]):
        st.warning(
            "Nel frattempo il testo è stato cambiato: copia altrove quello che hai scritto e ricaricalo.",
            icon=":material/sync_problem:",
        )
        st.button("Ricarica il testo in uso", key=f"ricarica_{place}", on_click=_set, args=(area, base, now))
    if versions:
        _history(place, area, versions)


def _save(desk: Desk, job: Job, key: str, area: str, base: str) -> str:
    words = st.session_state[area]
    saved = desk.save_text(job, key, words, based_on=st.session_state[base])
    st.session_state[base] = words
    return f"Testo salvato, versione {saved.id}." if saved else "Il testo è già quello in uso."


def _set(area: str, base: str, words: str) -> None:
    st.session_state[area] = st.session_state[base] = words


def _history(place: str, area: str, versions: "list[Version]") -> None:
    title = f"Versioni salvate: {len(versions)}"
    with st.expander(title, icon=":material/history:", key=f"storia_{place}"):
        names = {
            str(number): f"{version.mark.at:%d/%m/%Y alle %H:%M}, {version.mark.author} ({version.id})"
            for number, version in enumerate(versions)
        }
        chosen = st.selectbox(
            "Versione da rileggere",
            list(reversed(names)),
            format_func=names.__getitem__,
            key=f"versione_{place}_{len(versions)}",
            placeholder="Scegli una versione",
            filter_mode=None,
        )
        words = versions[int(chosen)].text
        st.text(words or "(il testo era stato tolto)")
        st.button(
            "Riprendi questa versione",
            key=f"riprendi_{place}",
            on_click=st.session_state.__setitem__,
            args=(area, words),
            help="La mette nella casella qui sopra: vale dopo «Salva il testo».",
        )


def _proposals(view: View, desk: Desk, job: Job) -> None:
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
    _tell(f"proposta_nuova_{job.period.code}")
    if found:
        with st.expander("Aggiorna una proposta", icon=":material/edit:", key="riquadro_proposta_aggiornata"):
            _update_form(desk, found)
        _tell("proposta_aggiornata")


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
            on_click=_attempt,
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
            on_click=_attempt,
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


def _attempt(place: str, act: Callable[[], str]) -> None:
    """Do what a form asks, and keep what to tell of it under the form."""
    try:
        st.session_state[_OUTCOME] = (place, False, act())
    except UserError as error:
        st.session_state[_OUTCOME] = (place, True, error.message)


def _tell(place: str) -> None:
    where, is_error, words = st.session_state.get(_OUTCOME, ("", False, ""))
    if where != place:
        return
    del st.session_state[_OUTCOME]
    if is_error:
        st.error(plain(words), icon=":material/error:")
    else:
        st.success(plain(words), icon=":material/check_circle:")


def _same(one: str, other: str) -> bool:
    return one.replace("\r\n", "\n").strip() == other.replace("\r\n", "\n").strip()
