"""Workbooks from inside: sheets that people arranged for their own eyes, and cells of Excel."""

from datetime import date
from decimal import Decimal
from typing import Any

from delivered_samples import sample

from corpus.case import Delivery, Flaw, Group, complaints
from corpus.of_workbooks import FILE, refused_workbook
from corpus.packages import member_of, table, with_member, workbook

SHEETS = Group("Cartelle di lavoro di Excel: fogli e celle")


def landing(content: bytes, rows: int, extract: str = "reclami", **more: Any) -> Delivery:
    """A workbook that lands whole, and after it one with a row more."""
    again = workbook({"Dati": table([sample(extract, serial) for serial in range(rows + 1)])})
    more = {"mended": again, "whole": rows + 1} | more
    return Delivery(f"{extract}__seregno.xlsx", content, accepted=rows, **more)


def expenses(*cells: dict[str, Any]) -> list[list[Any]]:
    """Rows of `spese`, as cells, with the values given."""
    return table([sample("spese", serial) | values for serial, values in enumerate(cells)])


@SHEETS.case(
    "Fogli nascosti", "Legge soltanto i fogli che si vedono: in quelli nascosti restano spesso copie vecchie."
)
def hidden_sheets() -> Delivery:
    content = workbook(
        {"Dati": table(complaints(2)), "Vecchi": table(complaints(3))},
        then=lambda book: book.get_worksheet_by_name("Vecchi").hide(),
    )
    return landing(content, 2, says=["Fogli nascosti, che non si leggono: 1"])


@SHEETS.case(
    "Righe nascoste, a mano o con un filtro",
    "Le carica come le altre, e lo dice: una riga che non si vede è ancora nel foglio.",
)
def hidden_rows() -> Delivery:
    content = workbook(
        {"Dati": table(complaints(3))},
        then=lambda book: book.worksheets()[0].set_row(2, None, None, {"hidden": True}),
    )
    return landing(
        content, 3, says=["righe nascoste, o un filtro attivo", "anche le righe che non si vedono"]
    )


@SHEETS.case(
    "I dati soltanto in un foglio nascosto", "Rifiuta il file e chiede di rendere visibile il foglio."
)
def only_hidden_data() -> Delivery:
    content = workbook(
        {"Guida": [["Vedi l'altro foglio"]], "Dati": table(complaints(2))},
        then=lambda book: book.get_worksheet_by_name("Dati").hide(),
    )
    return refused_workbook(content, "i fogli nascosti non si leggono", "rendere visibile il foglio")


@SHEETS.case(
    "Dati in più fogli",
    "Rifiuta il file e nomina i fogli: non si sa quale valga. I fogli senza dati non contano.",
)
def several_sheets() -> Delivery:
    content = workbook({"2021": table(complaints(1)), "Note": [["niente"]], "2022": table(complaints(2))})
    return refused_workbook(content, "foglio 1, foglio 3", "lasciare un solo foglio con i dati")


@SHEETS.case(
    "Titoli in celle unite",
    "Rifiuta il file e dice quali celle: non si sa di quale colonna sia il titolo.",
)
def merged_titles() -> Delivery:
    rows = complaints(2)
    titles = list(rows[0])
    place = titles.index("canale")

    def merge(book: Any) -> None:
        book.worksheets()[0].merge_range(0, place - 1, 0, place, titles[place - 1])

    content = workbook({"Dati": table(rows)}, then=merge)
    return refused_workbook(content, "celle unite (E1:F1)", "un titolo per ogni colonna")


@SHEETS.case("Soprattitoli in celle unite sopra i titoli", "Fino a due li salta, come un'intestazione.")
def grouped_titles() -> Delivery:
    rows = complaints(2)

    def group(book: Any) -> None:
        sheet = book.worksheets()[0]
        sheet.merge_range(0, 0, 0, 2, "Chi consegna")
        sheet.merge_range(0, 3, 0, 8, "Il reclamo")

    return landing(workbook({"Dati": [[], *table(rows)]}, then=group), 2)


@SHEETS.case(
    "Titoli spezzati su due righe", "Rifiuta il file e nomina le colonne che così non si riconoscono."
)
def split_titles() -> Delivery:
    titles, *rows = table(complaints(2))
    upper = ["data" if title == "data_ricezione" else title for title in titles]
    lower = ["ricezione" if title == "data_ricezione" else "" for title in titles]
    content = workbook({"Dati": [upper, lower, *rows]})
    return refused_workbook(
        content, "Manca la colonna obbligatoria «data_ricezione»", "aggiungere la colonna"
    )


@SHEETS.case("Un'intestazione sopra i titoli", "La salta; i numeri di riga restano quelli di Excel.")
def heading_above() -> Delivery:
    content = workbook({"Dati": [["Reclami del 2022"], [], *table(complaints(2))]})
    places = "select source_row from landing.reclami order by all"
    return landing(content, 2, lands={places: [(4,), (5,)]})


