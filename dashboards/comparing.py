"""The parts of the page of the Ambiti side by side: which period and indicator, the figures of each, where they come from."""

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd
import streamlit as st

from dashboards import charts, footing, frame, queries, source, tables, watching
from dashboards.access import session
from dashboards.components import pick, show
from dashboards.downloads import Context
from dashboards.pages import AMBITI, PageInfo
from dashboards.tables import Column, Table
from dashboards.text import plain, sentence
from osservatorio import italian
from osservatorio.ambiti.code import AMBITO
from osservatorio.ambiti.contents import Ambito, ambiti_of, names_of
from osservatorio.periods import parse_period
from osservatorio.release import Release

INDICATORS, CASES = "mart_indicators", "mart_caseload_by_municipality"
PERIOD = "periodo"
# A chart of more bars cannot be read at a glance: the table has them all.
MOST_BARS = 20
NAME = Column("ambito_name", "Ambito", "Ambito a cui le cifre si riferiscono, tutto intero.", "testo")
FEW = Column(
    "few",
    "Con pochi casi",
    "Quanti indicatori della riga poggiano su pochi casi e vanno letti con cautela; quali, lo dice la tabella di ciascuno.",
    "intero",
)
_ORIGIN = (
    NAME,
    Column("code", "Codice", "Codice dell'Ambito: la prima parte della chiave di ogni riga.", "codice"),
    Column("release_id", "Sua pubblicazione", "Pubblicazione dell'Ambito da cui vengono le cifre.", "codice"),
    Column("as_of", "Dati al", "Data di riferimento delle cifre dell'Ambito.", "data"),
    Column("data_until", "Consegnati fino al", "Ultima estrazione consegnata entro quella data.", "data"),
)


@dataclass(frozen=True)
class Compared:
    """What the page works with: the release of many whole, one Ambito of it for the words, who there is, the period."""

    whole: Release
    one: Release
    ambiti: Mapping[str, Ambito]
    names: Mapping[str, str]
    period: str
    is_complete: bool

    @property
    def page(self) -> PageInfo:
        return AMBITI

    @property
    def period_label(self) -> str:
        return sentence(parse_period(self.period).label)

    def context(self, filters: Mapping[str, str]) -> Context:
        ended = "" if self.is_complete else " (in corso: cifre parziali)"
        named = {"Ambito": "tutti, a confronto", "Periodo": self.period_label + ended}
        named |= {sentence(name): value for name, value in filters.items()}
        return Context(self.page.title, self.whole.id, self.whole.as_of, named)

    def columns(self, mart: str, *names: str) -> list[Column]:
        return [tables.column(self.one, mart, name) for name in names]

    def with_names(self, rows: pd.DataFrame) -> pd.DataFrame:
        return rows.assign(ambito_name=rows[AMBITO].map(self.names))

    def table(self, rows: pd.DataFrame, columns: list[Column], title: str) -> Table:
        rows = rows.reset_index(drop=True)
        return Table(title, rows, tuple(columns), pd.Series(False, index=rows.index))


def open_page() -> Compared:
    """Draw the frame of the page and return what it works with. Raises NotAllowedError for who may not see every Ambito."""
    session.require_page(AMBITI.name)
    one = source.release()
    whole = source.all_ambiti()
    known = ambiti_of(whole.manifest)
    st.title(AMBITI.title, anchor=False)
    st.markdown(AMBITI.question)
    watching.offer_another(whole.id)
    periods = queries.periods_of_all(whole)
    names = {code: sentence(parse_period(code).label) for code in periods.period}
    ended = dict(zip(periods.period, periods.is_complete, strict=True))
    if not names:
        st.info("Nessun Ambito ha ancora un periodo da confrontare.", icon=":material/search_off:")
        frame.end()
    semesters = periods[(periods.period_type == "semester") & periods.is_complete]
    first = next(iter(semesters.period), next(iter(names)))
    offered = {first: names[first], **names}
    with st.container(key="filtri", horizontal=True, vertical_alignment="bottom", gap="small"):
        period = pick("Periodo", offered, PERIOD)
    found = Compared(whole, one, known, names_of(known), period, bool(ended[period]))
    footing.for_page(AMBITI, whole)
    state = "periodo completo" if found.is_complete else "**periodo in corso, cifre parziali**"
    frame.show_origin(
        (
            f"**{italian.quantity(len(known), 'Ambito', 'Ambiti')}**",
            f"pubblicazione **{plain(whole.id)}**",
            f"{plain(found.period_label)}: {state}",
        )
    )
    for caution in _cautions(found):
        st.info(plain(caution), icon=":material/info:")
    return found


def _cautions(found: Compared) -> list[str]:
    """What makes the figures of the Ambiti less comparable."""
    ambiti = list(found.ambiti.values())
    told = []
    if len({one.formulas_sha256 for one in ambiti}) > 1:
        told.append(
            "Gli Ambiti non sono stati calcolati tutti con la stessa versione delle formule: una differenza può venire da lì."
        )
    if len({repr(sorted(one.facts.get("settings", {}).items())) for one in ambiti}) > 1:
        told.append(
            "Gli Ambiti hanno impostazioni diverse (giorni per rispondere ai reclami, ore del tempo pieno): gli indicatori "
            "che ne dipendono non si confrontano."
        )
    days = {one.as_of for one in ambiti}
    if len(days) > 1:
        first, last = (italian.date_it(pd.Timestamp(day)) for day in (min(days), max(days)))
        told.append(f"Le date di riferimento degli Ambiti vanno dal {first} al {last}.")
    return told


