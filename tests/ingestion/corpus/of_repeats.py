"""Deliveries that come twice, late, from somebody else, or on one another's heels."""

from delivered_samples import csv_bytes, sample

from corpus.case import Delivery, Flaw, Group, all_good, complaints
from osservatorio.reference import municipalities

REPEATS = Group("Consegne ripetute, corrette, in ritardo")
OTHER_BODY = next(town.code for town in municipalities().values() if town.slug == "seveso")
LATEST = "select arg_max(gravita, (data_estrazione, load_seq, source_row)) from landing.reclami"


@REPEATS.case("Lo stesso file due volte", "La seconda volta non cambia nulla, e lo dice.")
def same_twice() -> Delivery:
    content = csv_bytes(complaints(2))
    file = "reclami__seregno.csv"
    return Delivery(
        file,
        content,
        csv_bytes(complaints(3)),
        whole=3,
        end="already_landed",
        says=["già caricato il", "nulla è cambiato"],
        before=[{file: content}],
        lands={"select count(*) from landing.reclami": [(2,)]},
    )


@REPEATS.case("Lo stesso file con un altro nome", "Lo riconosce dal contenuto: non cambia nulla, e lo dice.")
def renamed() -> Delivery:
    content = csv_bytes(complaints(2))
    return Delivery(
        "reclami__seregno__copia.csv",
        content,
        csv_bytes(complaints(3)),
        whole=3,
        end="already_landed",
        says=["già caricato il", "nulla è cambiato"],
        before=[{"reclami__seregno.csv": content}],
        lands={"select count(*) from landing.reclami": [(2,)]},
    )


def version(day: str, gravity: str) -> bytes:
    return csv_bytes([sample("reclami", data_estrazione=day, gravita=gravity)])


@REPEATS.case(
    "Un file corretto, consegnato di nuovo", "Vale la versione nuova; quella di prima resta nella storia."
)
def corrected() -> Delivery:
    return all_good(
        "reclami",
        version("2022-07-31", "alta"),
        1,
        before=[{"reclami__seregno.csv": version("2022-06-30", "bassa")}],
        lands={LATEST: [("alta",)], "select count(*) from landing.reclami": [(2,)]},
    )


@REPEATS.case(
    "Un'estrazione vecchia consegnata dopo una più nuova",
    "Si carica e resta nella storia; vale sempre l'estrazione più recente.",
)
def older_after_newer() -> Delivery:
    return all_good(
        "reclami",
        version("2022-05-31", "bassa"),
        1,
        before=[{"reclami__seregno.csv": version("2022-06-30", "alta")}],
        lands={LATEST: [("alta",)], "select count(*) from landing.reclami": [(2,)]},
    )


@REPEATS.case(
    "Righe di un altro ente in un file che porta il nome di un Comune",
    "Le mette in quarantena: un ente non cambia i dati di un altro.",
)
def another_body() -> Delivery:
    rows = complaints(3)
    flaw = Flaw(3, "codice_ente.altro_ente", f"«{OTHER_BODY}»", "il nome del file indica un altro ente")
    return Delivery(
        "reclami__seregno.csv",
        csv_bytes([rows[0], rows[1] | {"codice_ente": OTHER_BODY}, rows[2]]),
        csv_bytes(rows),
        whole=3,
        accepted=2,
        flaws=[flaw],
    )


@REPEATS.case(
    "Due consegne insieme, una buona e una sbagliata, con dati in comune",
    "Ciascuna si carica per intero o non si carica. Di due comandi avviati insieme, il secondo dice chi sta lavorando e finisce.",
)
def two_at_once() -> Delivery:
    rows = complaints(3)
    spoilt = [rows[0], rows[1], rows[2] | {"gravita": "grave"}]
    flaw = Flaw(4, "gravita.elenco", "«grave»", "uno dei valori bassa, media, alta")
    return Delivery(
        "reclami__seregno__b.csv",
        csv_bytes(spoilt),
        csv_bytes(rows),
        whole=3,
        accepted=2,
        flaws=[flaw],
        beside={"reclami__seregno__a.csv": csv_bytes(rows[:1])},
    )
