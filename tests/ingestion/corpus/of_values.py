"""Values: dates, numbers, codes and references that cannot be right, and some that only look wrong."""

from datetime import date
from decimal import Decimal

from delivered_samples import control_letter, csv_bytes, fiscal_code, sample

from corpus.case import Delivery, Flaw, Group, all_good, one_bad_row, refused

VALUES = Group("Valori")
A_DAY = "atteso un giorno che esiste"
HIDDEN = "il valore (non mostrato perché riservato)"


@VALUES.case("Una data che non esiste (31/02/2015)", "Mette in quarantena la riga e mostra la data.")
def impossible_day() -> Delivery:
    flaw = Flaw(3, "data_ricezione.formato", "«31/02/2015»", A_DAY)
    return one_bad_row("reclami", {"data_ricezione": "31/02/2015"}, flaw)


@VALUES.case(
    "Giorno e mese che si possono scambiare (03/04)",
    "Legge sempre all'italiana: 03/04/2022 è il 3 aprile. Una data col mese per primo (04/13/2022) va in quarantena.",
)
def day_and_month() -> Delivery:
    days = ["03/04/2022", "3-4-2022", "2022-04-03"]
    rows = [sample("reclami", serial, data_ricezione=day) for serial, day in enumerate((*days, "25/04/2022"))]
    return Delivery(
        "reclami__seregno.csv",
        csv_bytes([*rows, sample("reclami", 4, data_ricezione="04/13/2022")]),
        csv_bytes([*rows, sample("reclami", 4, data_ricezione="13/04/2022")]),
        whole=5,
        accepted=4,
        flaws=[Flaw(6, "data_ricezione.formato", "«04/13/2022»", A_DAY)],
        lands={
            "select distinct data_ricezione from landing.reclami order by 1": [
                (date(2022, 4, 3),),
                (date(2022, 4, 25),),
            ]
        },
    )


@VALUES.case(
    "Un file con tutte le date col mese per primo (esportato in inglese)",
    "Rifiuta il file: 03/04 vi significa 4 marzo, e si leggerebbe 3 aprile.",
)
def month_first() -> Delivery:
    days = ["03/04/2022", "04/13/2022", "05/05/2022"]
    rows = [sample("reclami", serial, data_ricezione=day) for serial, day in enumerate(days)]
    return refused("reclami", csv_bytes(rows), "«04/13/2022»", "«03/04/2022»", "giorno/mese/anno")


@VALUES.case(
    "Una data con l'ora (30/06/2022 00:00:00)",
    "Ne tiene il giorno. Un'ora che non c'è (24:00) mette in quarantena la riga: il giorno potrebbe essere il seguente.",
)
def date_and_time() -> Delivery:
    moments = ["10/03/2022 00:00:00", "10/03/2022 9.05", "2022-03-10T23:59:59", "2022-03-10 24:00"]
    rows = [sample("reclami", serial, data_ricezione=moment) for serial, moment in enumerate(moments)]
    return Delivery(
        "reclami__seregno.csv",
        csv_bytes(rows),
        csv_bytes([*rows[:3], sample("reclami", 3, data_ricezione="11/03/2022")]),
        whole=4,
        accepted=3,
        flaws=[Flaw(5, "data_ricezione.formato", "«2022-03-10 24:00»", A_DAY)],
        lands={"select distinct data_ricezione from landing.reclami": [(date(2022, 3, 10),)]},
    )


@VALUES.case(
    "Una data che vuol dire «nessuna data» (01/01/1900, 31/12/9999)",
    "Mette in quarantena la riga: dove la data non c'è si lascia vuoto.",
)
def no_date() -> Delivery:
    rows = [sample("reclami", serial) for serial in range(3)]
    spoilt = [
        rows[0] | {"data_risposta": "01/01/1900"},
        rows[1] | {"data_risposta": "31/12/9999"},
        rows[2] | {"data_risposta": ""},
    ]
    return Delivery(
        "reclami__seregno.csv",
        csv_bytes(spoilt),
        csv_bytes(rows),
        whole=3,
        accepted=1,
        flaws=[
            Flaw(2, "data_risposta.formato", "«01/01/1900»", A_DAY),
            Flaw(3, "data_risposta.formato", "«31/12/9999»", A_DAY),
        ],
    )