def show_indicators(found: Compared) -> None:
    """The indicators of a topic side by side, and one of them with its parts."""
    rows = found.with_names(queries.indicators_of_all(found.whole, found.period))
    topics = {name: name for name in rows.topic_name.unique()}
    if not topics:
        st.info("In questo periodo nessun indicatore è calcolato: scegline un altro.")
        return
    with st.container(key="filtri_indicatori", horizontal=True, gap="small"):
        topic = pick("Tema", topics, "tema")
        of_topic = rows[rows.topic_name == topic]
        choices = dict(zip(of_topic.indicator_code, of_topic.indicator_name, strict=True))
        code = pick("Indicatore", choices, "indicatore")
    _one_indicator(found, of_topic[of_topic.indicator_code == code], choices[code])
    _side_by_side(found, of_topic, choices, topic)


def _one_indicator(found: Compared, rows: pd.DataFrame, name: str) -> None:
    first = rows.iloc[0]
    value, low, high, *rest = found.columns(
        INDICATORS, "value", "low", "high", "numerator", "denominator", "is_small"
    )
    shown_as = [Column(one.name, one.label, one.definition, first.value_format) for one in (value, low, high)]
    columns = [NAME, shown_as[0], *rest[:2], *shown_as[1:], rest[2]]
    if rows[["low", "high"]].isna().all().all():
        columns = [one for one in columns if one.name not in ("low", "high")]
    ordered = rows.sort_values(["value", "ambito_name"], ascending=[False, True])
    drawn = ordered.dropna(subset="value").head(MOST_BARS).reset_index(drop=True)
    unit = "" if first.unit in name else f", {first.unit}"
    note = f"{name}{unit}, {found.period_label}. «Pochi casi»: da leggere con cautela."
    if ordered.value.notna().sum() > MOST_BARS:
        note += f" Nel grafico i {MOST_BARS} valori più alti."
    show(
        found,
        found.table(ordered, columns, "L'indicatore negli Ambiti"),
        (lambda: charts.bars(drawn, NAME.name, shown_as[0])) if len(drawn) else None,
        empty="In questo periodo l'indicatore non è calcolato: scegline un altro.",
        note=note,
        filters={"indicatore": name},
    )


def _side_by_side(found: Compared, rows: pd.DataFrame, names: Mapping[str, str], topic: str) -> None:
    formats = dict(zip(rows.indicator_code, rows.value_format, strict=True))
    units = dict(zip(rows.indicator_code, rows.unit, strict=True))
    wide = rows.pivot(index=AMBITO, columns="indicator_code", values="value").reset_index()
    small = rows[rows.is_small & rows.value.notna()].groupby(AMBITO).size()
    wide = found.with_names(wide.assign(few=wide[AMBITO].map(small).fillna(0).astype(int)))
    definitions = dict(
        zip(*(queries.indicators_described(found.one)[one] for one in ("code", "definition")), strict=True)
    )
    figures = [
        Column(code, name, f"{definitions.get(code, name)} Unità: {units[code]}.", formats[code])
        for code, name in names.items()
    ]
    show(
        found,
        found.table(wide, [NAME, *figures, FEW], "Gli indicatori del tema, Ambito per Ambito"),
        empty="In questo periodo nessun indicatore di questo tema è calcolato.",
        note=f"{topic}, {found.period_label}: ogni Ambito tutto intero. Un trattino: in quel periodo non si calcola.",
        filters={"tema": topic},
    )


def show_caseload(found: Compared) -> None:
    """How many minors, opened and closed cases in each Ambito."""
    rows = found.with_names(queries.caseload_of_all(found.whole, found.period))
    figures = found.columns(
        CASES,
        "open_at_start",
        "opened",
        "closed",
        "open_at_end",
        "minors_at_end",
        "minors_per_1000",
        "cases_per_fte",
    )
    ordered = rows.sort_values(["minors_at_end", "ambito_name"], ascending=[False, True])
    drawn = ordered.head(MOST_BARS).reset_index(drop=True)
    measured = next(one for one in figures if one.name == "minors_at_end")
    cut = f" Nel grafico i {MOST_BARS} valori più alti." if len(ordered) > MOST_BARS else ""
    show(
        found,
        found.table(ordered, [NAME, *figures], "I minori in carico negli Ambiti"),
        (lambda: charts.bars(drawn, NAME.name, measured)) if len(drawn) else None,
        empty="In questo periodo nessun Ambito ha casi.",
        note=f"{measured.label}, {found.period_label}.{cut} Non c'è un totale: un minore seguito da due Ambiti ha in ciascuno "
        "un altro pseudonimo, e si conterebbe due volte.",
    )


def show_origin(found: Compared) -> None:
    """From which release of its own each Ambito comes."""
    rows = pd.DataFrame(
        [
            {
                "code": one.code,
                "ambito_name": one.name,
                "release_id": one.release_id,
                "as_of": pd.Timestamp(one.as_of),
                "data_until": pd.Timestamp(one.data_until),
            }
            for one in found.ambiti.values()
        ]
    )
    show(
        found,
        found.table(rows, list(_ORIGIN), "Da dove vengono le cifre"),
        empty="",
        note="Ogni Ambito è calcolato da solo, nella sua cartella dei dati; qui le sue tavole sono riprese come sono.",
    )
