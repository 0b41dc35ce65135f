"""The parts of the page of the reports: which one, how far it is, and its files."""

from typing import TYPE_CHECKING

import pandas as pd
import streamlit as st

from dashboards.access import log
from dashboards.access.permissions import Action
from dashboards.components import heading, key_figures, nothing, show
from dashboards.downloads import XLSX_MIME
from dashboards.frame import end
from dashboards.tables import Column, Table
from dashboards.text import plain, sentence
from dashboards.view import Figure, View
from osservatorio import italian
from osservatorio.documents import Desk, Job
from osservatorio.errors import StageError, UserError
from osservatorio.reference import municipalities

if TYPE_CHECKING:
    from osservatorio.documents import File, Readiness, Text

_OFFICE = "application/vnd.openxmlformats-officedocument"
MIMES = {
    "pdf": "application/pdf",
    "xlsx": XLSX_MIME,
    "docx": f"{_OFFICE}.wordprocessingml.document",
    "pptx": f"{_OFFICE}.presentationml.presentation",
    "csv": "text/csv",
}
_COLUMNS = (
    Column("what", "Che cosa", "La parte del rapporto.", "testo"),
    Column("state", "Stato", "A che punto è.", "testo"),
    Column("detail", "Dettagli", "Chi l'ha salvata e quando, oppure che cosa fare.", "testo"),
)
_MADE = "rapporto_prodotto"


def choose(view: View, desk: Desk) -> Job:
    """Let a report and its period be chosen; the edition is the municipality of the page, where the report has some."""
    kinds = {key: kind.name for key, kind in desk.kinds().items()}
    with st.container(key="filtri_rapporto", horizontal=True, vertical_alignment="bottom", gap="small"):
        kind = st.selectbox(
            "Rapporto",
            list(kinds),
            format_func=kinds.__getitem__,
            key="rapporto_tipo",
            placeholder="Scegli un rapporto",
            filter_mode=None,
        )
        periods = {period.code: period for period in desk.periods(view.release, kind)}
        if not periods:
            nothing(
                "La pubblicazione non contiene ancora un periodo di cui rendere conto con questo rapporto."
            )
            end()
        key = f"rapporto_periodo_{kind}"
        if st.session_state.get(key) not in periods:
            st.session_state[key] = _first_period(view, desk, kind, list(periods))
        code = st.selectbox(
            "Periodo del rapporto",
            list(periods),
            format_func=lambda code: _period_name(view, code, periods[code].label),
            key=key,
            placeholder="Scegli un periodo",
            filter_mode=None,
        )
    chosen = view.selection
    has_editions = desk.kinds()[kind].has_editions
    town = None if chosen.is_whole_ambito or not has_editions else municipalities()[chosen.municipality]
    return desk.job(kind, code, town)


def _first_period(view: View, desk: Desk, kind: str, codes: list[str]) -> str:
    """The period of the page's address, or the one at the same time, where the report has it; else the latest ended."""
    near = view.at(desk.kinds()[kind].period_type).period.code
    if near in codes:
        return near
    return next((code for code in codes if code in view.choices.ended), codes[0])


def _period_name(view: View, code: str, label: str) -> str:
    return sentence(label) if code in view.choices.ended else f"{sentence(label)} (in corso)"