@VALUES.case(
    "Un segno invisibile dentro un valore (copiato da una pagina o da un messaggio)",
    "Mette in quarantena la riga e dice dov'è il segno, che altrimenti non si vedrebbe; intorno al valore lo toglie.",
)
def invisible_sign() -> Delivery:
    day = {"data_ricezione": "10\u200e/03\u200e/2022", "gravita": "\u200balta\ufeff"}
    shown = "«10[segno invisibile]/03[segno invisibile]/2022»"
    return one_bad_row(
        "reclami", day, Flaw(3, "data_ricezione.formato", shown, A_DAY), good={"gravita": "alta"}
    )


@VALUES.case(
    "Una nascita nel futuro", "Mette in quarantena la riga: la data di nascita segue quella di estrazione."
)
def future_birth() -> Delivery:
    flaw = Flaw(
        3,
        "data_nascita_non_futura",
        "Data di nascita «2023-05-01», Data di estrazione «2022-06-30»",
        "è successiva alla data di estrazione",
    )
    return one_bad_row("minori", {"data_nascita": "2023-05-01"}, flaw)


@VALUES.case("Una persona di oltre 30 anni tra i minori", "Mette in quarantena la riga.")
def too_old() -> Delivery:
    flaw = Flaw(3, "data_nascita_entro_30_anni", "Data di nascita «1985-05-01»", "precede di oltre 30 anni")
    return one_bad_row("minori", {"data_nascita": "1985-05-01"}, flaw)


@VALUES.case(
    "Una presa in carico chiusa prima di essere aperta", "Mette in quarantena la riga con le due date."
)
def closed_before_opened() -> Delivery:
    closed = {"data_apertura": "2022-03-10", "data_chiusura": "2022-03-01", "motivo_chiusura": "1"}
    flaw = Flaw(
        3,
        "data_chiusura_non_prima_di_data_apertura",
        "Data di chiusura «2022-03-01», Data di apertura «2022-03-10»",
        "viene prima della data di apertura",
    )
    return one_bad_row(
        "prese_in_carico",
        closed,
        flaw,
        good=closed | {"data_chiusura": "2022-03-20"},
        beside={"minori__seregno.csv": csv_bytes([sample("minori")])},
    )


@VALUES.case("Un numero intero di 26 cifre", "Mette in quarantena la riga: il numero non si arrotonda.")
def enormous_integer() -> Delivery:
    digits = "12345678901234567890123456"
    flaw = Flaw(3, "partecipanti.formato", f"«{digits}»", "atteso un numero intero")
    return one_bad_row("riunioni", {"partecipanti": digits}, flaw)


@VALUES.case("Ore negative", "Mette in quarantena la riga: le ore vanno da 0 a 400.")
def negative_hours() -> Delivery:
    flaw = Flaw(3, "ore.intervallo", "«-5»", "atteso un numero da 0 a 400")
    rows = [sample("ore_operatori", mese=f"2022-0{month}") for month in (1, 2, 3)]
    return Delivery(
        "ore_operatori__seregno.csv",
        csv_bytes([rows[0], rows[1] | {"ore": "-5"}, rows[2]]),
        csv_bytes(rows),
        whole=3,
        accepted=2,
        flaws=[flaw],
        beside={"operatori__seregno.csv": csv_bytes([sample("operatori")])},
    )


@VALUES.case(
    "Decimali con la virgola e punti delle migliaia (1.234,56)",
    "Li legge all'italiana. «1.234» da solo ha due significati: la riga va in quarantena.",
)
def italian_numbers() -> Delivery:
    amounts = ["1.234,56", "1234,56", "1,234.56", "1234.56"]
    rows = [sample("spese", serial, importo=amount) for serial, amount in enumerate(amounts)]
    return Delivery(
        "spese__seregno.csv",
        csv_bytes([*rows, sample("spese", 4, importo="1.234")]),
        csv_bytes([*rows, sample("spese", 4, importo="1234")]),
        whole=5,
        accepted=4,
        flaws=[Flaw(6, "importo.ambiguo", "«1.234»", "si può leggere in due modi")],
        lands={"select distinct importo from landing.spese": [(Decimal("1234.56"),)]},
    )