@SHEETS.case("Date nel sistema 1904 (vecchi Mac)", "Legge le date giuste: il sistema è scritto nel file.")
def system_1904() -> Delivery:
    rows = complaints(1)
    cells = [rows[0] | {"data_ricezione": date(2022, 3, 1)}]
    days = "select data_ricezione from landing.reclami"
    return landing(workbook({"Dati": table(cells)}, date_1904=True), 1, lands={days: [(date(2022, 3, 1),)]})


def with_formulas(titles_and_rows: list[list[Any]], *formulas: tuple[str, Any]) -> bytes:
    """The workbook with formulas in the column `importo`, from the second row down, and their stored values."""
    place = titles_and_rows[0].index("importo")

    def write(book: Any) -> None:
        for row, (formula, value) in enumerate(formulas, start=1):
            book.worksheets()[0].write_formula(row, place, formula, None, value)

    return workbook({"Dati": titles_and_rows}, then=write)


def calculated(content: bytes) -> bytes:
    """The workbook as Excel saves it: its formulas are calculated, and nothing asks to do it again."""
    book = member_of(content, "xl/workbook.xml")
    return with_member(content, "xl/workbook.xml", book.replace(b' fullCalcOnLoad="1"', b""))


@SHEETS.case(
    "Una formula con il valore non aggiornato, o con un errore (#DIV/0!)",
    "Legge il valore che Excel ha calcolato. Mette in quarantena la riga se la formula non è stata calcolata o dà errore.",
)
def stale_formula() -> Delivery:
    cells = expenses({}, {}, {})
    content = calculated(with_formulas(cells, ("=2*600", 1200), ("=2*600", ""), ("=1/0", "#DIV/0!")))
    return Delivery(
        "spese__seregno.xlsx",
        content,
        mended=workbook({"Dati": cells}),
        whole=3,
        accepted=1,
        flaws=[
            Flaw(3, "riga.formula", "(G3)", "aprire il file con Excel, salvarlo"),
            Flaw(4, "riga.cella_errore", "G4: #DIV/0!", "scrivere il valore"),
        ],
        lands={"select importo from landing.spese": [(Decimal(1200),)]},
    )


@SHEETS.case(
    "Collegamenti ad altri file", "Non li segue mai: vale il valore che Excel ha scritto nel foglio."
)
def external_links() -> Delivery:
    cells = expenses({}, {})
    content = calculated(with_formulas(cells, ("='[bilancio.xlsx]Foglio1'!A1", 1200)))
    link = (
        b'<externalLink xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><externalBook '
        b'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships" r:id="rId1"/></externalLink>'
    )
    content = with_member(content, "xl/externalLinks/externalLink1.xml", link)
    amounts = "select importo from landing.spese order by importo desc"
    return landing(
        content,
        2,
        "spese",
        says=["anche quelli presi da altri file"],
        lands={amounts: [(Decimal(1200),), (Decimal(1),)]},
    )


@SHEETS.case("Numeri scritti come testo", "Li legge come numeri, alle stesse regole dei CSV.")
def numbers_as_text() -> Delivery:
    cells = expenses(
        {"importo": "1.234,56", "codice_ente": "108039"}, {"importo": 1234.56, "codice_ente": 108039}
    )
    amounts = "select distinct importo, codice_ente from landing.spese"
    return landing(workbook({"Dati": cells}), 2, "spese", lands={amounts: [(Decimal("1234.56"), "108039")]})


@SHEETS.case(
    "Testi diventati numeri (lo zero iniziale perso: 015146 è diventato 15146)",
    "Mette in quarantena il codice ISTAT che non ha sei cifre; lo zero non si rimette a caso.",
)
def lost_zero() -> Delivery:
    rows = [sample("minori", serial) | {"comune_residenza": "015146"} for serial in range(3)]
    spoilt = [rows[0], rows[1] | {"comune_residenza": 15146}, rows[2]]
    return Delivery(
        "minori__seregno.xlsx",
        workbook({"Dati": table(spoilt)}),
        mended=workbook({"Dati": table(rows)}),
        whole=3,
        accepted=2,
        flaws=[Flaw(3, "comune_residenza.formato", "«15146»", "di sei cifre")],
    )


@SHEETS.case(
    "Un identificativo diventato 1E+05",
    "Mette in quarantena la riga: il codice di prima non si ricostruisce. Un numero vero di Excel (100000) si legge intero.",
)
def scientific_notation() -> Delivery:
    rows = [sample("reclami", serial) for serial in range(3)]
    spoilt = [rows[0] | {"id_reclamo": 100000}, rows[1] | {"id_reclamo": "1E+05"}, rows[2]]
    return Delivery(
        FILE,
        workbook({"Dati": table(spoilt)}),
        mended=workbook({"Dati": table([spoilt[0], rows[1], rows[2]])}),
        whole=3,
        accepted=2,
        flaws=[Flaw(3, "id_reclamo.formato", "«1E+05»", "un codice di non più di 40 caratteri")],
        lands={"select id_reclamo from landing.reclami order by source_row limit 1": [("100000",)]},
    )
