"""The page of the bad deliveries, `docs/casi_difficili.md`: rendered from the corpus, never written by hand.

`python -m corpus.page` in this folder's parent writes it anew (`make dictionary` does); a test compares the two.
"""

from pathlib import Path

from corpus.case import Case, Group
from corpus.of_bytes import BYTES
from corpus.of_hostility import HOSTILITY
from corpus.of_repeats import REPEATS
from corpus.of_sheets import SHEETS
from corpus.of_structure import STRUCTURE
from corpus.of_values import VALUES
from corpus.of_workbooks import PACKAGES

PAGE = Path(__file__).parents[3] / "docs" / "casi_difficili.md"
GROUPS: tuple[Group, ...] = (BYTES, PACKAGES, SHEETS, STRUCTURE, VALUES, HOSTILITY, REPEATS)

INTRO = """\
# I casi difficili

Che cosa fa il programma con i file che arrivano rotti, incompleti, ripetuti o ostili. Ogni riga di queste tabelle è una \
prova che il programma supera: la consegna sbagliata, quello che se ne è caricato, il messaggio, e la consegna corretta \
che rimette tutto a posto.

In ogni caso valgono quattro promesse:

1. il messaggio è in italiano e dice il file, la riga, la colonna, che cosa è stato trovato e che cosa ci si aspettava;
2. le righe buone si caricano e quelle sbagliate vanno in quarantena; si rifiuta tutto il file soltanto quando non ci si \
può fidare di nessuna sua riga;
3. per ogni file le righe lette sono quelle accettate, più quelle in quarantena, più quelle che aspettano un altro dato;
4. una seconda consegna, corretta, basta a rimediare: le righe che mancavano si caricano e le segnalazioni si chiudono.

Le regole della quarantena, una per una, sono in [un'altra pagina](regole_quarantena.md); che cosa si fa con l'elenco \
delle righe da correggere è nel [manuale](manuale.md).

> Questa pagina è generata dalle prove (`tests/ingestion/corpus/`). Non va corretta a mano: si corregge la prova e si \
rigenera la pagina con `make dictionary`."""


def render_page() -> str:
    """The whole page as Italian Markdown, ending in a line break."""
    return "\n\n".join([INTRO, *(_section(group) for group in GROUPS)]) + "\n"


def _section(group: Group) -> str:
    rows = [
        ("Che cosa arriva", "Che cosa fa il programma", "Esito"),
        ("---", "---", "---"),
        *((case.found, case.does, _end(case)) for case in group.cases),
    ]
    lines = [f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in row)} |" for row in rows]
    return f"## {group.title}\n\n" + "\n".join(lines)


def _end(case: Case) -> str:
    """How the delivery ends, as the test of the case holds it."""
    delivery = case.build()
    if delivery.end == "refused":
        return "file rifiutato"
    if delivery.end == "already_landed":
        return "nulla cambia"
    if not delivery.flaws:
        return "tutto caricato"
    return "riga in attesa" if delivery.waiting else "riga in quarantena"


if __name__ == "__main__":
    PAGE.write_text(render_page(), encoding="utf-8")