@VALUES.case(
    "Un file con i numeri all'inglese (1,234.50)",
    "Se ce n'è uno come «1,234», che vi significa milleduecentotrentaquattro, rifiuta il file: si leggerebbe 1,234 euro.",
)
def english_numbers() -> Delivery:
    amounts = ["1,234", "1,234.5", "12"]
    rows = [sample("spese", serial, importo=amount) for serial, amount in enumerate(amounts)]
    return refused("spese", csv_bytes(rows), "«1,234.5»", "«1,234»", "scritti come 1234,56")


@VALUES.case(
    "Codice fiscale con la lettera di controllo sbagliata",
    "Mette in quarantena la riga, senza mostrare il codice.",
)
def wrong_control_letter() -> Delivery:
    right = fiscal_code(4)
    wrong = right[:-1] + chr(ord("A") + (ord(right[-1]) - ord("A") + 1) % 26)
    flaw = Flaw(3, "codice_fiscale.formato", HIDDEN, "non è un codice fiscale valido")
    return one_bad_row("minori", {"codice_fiscale": wrong}, flaw, good={"codice_fiscale": right})


@VALUES.case("Codice fiscale in minuscolo", "Vale come in maiuscolo: la persona è la stessa.")
def lower_case_fiscal_code() -> Delivery:
    code = fiscal_code(4)
    rows = [sample("minori", 0, codice_fiscale=code), sample("minori", 1, codice_fiscale=code.lower())]
    persons = "select count(distinct codice_fiscale) from landing.minori"
    return all_good("minori", csv_bytes(rows), 2, lands={persons: [(1,)]})


@VALUES.case("Codice fiscale con omocodia (lettere al posto di cifre)", "È valido e si carica.")
def homocody() -> Delivery:
    body = "TSTPRVLMA0NZVUT"
    row = sample("minori", codice_fiscale=body + control_letter(body))
    return all_good("minori", csv_bytes([row]), 1)


@VALUES.case("Un Comune che non è dell'Ambito", "Mette in quarantena la riga ed elenca i codici dei Comuni.")
def foreign_municipality() -> Delivery:
    flaw = Flaw(3, "comune_riferimento.elenco", "«015146»", "il codice di un Comune dell'Ambito")
    return one_bad_row("reclami", {"comune_riferimento": "015146"}, flaw)


@VALUES.case(
    "Il nome del Comune invece del codice («Lentate S/S»)",
    "Mette in quarantena la riga e chiede il codice ISTAT, di sei cifre: il nome non si indovina.",
)
def municipality_by_name() -> Delivery:
    flaw = Flaw(3, "comune_riferimento.formato", "«Lentate S/S»", "di sei cifre")
    return one_bad_row("reclami", {"comune_riferimento": "Lentate S/S"}, flaw)


@VALUES.case("Un servizio che non esiste", "Mette in quarantena la riga ed elenca i servizi.")
def unknown_service() -> Delivery:
    flaw = Flaw(3, "codice_servizio.elenco", "«tutela»", "uno dei valori equipe_tutela")
    return one_bad_row("reclami", {"codice_servizio": "tutela"}, flaw)


@VALUES.case(
    "Il riferimento a un dato che nessuna consegna ha ancora portato",
    "La riga aspetta: si carica da sola quando il dato arriva, senza consegnarla di nuovo.",
)
def missing_parent() -> Delivery:
    rows = [
        sample("prese_in_carico", 0),
        sample("prese_in_carico", 1, id_minore=sample("minori", 1)["id_minore"]),
    ]
    return Delivery(
        "prese_in_carico__seregno.csv",
        csv_bytes(rows),
        mended=csv_bytes([sample("minori", 1)]),
        mended_as="minori__seregno__2.csv",
        whole=2,
        accepted=1,
        waiting=1,
        flaws=[Flaw(3, "id_minore.riferimento", HIDDEN, "consegnare il dato «minori» che manca")],
        beside={"minori__seregno.csv": csv_bytes([sample("minori")])},
    )
