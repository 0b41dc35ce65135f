"""Bytes and encodings: files that are cut, spoilt, or written in another way."""

from delivered_samples import csv_bytes, sample

from corpus.case import Delivery, Flaw, Group, all_good, complaints, lines_of, one_bad_row, refused

BYTES = Group("Byte e codifiche")
NOTES = "select azione_miglioramento from landing.reclami order by source_row"


def one_note(note: str, *, encoding: str) -> Delivery:
    content = csv_bytes([sample("reclami", azione_miglioramento=note)], encoding=encoding)
    return all_good("reclami", content, 1, lands={NOTES: [(note,)]})


def broken_line(spoil: bytes, flaw: Flaw) -> Delivery:
    """Three rows; in the second the note is replaced by the bytes given."""
    rows = complaints(3)
    lines = lines_of(rows)
    lines[2] = lines[2].replace(b"nota", spoil)
    return Delivery(
        "reclami__seregno.csv", b"\n".join(lines), csv_bytes(rows), whole=3, accepted=2, flaws=[flaw]
    )


@BYTES.case(
    "File vuoto (0 byte)", "Rifiuta il file e chiede di esportarlo di nuovo; gli altri file si caricano."
)
def zero_bytes() -> Delivery:
    return refused("reclami", b"", "è vuoto (0 byte)", "esportarlo di nuovo")


@BYTES.case(
    "File con i soli titoli delle colonne", "Rifiuta il file: un'esportazione senza righe è un errore."
)
def header_only() -> Delivery:
    return refused("reclami", lines_of(complaints(1))[0] + b"\n", "solo i titoli", "senza righe")


