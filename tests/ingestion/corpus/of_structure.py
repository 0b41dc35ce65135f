"""Structure: titles and rows that are not as they should be."""

from delivered_samples import csv_bytes, sample

from corpus.case import Delivery, Flaw, Group, all_good, complaints, lines_of, refused

STRUCTURE = Group("Titoli e righe")


def spelled(titles: dict[str, str]) -> Delivery:
    """Two rows under titles spelled in another way."""
    rows = complaints(2)
    content = csv_bytes([{titles.get(name, name): value for name, value in row.items()} for row in rows])
    return all_good("reclami", content, 2)


@STRUCTURE.case("Lo stesso titolo due volte", "Rifiuta il file: non si sa quale delle due colonne valga.")
def duplicate_title() -> Delivery:
    titles, *rows = lines_of(complaints(2))
    content = b"\n".join((titles + b";Gravit\xc3\xa0", *(row + b";alta" for row in rows)))
    return refused("reclami", content, "«gravita» compare due volte", "lasciarne una sola")


@STRUCTURE.case("Colonne in un altro ordine", "Le riconosce dai titoli.")
def other_order() -> Delivery:
    rows = [dict(reversed(row.items())) for row in complaints(2)]
    return all_good("reclami", csv_bytes(rows), 2)


@STRUCTURE.case(
    "Manca una colonna obbligatoria",
    "Rifiuta il file e nomina la colonna; una colonna facoltativa può mancare.",
)
def missing_column() -> Delivery:
    rows = complaints(2)
    for row in rows:
        del row["gravita"]
    return refused(
        "reclami", csv_bytes(rows), "Manca la colonna obbligatoria «gravita»", "aggiungere la colonna"
    )


@STRUCTURE.case(
    "Una colonna in più, che nessuno ha previsto (potrebbe contenere nomi)",
    "Carica il resto e nomina la colonna; il suo contenuto non viene letto né conservato.",
)
def unknown_column() -> Delivery:
    rows = [row | {"Cognome e nome": "Canarino Giallo"} for row in complaints(2)]
    return all_good("reclami", csv_bytes(rows), 2, says=["non sono state caricate", "cognome_e_nome"])


@STRUCTURE.case(
    "Lettere di altri alfabeti nei titoli (а cirillica)", "Le riconosce come le latine che imitano."
)
def lookalikes() -> Delivery:
    return spelled({"data_ricezione": "dаta_riсezione", "esito": "еsito"})


@STRUCTURE.case("Titoli in maiuscolo", "Non contano maiuscole e minuscole.")
def upper_case() -> Delivery:
    return spelled({name: name.upper() for name in sample("reclami")})


@STRUCTURE.case("Accenti nei titoli", "Non contano gli accenti.")
def accents() -> Delivery:
    return spelled({"gravita": "Gravità", "azione_miglioramento": "Azióne miglioramento"})


@STRUCTURE.case("Spazi nei titoli", "Non contano spazi, trattini e punteggiatura.")
def spaces() -> Delivery:
    return spelled(
        {"data_ricezione": "  Data   ricezione ", "id_reclamo": "Id-reclamo", "canale": "canale\u00a0"}
    )


@STRUCTURE.case(
    "Comandi SQL in un titolo", "Li tratta come il titolo di una colonna non prevista: non si eseguono."
)
def sql_in_a_title() -> Delivery:
    title = "'; drop table landing.reclami;--"
    rows = [row | {title: "1"} for row in complaints(2)]
    return all_good(
        "reclami", csv_bytes(rows), 2, says=["non sono state caricate", "drop_table_landing_reclami"]
    )


@STRUCTURE.case(
    "Una riga con più valori delle colonne",
    "Mette in quarantena la riga: i valori potrebbero essere nella colonna sbagliata.",
)
def extra_values() -> Delivery:
    rows = complaints(3)
    lines = lines_of(rows)
    lines[2] += b";di troppo"
    flaw = Flaw(3, "riga.valori_in_piu", "12 valori invece di 11", "togliere i valori di troppo")
    return Delivery(
        "reclami__seregno.csv", b"\n".join(lines), csv_bytes(rows), whole=3, accepted=2, flaws=[flaw]
    )


@STRUCTURE.case(
    "Una riga di totale tra i dati", "Mette in quarantena la riga, che non ha un ente; le altre si caricano."
)
def total_row() -> Delivery:
    rows = [sample("spese", serial) for serial in range(2)]
    total = dict.fromkeys(rows[0], "") | {"codice_ente": "Totale", "importo": "2"}
    flaws = [
        Flaw(4, "codice_ente.formato", "«Totale»", "atteso il codice ISTAT del Comune"),
        *(
            Flaw(4, f"{name}.obbligatorio", "manca il valore", "atteso")
            for name in rows[0]
            if name not in ("codice_ente", "importo")
        ),
    ]
    return Delivery(
        "spese__seregno.csv",
        csv_bytes([*rows, total]),
        csv_bytes([*rows, sample("spese", 2)]),
        whole=3,
        accepted=2,
        flaws=flaws,
    )


@STRUCTURE.case(
    "Una nota in fondo ai dati («3 righe esportate»)",
    "Mette in quarantena la riga, che ha meno valori delle colonne; le altre si caricano.",
)
def closing_note() -> Delivery:
    rows = complaints(2)
    flaw = Flaw(4, "riga.valori_mancanti", "1 valore invece di 11", "se non è un dato (una nota, una firma)")
    return Delivery(
        "reclami__seregno.csv",
        csv_bytes(rows) + b"3 righe esportate\n",
        csv_bytes(rows),
        whole=2,
        accepted=2,
        flaws=[flaw],
    )


@STRUCTURE.case("Righe vuote", "Non le conta come righe; i numeri delle altre restano quelli del file.")
def empty_rows() -> Delivery:
    titles, first, second = lines_of(complaints(2))
    content = b"\n".join((titles, b"", first, b";" * titles.count(b";"), b"   ", second, b"", b""))
    places = "select source_row from landing.reclami order by all"
    return all_good("reclami", content, 2, lands={places: [(3,), (6,)]})


@STRUCTURE.case(
    "I titoli ripetuti in mezzo ai dati",
    "Mette in quarantena quella riga; le righe che seguono si caricano.",
)
def titles_again() -> Delivery:
    rows = complaints(2)
    titles, first, second = lines_of(rows)
    flaw = Flaw(3, "riga.titoli_ripetuti", "ripete i titoli", "togliere la riga")
    return Delivery(
        "reclami__seregno.csv",
        b"\n".join((titles, first, titles, second)),
        csv_bytes(rows),
        whole=2,
        accepted=2,
        flaws=[flaw],
    )
