"""The page of the indicators, `docs/indicatori.md`: rendered from the seeds, never written by hand.

`python -m osservatorio.indicators_page` writes it anew; a test compares it with what this module renders.
"""

from collections.abc import Iterable, Sequence
from pathlib import Path

from osservatorio import reference
from osservatorio.markdown import markdown_table

INDICATORS_PAGE = Path(__file__).parent.parent / "docs" / "indicatori.md"
INDICATORS_MART = "mart_indicators"

INTRO = """\
# Gli indicatori

Che cosa misura ogni indicatore, come si calcola e a quale obbligo o standard risponde. Le cifre sono nella tavola \
degli indicatori di ogni pubblicazione, per periodo, Comune e servizio: cruscotti, relazioni ed esportazioni leggono \
quella. Ogni altra tavola è descritta nel [dizionario dei dati](dizionario_dati.md#tavole).

> Questa pagina è generata dagli elenchi in `dbt_project/seeds/` (`indicators.csv`, `mart_columns.csv`). Non va \
corretta a mano: si corregge l'elenco e si rigenera la pagina con `make dictionary`."""

READING = """\
## Come si leggono

- **Periodi**: ogni indicatore ha i periodi per cui la sua misura ha senso (mesi, semestri, anni, oppure solo anni). \
Un periodo non concluso alla data di riferimento è provvisorio.
- **Totali**: `AMBITO` è il totale dei Comuni e `TUTTI` il totale dei servizi. Un minore seguito da due Comuni o da \
due servizi nel totale conta una volta sola.
- **Denominatore zero**: il valore resta vuoto; non è mai zero.
- **Intervallo**: per le quote e per i tassi si dà l'intervallo al 95% di Wilson. Due valori i cui intervalli si \
sovrappongono in gran parte non vanno commentati come diversi.
- **Pochi casi**: un valore che poggia su meno di 30 casi è segnalato e va letto con cautela.
- **Da proteggere**: se l'indicatore conta persone, i numeri piccoli vanno protetti prima di uscire dall'ufficio."""

HEADER = (
    "Indicatore",
    "Definizione",
    "Numeratore",
    "Denominatore",
    "Unità",
    "Lettura",
    "A che cosa risponde",
)


def render_indicators_page() -> str:
    """The whole page as Italian Markdown, ending in a line break."""
    indicators = reference.read_seed("indicators")
    topics = {
        code: rows
        for code in reference.code_list("tema_indicatore")
        if (rows := [row for row in indicators if row["topic"] == code])
    }
    sections = [INTRO, _index(topics), READING, *(_topic(*topic) for topic in topics.items()), _columns()]
    return "\n\n".join(sections) + "\n"


def _index(topics: Iterable[str]) -> str:
    names = reference.code_list("tema_indicatore")
    links = [f"[{names[topic]}](#tema-{topic})" for topic in topics]
    return " · ".join([*links, "[La tavola degli indicatori](#tavola)"])


def _topic(topic: str, indicators: Sequence[dict[str, str]]) -> str:
    readings = reference.code_list("direzione_indicatore")
    rows = [
        (
            f'<a id="indicatore-{row["indicator_code"]}"></a>**{row["name"]}** (`{row["indicator_code"]}`)',
            row["definition"] + _same_figure(row),
            row["numerator"],
            row["denominator"],
            row["unit"],
            readings[row["direction"]],
            row["serves"],
        )
        for row in sorted(indicators, key=lambda row: int(row["sort_order"]))
    ]
    title = reference.code_list("tema_indicatore")[topic]
    return f'<a id="tema-{topic}"></a>\n\n## {title}\n\n' + markdown_table(HEADER, rows)


def _same_figure(row: dict[str, str]) -> str:
    """Where else the figure stands: the label of the column and the title of its mart."""
    if not row["source_column"]:
        return ""
    labels = {
        (each["mart"], each["column_name"]): each["label"] for each in reference.read_seed("mart_columns")
    }
    label = labels[row["source_mart"], row["source_column"]]
    mart = row["source_mart"]
    title = reference.code_list("mart")[mart]
    return f" È la colonna «{label}» di [{title}](dizionario_dati.md#tavola-{mart})."


def _columns() -> str:
    rows = [
        (f"`{row['column_name']}`", row["label"], row["definition"])
        for row in reference.read_seed("mart_columns")
        if row["mart"] == INDICATORS_MART
    ]
    title = f'<a id="tavola"></a>\n\n## La tavola degli indicatori (`{INDICATORS_MART}`)'
    return f"{title}\n\n{markdown_table(['Colonna', 'Etichetta', 'Definizione'], rows)}"


if __name__ == "__main__":
    INDICATORS_PAGE.write_text(render_indicators_page(), encoding="utf-8")