def show_how_far(view: View, report: "Readiness") -> None:
    """Key figures, what is missing, and one row for the data, for each text and for each file."""
    current = [file for file in report.files if file.state == "aggiornato"]
    key_figures(
        [
            Figure(
                "Dati del periodo",
                sentence(report.data),
                "Completi quando il periodo è concluso alla data di riferimento dei dati.",
            ),
            Figure(
                "Testi scritti",
                f"{len(report.texts) - len(report.waiting)} su {len(report.texts)}",
                "I testi che il rapporto chiede a chi lo scrive: quelli che mancano vi compaiono come «[da completare]».",
            ),
            Figure(
                "File aggiornati",
                f"{len(current)} su {len(report.files)}",
                "I file fatti con questa pubblicazione e con i testi di adesso.",
            ),
        ]
    )
    if report.is_ready:
        st.success("Il rapporto è pronto: si può scaricare.", icon=":material/check_circle:")
    else:
        st.info(
            plain(f"Manca ancora: {italian.join_words(report.missing)}."), icon=":material/pending_actions:"
        )
    rows = [
        ("Dati del periodo", sentence(report.data), ""),
        *((text.title, sentence(text.state), _text_detail(text)) for text in report.texts),
        *((f"File {file.format.upper()}", sentence(file.state), _file_detail(file)) for file in report.files),
        *(
            (name, "Non usato", "Non è un testo di questo rapporto: non vi compare.")
            for name in report.unused
        ),
    ]
    frame = pd.DataFrame(rows, columns=[column.name for column in _COLUMNS])
    show(
        view,
        Table("A che punto è", frame, _COLUMNS, pd.Series(False, index=frame.index)),
        empty="",
        filters={"rapporto": report.kind.name, "periodo": sentence(report.period.label)},
    )


def _text_detail(text: "Text") -> str:
    if text.problem or not text.is_written:
        return text.problem or text.prompt
    return f"Salvato il {text.saved.at:%d/%m/%Y alle %H:%M} da {text.saved.author}" if text.saved else ""


def _file_detail(file: "File") -> str:
    return f"Pubblicazione {file.release_id}" if file.release_id else ""


def show_files(view: View, desk: Desk, job: Job, report: "Readiness") -> None:
    """Have the files made from the release on screen, and download them."""
    heading(view, "Produrre e scaricare")
    st.caption(
        plain(
            f"{job.kind.name}, {job.period.label}, {report.edition}. I file si fanno con la pubblicazione mostrata, "
            f"{view.release.id}, e con i testi salvati finora."
        )
    )
    if st.button("Produci i file", type="primary", icon=":material/description:", key="produci"):
        _make(view, desk, job)
    if made := st.session_state.pop(_MADE, None):
        st.success(plain(made), icon=":material/check_circle:")
    ready = [file for file in report.files if file.path and file.release_id == view.release.id]
    others = [file for file in report.files if file.path and file.release_id != view.release.id]
    if ready:
        with st.container(horizontal=True, gap="small", key="azioni_rapporto"):
            for file in ready:
                _download_button(view, file)
    if any(file.state != "aggiornato" for file in ready):
        st.warning(
            "I file qui sopra sono stati fatti prima dell'ultima modifica dei testi: producili di nuovo.",
            icon=":material/history:",
        )
    if others:
        which = italian.join_words(sorted({file.release_id for file in others}))
        st.caption(
            plain(f"Ci sono file fatti con un'altra pubblicazione ({which}): non sono quelli di oggi.")
        )
    if not ready:
        nothing("Con questa pubblicazione i file non sono ancora stati prodotti.")


def _make(view: View, desk: Desk, job: Job) -> None:
    bar = st.progress(0.0, text="Leggo i dati e i testi …")

    def tell(_: str, done: int, total: int) -> None:
        bar.progress(done / total, text=f"Scrivo i file: {done} di {total}")

    try:
        files = desk.produce(job, release_id=view.release.id, progress=tell)
    except (UserError, StageError) as error:
        bar.empty()
        st.error(plain(error.message), icon=":material/error:")
        return
    names = italian.join_words([path.name for path in files.values()])
    st.session_state[_MADE] = f"Prodotti {names}."
    st.rerun()


def _download_button(view: View, file: "File") -> None:
    """The file, read when it is asked for; that it was is recorded, and whoever asked may fetch it."""
    facts = {"pagina": view.page.title, "file": file.path.name, "pubblicazione": view.release.id}
    st.download_button(
        f"Scarica {file.format.upper()}",
        data=log.file_of(file.path.read_bytes, facts, Action.DOWNLOAD_REPORT),
        file_name=file.path.name,
        mime=MIMES.get(file.format, "application/octet-stream"),
        key=f"scarica_rapporto_{file.format}",
        on_click="ignore",
        icon=":material/download:",
    )