@BYTES.case(
    "File tagliato in mezzo a una riga",
    "Carica le righe intere; mette in quarantena l'ultima, che ha meno valori delle colonne.",
)
def cut_inside_a_row() -> Delivery:
    rows = complaints(3)
    content = csv_bytes(rows)
    last = lines_of(rows)[-1]
    return Delivery(
        "reclami__seregno.csv",
        content[: -len(last) // 2],
        content,
        whole=3,
        accepted=2,
        flaws=[Flaw(4, "riga.valori_mancanti", "valori invece di 11", "completare la riga")],
    )


@BYTES.case(
    "File CSV tagliato tra una riga e l'altra",
    "Carica le righe che ci sono: dal file il taglio non si vede. Il controllo sui volumi avvisa quando un ente consegna "
    "molto meno del solito; il file intero, consegnato dopo, porta le righe che mancavano.",
)
def cut_between_rows() -> Delivery:
    rows = complaints(5)
    lines = lines_of(rows)
    return Delivery(
        "reclami__seregno.csv", b"\n".join(lines[:4]) + b"\n", csv_bytes(rows), whole=5, accepted=3
    )


@BYTES.case("Testo in codifica Latin-1", "Riconosce la codifica e carica il testo con i suoi accenti.")
def latin_1() -> Delivery:
    return one_note("perché la città è così", encoding="latin-1")


@BYTES.case(
    "Testo in codifica Windows-1252", "Riconosce la codifica, anche con €, ’ e –, e carica il testo intatto."
)
def windows_1252() -> Delivery:
    return one_note("l’aiuto costa 5 € – è caro", encoding="cp1252")


@BYTES.case(
    "Testo in codifica UTF-16", "Riconosce la codifica, con o senza il segno iniziale, e carica il testo."
)
def utf_16() -> Delivery:
    return one_note("perché costa 5 €", encoding="utf-16")


@BYTES.case(
    "Testo UTF-8 con il segno iniziale (BOM)", "Toglie il segno: il primo titolo si riconosce come gli altri."
)
def utf_8_mark() -> Delivery:
    return one_note("perché", encoding="utf-8-sig")


@BYTES.case(
    "Accenti rovinati da una conversione sbagliata (perchÃ©)",
    "Mette in quarantena la riga: il testo non si indovina e non si corregge.",
)
def spoilt_accents() -> Delivery:
    note = {"azione_miglioramento": "perchÃ© câ€™Ã¨"}
    flaw = Flaw(3, "azione_miglioramento.caratteri", "«perchÃ© câ€™Ã¨»", "salvarlo come «CSV UTF-8»")
    return one_bad_row("reclami", note, flaw, good={"azione_miglioramento": "perché c’è"})


@BYTES.case(
    "Testo nella codifica dei vecchi Mac (il «CSV» di Excel per Mac)",
    "Mette in quarantena le righe con gli accenti rovinati; se la codifica non si riconosce, rifiuta il file.",
)
def mac_roman() -> Delivery:
    rows = complaints(3)
    written = rows[1] | {"azione_miglioramento": "perché la città"}
    flaw = Flaw(3, "azione_miglioramento.caratteri", "«perchŽ la cittˆ»", "salvarlo come «CSV UTF-8»")
    return Delivery(
        "reclami__seregno.csv",
        csv_bytes([rows[0], written, rows[2]], encoding="mac-roman"),
        csv_bytes([rows[0], written, rows[2]]),
        whole=3,
        accepted=2,
        flaws=[flaw],
    )


@BYTES.case(
    "Righe di codifiche diverse nello stesso file",
    "Legge il file come Windows-1252; mette in quarantena le righe che così risultano rovinate.",
)
def mixed_encodings() -> Delivery:
    rows = [sample("reclami", serial, azione_miglioramento="perché") for serial in range(3)]
    titles, *utf_8 = lines_of(rows)
    windows = lines_of(rows, encoding="cp1252")[1:]
    return Delivery(
        "reclami__seregno.csv",
        b"\n".join((titles, windows[0], utf_8[1], windows[2])),
        csv_bytes(rows),
        whole=3,
        accepted=2,
        flaws=[Flaw(3, "azione_miglioramento.caratteri", "«perchÃ©»", "«CSV UTF-8»")],
    )


@BYTES.case(
    "Un carattere che non si può scrivere (NUL) in un valore",
    "Mette in quarantena la riga: il file è danneggiato in quel punto.",
)
def nul_in_a_value() -> Delivery:
    flaw = Flaw(3, "riga.caratteri", "caratteri non validi", "esportare di nuovo")
    return broken_line(b"no\0ta", flaw)


@BYTES.case(
    "A capo scritti in modi diversi (CR, LF, CRLF) nello stesso file",
    "Le legge tutte allo stesso modo; i numeri di riga restano giusti.",
)
def mixed_line_ends() -> Delivery:
    lines = lines_of(complaints(4))
    content = b"\r\n".join(lines[:2]) + b"\n" + lines[2] + b"\r" + lines[3] + b"\r\n" + lines[4]
    places = "select source_row from landing.reclami order by all"
    return all_good("reclami", content, 4, lands={places: [(2,), (3,), (4,), (5,)]})


@BYTES.case(
    "Virgolette aperte e mai chiuse",
    "Mette in quarantena quella riga sola; le righe che seguono si leggono come se le virgolette non ci fossero.",
)
def open_quote() -> Delivery:
    return broken_line(
        b'"aperta', Flaw(3, "riga.virgolette", "aperte e non chiuse", "chiudere le virgolette")
    )


@BYTES.case(
    "A capo dentro un valore tra virgolette",
    "Tiene l'a capo nel testo; il numero della riga è quello della riga del file in cui comincia.",
)
def line_break_in_quotes() -> Delivery:
    notes = ["una riga", "prima\nseconda\n\nquarta", "ultima"]
    rows = [sample("reclami", serial, azione_miglioramento=note) for serial, note in enumerate(notes)]
    landed = "select source_row, azione_miglioramento from landing.reclami order by all"
    return all_good("reclami", csv_bytes(rows), 3, lands={landed: list(zip([2, 3, 7], notes, strict=True))})


def separated(separator: str) -> Delivery:
    note = "uno; due, tre|quattro\tcinque"
    content = csv_bytes([sample("reclami", azione_miglioramento=note)], separator=separator)
    return all_good("reclami", content, 1, lands={NOTES: [(note,)]})


@BYTES.case("Colonne separate da punto e virgola", "Riconosce il separatore dai titoli.")
def semicolons() -> Delivery:
    return separated(";")


@BYTES.case("Colonne separate da virgola", "Riconosce il separatore dai titoli.")
def commas() -> Delivery:
    return separated(",")


@BYTES.case("Colonne separate da tabulazione", "Riconosce il separatore dai titoli.")
def tabs() -> Delivery:
    return separated("\t")


@BYTES.case("Colonne separate da barra verticale", "Riconosce il separatore dai titoli.")
def pipes() -> Delivery:
    return separated("|")


@BYTES.case(
    "La riga «sep=;» che Excel mette sopra i titoli",
    "La salta, come un'intestazione; i numeri di riga restano quelli del file.",
)
def separator_line() -> Delivery:
    places = "select source_row from landing.reclami order by all"
    content = b"sep=;\r\n" + csv_bytes(complaints(2), line_end="\r\n")
    return all_good("reclami", content, 2, lands={places: [(3,), (4,)]})


@BYTES.case(
    "Una cella di 10 MB",
    "Mette in quarantena la riga (il testo è troppo lungo), di cui tiene soltanto l'inizio; le altre si caricano.",
)
def enormous_cell() -> Delivery:
    text = {"azione_miglioramento": "lungo " * (10 * 2**20 // 6)}
    flaw = Flaw(3, "azione_miglioramento.lunghezza", "«lungo lungo", "supera 500 caratteri")
    return one_bad_row("reclami", text, flaw)
