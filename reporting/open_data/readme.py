"""`LEGGIMI.md`: what the figures are, how they are rounded, how not to read them, in plain Italian."""

from osservatorio.italian import long_date, number
from osservatorio.markdown import plain
from reporting.open_data.dataset import CELLS, CELLS_TITLE, DataSet
from reporting.open_data.known import PRINTED
from reporting.open_data.tables import TABLES, columns_of, totals_in_words

FILE = "LEGGIMI.md"


def readme_of(data: DataSet) -> bytes:
    """The text beside the files, as Markdown."""
    parts = [
        _head(data),
        _rounding(data),
        _reading(data),
        _files(data),
        _definitions(data),
        _whose(data),
    ]
    return ("\n\n".join(parts) + "\n").encode()


def _head(data: DataSet) -> str:
    return (
        f"# {plain(data.title)}\n\n"
        f"Quanti minori sono stati in carico ai servizi di tutela nell'anno {data.period.code}, quanti lo erano al 31 "
        "dicembre, quante prese in carico si sono aperte e chiuse, per Comune, servizio, fascia d'età e sesso.\n\n"
        f"I dati sono quelli conosciuti al {long_date(data.as_of)} (pubblicazione {data.release})."
    )


def _rounding(data: DataSet) -> str:
    base = number(data.base)
    rounded = data.rounded
    return (
        "## Come sono arrotondati i numeri\n\n"
        "Dietro i numeri piccoli ci sono bambini e famiglie che qualcuno potrebbe riconoscere. Per questo **nessun numero è "
        f"esatto**: ognuno è un multiplo di {base}, scelto in parte a caso fra i due più vicini, in modo che tutte le somme "
        "continuino a tornare.\n\n"
        f"- Ogni numero dista da quello vero al più {base}; in questi file la distanza più grande è {number(rounded.largest)}, "
        f"quella media {number(rounded.mean, 1)}.\n"
        f"- Uno **0** non vuol dire nessuno: può stare per un numero da 0 a {base}.\n"
        f"- Un **{base}** può stare per un numero da 0 a {number(2 * data.base)}: anche per nessuno.\n"
        "- Tutte le tabelle sono arrotondate insieme: lo stesso numero è uguale in tutte.\n"
        "- Gli arrotondamenti sono stati verificati insieme a tutto ciò che l'Ambito ha già diffuso."
        + "".join(f"\n- {plain(note)}" for note in rounded.notes[1:])
    )


def _reading(data: DataSet) -> str:
    base = data.base
    return (
        "## Come non leggerli\n\n"
        f"- **Differenze e aumenti di {number(2 * base)} o meno** possono venire dal solo arrotondamento: non dicono nulla.\n"
        f"- **Percentuali e tassi** calcolati su numeri piccoli non hanno senso: sotto {number(20 * base)} l'arrotondamento da "
        "solo sposta il risultato di oltre cinque punti ogni cento.\n"
        "- **Le righe dei gruppi più piccoli**, come un'età in un Comune piccolo, sono quasi solo arrotondamento: servono a "
        "comporre gruppi più grandi, non a descrivere quel gruppo.\n"
        "- **Totali di minori**: chi nell'anno è seguito da due servizi o da due Comuni sta in entrambe le righe e una volta "
        "sola nel totale, quindi la somma delle righe può superare il totale. Per fascia d'età e per sesso, e per le prese "
        "in carico, la somma delle righe è uguale al totale.\n"
        "- Le righe di totale hanno un codice proprio (nella tabella qui sotto): prima di sommare una colonna vanno tolte.\n"
        "- Un minore in carico non è un minore maltrattato né colpevole: i servizi accompagnano situazioni molto diverse."
    )


def _files(data: DataSet) -> str:
    rows = [
        f"| `{table.file}` | {plain(table.title)} | {plain(', '.join(totals_in_words(data.cube, table)))} |"
        for table in TABLES
    ]
    return "\n".join(
        [
            "## I file",
            "",
            "CSV in UTF-8, separati da virgole. `datapackage.json` descrive ogni colonna (Data Package 2.0), "
            "`catalogo.jsonld` è la scheda per i cataloghi (DCAT-AP_IT).",
            "",
            "| file | che cosa contiene | righe di totale |",
            "|---|---|---|",
            *rows,
            f"| `{CELLS}.csv` | {CELLS_TITLE}, con `struttura.json`: per verificarne la riservatezza | gli stessi |",
        ]
    )


def _definitions(data: DataSet) -> str:
    widest = {c.name: c for table in TABLES for c in columns_of(table, data.cube)}.values()
    rows = [
        f"| `{column.name}` | {plain(column.label)} | {plain(column.definition)} |"
        for column in [
            *(c for c in widest if c.name not in PRINTED),
            *(c for c in widest if c.name in PRINTED),
        ]
    ]
    return "\n".join(["## Le colonne", "", "| colonna | nome | significato |", "|---|---|---|", *rows])


def _whose(data: DataSet) -> str:
    publisher = data.publisher
    lines = [
        "## Titolare, licenza, contatti",
        "",
        f"- Titolare: {plain(publisher.holder)} (codice IPA {plain(publisher.ipa_code)}).",
        f"- Licenza: [{plain(publisher.licence.name)}]({publisher.licence.address}): si possono usare, modificare e "
        "ridistribuire, citando la fonte.",
        f"- Come citarli: «{plain(data.title)}, {plain(publisher.office)}, pubblicazione {data.release}».",
        f"- Per domande ed errori: {plain(publisher.office)}"
        + (f", {plain(publisher.contact)}." if publisher.contact else "."),
    ]
    return "\n".join(lines)
