"""Where people write for a report: its texts, with their versions, and its proposals where it has any."""

from typing import TYPE_CHECKING

import streamlit as st

from dashboards.access import session
from dashboards.components import heading
from dashboards.forms import attempt, tell
from dashboards.proposing import show_proposals
from dashboards.text import plain
from dashboards.view import View
from osservatorio.documents import Desk, Job
from osservatorio.errors import UserError

if TYPE_CHECKING:
    from osservatorio.documents import Readiness, Text, Version

_HEIGHT = 220


def write(view: View, desk: Desk, job: Job, report: "Readiness") -> None:
    """All that people write for a report: its texts, and its proposals where it has any."""
    heading(view, "Testi del rapporto")
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
        show_proposals(view, desk, job)


def _named(desk: Desk) -> Desk:
    """The desk, with the name that the person types; who signed in has one already."""
    if session.grant() is not None:
        st.caption(f"I testi e le proposte si salvano con il tuo nome: {plain(desk.author)}.")
        return desk
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
            on_click=attempt,
            args=(place, lambda: _save(desk, job, text.key, area, base)),
        )
    tell(place)
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


def _same(one: str, other: str) -> bool:
    return one.replace("\r\n", "\n").strip() == other.replace("\r\n", "\n").strip()
