"""Is a file what its release produces? The report is made again and compared byte for byte."""

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from osservatorio.errors import UserError
from osservatorio.home import Home
from osservatorio.release import current_release_id, manifest_path, release_path
from reporting.checking.differences import differences
from reporting.checking.produced_files import ProducedFile, read_file
from reporting.disclosure.history import publication_of
from reporting.disclosure.ledger import Ledger
from reporting.disclosure.tidy import csv_of, is_tidy
from reporting.documents.stamp import Stamp, stamp_of
from reporting.documents.writers import WRITERS
from reporting.kinds import KINDS
from reporting.model import Report
from reporting.produce import read_report


class Verdict(StrEnum):
    IDENTICAL = "identico"
    EDITED = "modificato"  # a draft or a workbook: somebody may work in it, but it is not the report any more
    DIFFERENT = "diverso"
    WORDS_CHANGED = "testi cambiati"
    OTHER_VERSION = "altra versione"
    OTHER_RELEASE = "altra pubblicazione"
    RELEASE_GONE = "pubblicazione assente"
    NOT_OURS = "non è un rapporto"


@dataclass(frozen=True)
class Verification:
    """What was found out about a file: `message` is one or two Italian sentences, `differences` say where."""

    verdict: Verdict
    message: str
    format: str = ""
    stamp: Stamp | None = None
    differences: tuple[str, ...] = ()
    note: str = ""

    @property
    def is_identical(self) -> bool:
        return self.verdict is Verdict.IDENTICAL


def verify(home: Home, path: Path, *, release_id: str | None = None) -> Verification:
    """Make again the report that a file says it is, and compare.

    `release_id` is the release that the file should come from; by default the one that it names. Raises
    UserError when the file cannot be read.
    """
    file = read_file(path)
    if is_tidy(file.content):
        return _registered(home, file)
    stamp = file.stamp
    kind = KINDS.get(stamp.kind) if stamp else None
    if stamp is None or kind is None or file.format not in kind.formats:
        return Verification(
            Verdict.NOT_OURS,
            "Il file non porta il contrassegno dei rapporti: non è uno di essi, oppure un altro programma l'ha "
            "riscritto e l'ha tolto.",
            file.format,
        )
    if release_id and stamp.release_id != release_id:
        return _found(
            file,
            Verdict.OTHER_RELEASE,
            f"Il file viene dalla pubblicazione «{stamp.release_id}», non da «{release_id}».",
        )
    if not (manifest_path(home, stamp.release_id).exists() and release_path(home, stamp.release_id).exists()):
        return _found(
            file,
            Verdict.RELEASE_GONE,
            f"La pubblicazione «{stamp.release_id}», da cui viene il file, non c'è più in questa cartella dei dati: "
            "per verificarlo ripristinala dalla copia di sicurezza.",
        )
    try:
        report = _made_again(home, stamp)
    except UserError as error:
        return _found(
            file,
            Verdict.DIFFERENT,
            f"La pubblicazione «{stamp.release_id}» non produce il rapporto che il file dice di essere. "
            f"{error.message}",
        )
    return _compared(home, file, stamp, report)


def _registered(home: Home, file: ProducedFile) -> Verification:
    """A CSV of protected tables bears no stamp: the register knows every one that left."""
    for entry in reversed(Ledger(home).entries()):
        if csv_of(publication_of(entry).tables) == file.content:
            message = (
                f"Il file è, byte per byte, l'esportazione protetta «{entry.name}» della pubblicazione "
                f"«{entry.export.release}», come la conserva il registro."
            )
            return Verification(Verdict.IDENTICAL, message, "csv")
    message = (
        "Il file ha le colonne delle tabelle protette, ma non è uguale a nessuna esportazione del registro: è stato "
        "modificato, oppure viene da un'altra cartella dei dati."
    )
    return Verification(Verdict.DIFFERENT, message, "csv")


def _made_again(home: Home, stamp: Stamp) -> Report:
    """The report that a stamp names, with the texts of now."""
    return read_report(home, stamp.kind, stamp.period, comune=stamp.comune, release_id=stamp.release_id)


def _compared(home: Home, file: ProducedFile, stamp: Stamp, report: Report) -> Verification:
    expected = WRITERS[file.format](report)
    if file.content == expected:
        current = current_release_id(home)
        note = f"Non è la pubblicazione in uso, che è «{current}»." if current != stamp.release_id else ""
        message = f"Il file è, byte per byte, quello che la pubblicazione «{stamp.release_id}» produce."
        return _found(file, Verdict.IDENTICAL, message, note=note)
    here = stamp_of(report)
    try:
        found = tuple(differences(file.format, file.content, expected))
    except ValueError:
        message = "Il file dice di essere un rapporto, ma dentro non ne ha la struttura."
        return _found(file, Verdict.DIFFERENT, message)
    if stamp.version != here.version:
        message = (
            f"Il file viene dalla versione {stamp.version} del programma e questa è la {here.version}: che i byte "
            "siano altri non vuol dire che sia stato modificato."
        )
        return _found(file, Verdict.OTHER_VERSION, message, found)
    if stamp.words != here.words:
        message = (
            "I testi scritti per questo rapporto sono cambiati da quando il file è stato prodotto: con i testi di "
            "adesso il rapporto è un altro."
        )
        return _found(file, Verdict.WORDS_CHANGED, message, found)
    if file.format == "pdf":
        message = (
            f"Il file non è quello che la pubblicazione «{stamp.release_id}» produce: è stato modificato, salvato di "
            "nuovo da un altro programma o prodotto con altre versioni delle librerie."
        )
        return _found(file, Verdict.DIFFERENT, message)
    message = "Il file è stato modificato dopo la produzione."
    if not found:
        message += (
            " Le tabelle e i testi sono gli stessi: è stato salvato di nuovo o ne è cambiato l'aspetto."
        )
    return _found(file, Verdict.EDITED, message, found)


def _found(
    file: ProducedFile, verdict: Verdict, message: str, found: tuple[str, ...] = (), note: str = ""
) -> Verification:
    return Verification(verdict, message, file.format, file.stamp, found, note)
