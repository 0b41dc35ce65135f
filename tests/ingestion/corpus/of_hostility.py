"""Hostile contents and hostile names."""

import os
from pathlib import Path

from delivered_samples import csv_bytes, sample

from corpus.case import Delivery, Flaw, Group, all_good, complaints, one_bad_row, refused
from corpus.packages import archive

HOSTILITY = Group("Contenuti e nomi ostili")
NOTES = "select azione_miglioramento from landing.reclami order by source_row"


def one_note(note: str, lands: str | None = None) -> Delivery:
    """A text that lands exactly as it is (or without what stands around it)."""
    content = csv_bytes([sample("reclami", azione_miglioramento=note)])
    return all_good("reclami", content, 1, lands={NOTES: [(lands or note,)]})


@HOSTILITY.case(
    "Un testo che comincia con = (`=cmd|…`)",
    "Lo carica come testo: in ogni foglio che il programma scrive resta testo. In un codice la riga va in quarantena.",
)
def formula() -> Delivery:
    text = "=cmd|' /C calc'!A0"
    rows = [sample("reclami", serial, azione_miglioramento=text) for serial in range(3)]
    flaw = Flaw(3, "id_reclamo.formato", f"«{text}»", "un codice di non più di 40 caratteri")
    return Delivery(
        "reclami__seregno.csv",
        csv_bytes([rows[0], rows[1] | {"id_reclamo": text}, rows[2]]),
        csv_bytes(rows),
        whole=3,
        accepted=2,
        flaws=[flaw],
        lands={NOTES: [(text,)] * 2},
    )


@HOSTILITY.case("Un testo che comincia con +", "Lo carica come testo.")
def plus() -> Delivery:
    return one_note("+39 0362 123456")


@HOSTILITY.case("Un testo che comincia con -", "Lo carica come testo.")
def minus() -> Delivery:
    return one_note("-2+3+cmd|' /C calc'!A0")


@HOSTILITY.case("Un testo che comincia con @", "Lo carica come testo.")
def at() -> Delivery:
    return one_note("@SUM(1+1)*cmd|' /C calc'!A0")


@HOSTILITY.case(
    "Un testo che comincia con una tabulazione", "Toglie gli spazi intorno e lo carica come testo."
)
def tab() -> Delivery:
    return one_note("\t=1+1", lands="=1+1")


@HOSTILITY.case(
    "Codice HTML in un testo (`<script>`)", "Lo carica come testo: nelle pagine si vede, non si esegue."
)
def script() -> Delivery:
    return one_note("<script>alert(1)</script>")


@HOSTILITY.case(
    "Un'immagine esterna in un testo (`![](http://…)`)",
    "La carica come testo: nessuna pagina la va a prendere.",
)
def remote_image() -> Delivery:
    return one_note("![](http://esempio.invalid/x.png)")


@HOSTILITY.case(
    "Comandi SQL in un valore (`' OR 1=1--`)",
    "Li confronta come testo: in un codice la riga va in quarantena, e nei filtri non trovano nulla.",
)
def sql() -> Delivery:
    text = "' OR 1=1--"
    flaw = Flaw(3, "codice_servizio.elenco", f"«{text}»", "uno dei valori equipe_tutela")
    return one_bad_row("reclami", {"codice_servizio": text}, flaw)


def in_archive(member: str, *says: str) -> Delivery:
    """A ZIP with that member beside a sound one; then the member under a plain name."""
    return refused(
        "reclami",
        archive({member: csv_bytes(complaints(2)), "spese__seregno.csv": csv_bytes([sample("spese")])}),
        *says,
        file="consegna.zip",
        mended=archive({"reclami__seregno.csv": csv_bytes(complaints(2))}),
        part=f"consegna.zip/{member}",
    )


@HOSTILITY.case(
    "Un archivio ZIP con `../../x.csv`",
    "Rifiuta quel file: niente si scrive fuori posto, anzi niente si estrae.",
)
def path_upwards() -> Delivery:
    return in_archive("../../reclami.csv", "un percorso che porta altrove", "i soli file da consegnare")


@HOSTILITY.case(
    "Un archivio ZIP con un percorso assoluto", "Rifiuta quel file; gli altri dell'archivio si caricano."
)
def absolute_path() -> Delivery:
    return in_archive("/etc/reclami.csv", "un percorso che porta altrove", "i soli file da consegnare")


def _link_outside(path: Path) -> None:
    outside = path.parent.parent / "fuori.csv"
    outside.write_bytes(csv_bytes(complaints(2)))
    path.unlink(missing_ok=True)
    path.symlink_to(outside)


@HOSTILITY.case(
    "Un collegamento che porta fuori dalla cartella",
    "Lo rifiuta: si legge soltanto ciò che è nella cartella.",
)
def link_outside() -> Delivery:
    return refused(
        "reclami",
        _link_outside,
        "Il collegamento porta fuori dalla cartella",
        "consegnare il file",
        beside={"spese__seregno.csv": csv_bytes([sample("spese")])},
    )


@HOSTILITY.case(
    "Un nome riservato al sistema (CON, NUL, …) in un archivio", "Rifiuta quel file e chiede di rinominarlo."
)
def reserved_name() -> Delivery:
    return in_archive("con/reclami.csv", "nome riservato al sistema", "rinominarlo")


@HOSTILITY.case(
    "Qualcosa che non è un file (una coda del sistema)", "Lo rifiuta senza aprirlo: non resta in attesa."
)
def named_pipe() -> Delivery:
    return refused(
        "reclami",
        os.mkfifo,
        "Non è un file da leggere",
        "consegnare un file",
        beside={"spese__seregno.csv": csv_bytes([sample("spese")])},
    )
