"""Workbooks as files: packages that are not what they say."""

from delivered_samples import csv_bytes

from corpus.case import Delivery, Group, complaints, refused
from corpus.packages import OLE, lying_about, member_of, table, with_member, workbook

PACKAGES = Group("Cartelle di lavoro di Excel: il file")
FILE = "reclami__seregno.xlsx"
SHEET = "xl/worksheets/sheet1.xml"
STRINGS = "xl/sharedStrings.xml"
HUGE = 395 << 20


def good_workbook(count: int = 2) -> bytes:
    return workbook({"Dati": table(complaints(count))})


def refused_workbook(content: bytes, *says: str) -> Delivery:
    return refused("reclami", content, *says, file=FILE, mended=good_workbook())


@PACKAGES.case(
    "Bomba ZIP (un file piccolo che si espande in moltissimi byte)",
    "Rifiuta il file prima di aprirlo: il contenuto è sproporzionato.",
)
def zip_bomb() -> Delivery:
    content = with_member(good_workbook(), "xl/media/image1.png", bytes(64 << 20))
    return refused_workbook(content, "troppo grande", "formato CSV")


@PACKAGES.case(
    "Dimensioni dichiarate false nella cartella di lavoro",
    "Rifiuta il file, senza leggerne più di quanto dichiara.",
)
def lying_sizes() -> Delivery:
    sheet = member_of(good_workbook(), SHEET)
    padded = sheet.replace(b"<sheetData>", b" " * (2 << 20) + b"<sheetData>")
    content = lying_about(with_member(good_workbook(), SHEET, padded), SHEET, HUGE)
    return refused_workbook(content, "troppo grande", "formato CSV")


@PACKAGES.case(
    "Una parte che dichiara pochi byte e si espande in moltissimi",
    "Rifiuta il file appena la parte supera la dimensione che dichiara.",
)
def understated_size() -> Delivery:
    sheet = member_of(good_workbook(), SHEET)
    padded = sheet.replace(b"<sheetData>", b" " * (40 << 20) + b"<sheetData>")
    content = lying_about(with_member(good_workbook(), SHEET, padded), SHEET, len(sheet))
    return refused_workbook(content, "incompleta o danneggiata", "copiarla di nuovo")


@PACKAGES.case(
    "Bomba di entità XML (un testo che si moltiplica da sé)", "Rifiuta il file: le entità non si espandono."
)
def entity_bomb() -> Delivery:
    grown = '<!ENTITY a0 "ah">'
    for level in range(9):
        grown += f'<!ENTITY a{level + 1} "{f"&a{level};" * 10}">'
    strings = member_of(good_workbook(), STRINGS).decode()
    head, body = strings.split("?>", 1)
    body = body.replace("<t>nota</t>", "<t>&a9;</t>")
    content = with_member(good_workbook(), STRINGS, f"{head}?><!DOCTYPE sst [{grown}]>{body}".encode())
    return refused_workbook(content, "dichiarazioni XML", "copiare i soli dati in un file nuovo")


@PACKAGES.case("Cartella di lavoro protetta da password", "Rifiuta il file e chiede di togliere la password.")
def password() -> Delivery:
    content = OLE + bytes(1016) + "EncryptedPackage".encode("utf-16-le") + bytes(512)
    return refused_workbook(content, "protetta da password", "toglierla")


@PACKAGES.case("Un vecchio .xls rinominato .xlsx", "Rifiuta il file e chiede di salvarlo nel formato nuovo.")
def old_format() -> Delivery:
    return refused_workbook(OLE + bytes(2048), "vecchio formato di Excel", "salvarlo come .xlsx")


@PACKAGES.case(
    "Un .xlsx tagliato a metà", "Rifiuta il file: di una cartella di lavoro incompleta non si salva nulla."
)
def cut_workbook() -> Delivery:
    content = good_workbook()
    return refused_workbook(content[: len(content) // 2], "incompleta o danneggiata", "copiarla di nuovo")


@PACKAGES.case(
    "Un CSV chiamato .xlsx", "Rifiuta il file e dice come rinominarlo; lo stesso per un .xlsx chiamato .csv."
)
def wrong_extension() -> Delivery:
    return refused_workbook(csv_bytes(complaints(2)), "non è una cartella di lavoro", "rinominarlo in .csv")
