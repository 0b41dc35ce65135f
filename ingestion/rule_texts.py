"""The Italian texts of the rules: what is wrong, what is expected, how to mend it, and the message made of them.

They are clauses, without capital and full stop, so that messages, lists and pages can join them; `sentence` makes a
sentence of one. `{column}` in a message stands for the delivered text of that column, `{trovato}` for what was found
in a row that could not be cut.
"""

from dataclasses import dataclass

from ingestion import tables
from osservatorio import reference
from osservatorio.column_words import codes_words, range_words
from osservatorio.contracts import Column, Contract, RowRule

FLAW_FOUND = "{trovato}"
HIDDEN = "il valore (non mostrato perché riservato)"


@dataclass(frozen=True)
class Texts:
    """The texts of a rule. `problem` names the kind of error, without any value."""

    problem: str
    expected: str
    remedy: str
    message: str


def sentence(clause: str) -> str:
    """A clause as a sentence."""
    return f"{clause[:1].upper()}{clause[1:]}{'' if clause.endswith('.') else '.'}" if clause else ""


def found(column: Column) -> str:
    """The place of a column's delivered text in a message."""
    return f"{{{column.name}}}"


def _structural(problem: str, expected: str, remedy: str, detail: str = "") -> Texts:
    return Texts(problem, expected, remedy, sentence(f"{problem}{detail}: {remedy}"))


STRUCTURE = {
    tables.TOO_MANY_FIELDS: _structural(
        "la riga ha più valori delle colonne",
        "tanti valori quanti sono i titoli delle colonne",
        "mettere tra virgolette i testi che contengono il separatore, oppure togliere i valori di troppo",
        f" ({FLAW_FOUND})",
    ),
    tables.TOO_FEW_FIELDS: _structural(
        "la riga ha meno valori delle colonne",
        "tanti valori quanti sono i titoli delle colonne, anche vuoti",
        "completare la riga se è tagliata; se un testo va a capo, scriverlo su una riga sola o tra virgolette; se non è "
        "un dato (una nota, una firma), toglierla",
        f" ({FLAW_FOUND})",
    ),
    tables.BAD_QUOTES: _structural(
        "nella riga ci sono virgolette aperte e non chiuse",
        "virgolette sempre a coppie; dentro un testo tra virgolette se ne scrivono due di seguito",
        "chiudere le virgolette o toglierle",
    ),
    tables.CONTROL_CHARACTERS: _structural(
        "la riga contiene caratteri non validi (file danneggiato)",
        "solo lettere, cifre e segni che si possono leggere",
        "esportare di nuovo il file dal gestionale",
    ),
    tables.REPEATED_HEADER: _structural(
        "la riga ripete i titoli delle colonne in mezzo ai dati",
        "i titoli una volta sola, sopra i dati",
        "togliere la riga",
    ),
    tables.CELL_ERROR: _structural(
        "nella riga c'è una cella con un errore di Excel",
        "in ogni cella un valore, oppure niente",
        "correggere la formula o scrivere il valore, poi salvare",
        f" ({FLAW_FOUND})",
    ),
    tables.CELL_WITHOUT_VALUE: _structural(
        "nella riga c'è una formula di cui il file non ha il risultato",
        "formule già calcolate, oppure valori",
        "aprire il file con Excel, salvarlo e consegnarlo di nuovo",
        f" ({FLAW_FOUND})",
    ),
}


def missing(column: Column) -> Texts:
    """A required value that is not there."""
    expected = expected_value(column)
    return Texts(
        "manca un valore obbligatorio",
        expected,
        _remedy_when_missing(column),
        f"{column.label}: manca il valore, che è obbligatorio; atteso {expected}.",
    )


def _remedy_when_missing(column: Column) -> str:
    if column.code_list and column.kind != "istat":
        codes = reference.code_list(column.code_list)
        unknown = [code for code, label in codes.items() if label.startswith("Non not")]
        return "indicare il valore che descrive il caso" + (
            f"; se non si conosce, scrivere {unknown[0]}" if unknown else ""
        )
    return {
        "id": "indicare il codice che il gestionale usa, lo stesso in tutti gli estratti",
        "istat": "indicare il codice ISTAT dell'ente, lo stesso in tutte le righe dei suoi file",
        "date": "indicare la data",
        "month": "indicare il mese",
        "year": "indicare l'anno",
        "flag": "scrivere S per sì, N per no",
    }.get(column.kind, "indicare il valore")


def failed(column: Column, check: str) -> Texts:
    """A text that is not a value of the column's kind; `check` is the last part of the rule's id."""
    expected = expected_value(column)
    if column.kind == "cf":
        remedy = "controllare le 16 lettere e cifre e la lettera finale; se il minore non ha il codice, lasciare vuoto"
        message = f"{column.label}: {HIDDEN} non è un codice fiscale valido: {remedy}."
        return Texts("codice fiscale non valido", expected, remedy, message)
    if column.secret:
        message = f"{column.label}: {HIDDEN} non è valido; atteso {expected}."
        return Texts("codice scritto in un modo non valido", expected, _REMEDIES["id"], message)
    if check == "codice_fiscale":
        remedy = "usare il codice che il gestionale dà al dato, lo stesso in tutti gli estratti"
        message = (
            f"{column.label}: trovato un codice fiscale (non mostrato perché riservato), che non può fare da "
            f"identificativo: {remedy}."
        )
        return Texts("codice fiscale usato come identificativo", expected, remedy, message)
    if check == "lunghezza":
        message = f"{column.label}: il testo supera {column.max_length} caratteri (comincia con «{found(column)}»): accorciarlo."
        return Texts("testo troppo lungo", expected, "accorciare il testo", message)
    if check == "caratteri":
        remedy = "esportare di nuovo il file, o salvarlo come «CSV UTF-8», dopo aver corretto il testo nel gestionale"
        message = f"{column.label}: nel testo «{found(column)}» ci sono accenti o segni rovinati da una conversione: {remedy}."
        return Texts("testo con accenti rovinati", expected, remedy, message)
    if check == "ambiguo":
        return _ambiguous(column)
    if check == "elenco":
        return Texts(
            "valore che non è nell'elenco",
            expected,
            _remedy_in_list(column),
            _found_expected(column, expected),
        )
    brief = _EXPECTED[column.kind] if column.kind == "istat" else expected
    return Texts(_PROBLEMS[column.kind], expected, _REMEDIES[column.kind], _found_expected(column, brief))


def _found_expected(column: Column, expected: str) -> str:
    return f"{column.label}: trovato «{found(column)}», atteso {expected}."


def _ambiguous(column: Column) -> Texts:
    if column.kind == "int":
        expected, remedy = (
            "un numero intero senza punti e senza virgole",
            "scrivere il numero senza punti e senza virgole",
        )
    else:
        expected = "un numero senza punti, con la virgola prima dei decimali"
        remedy = "scrivere il numero senza il punto, con la virgola dei decimali"
    message = f"{column.label}: trovato «{found(column)}», che si può leggere in due modi: {remedy}."
    return Texts("numero che si può leggere in due modi", expected, remedy, message)


def _remedy_in_list(column: Column) -> str:
    if column.kind == "istat":
        return "correggere il codice: è quello di un Comune fuori dall'Ambito, o non esiste"
    remedy = "scrivere il codice dell'elenco, non la sua descrizione"
    return f"{remedy}, e separare i codici con «|»" if column.kind == "codes" else remedy


def out_of_range(column: Column) -> Texts:
    """A number outside the column's bounds."""
    expected = _EXPECTED["year"] if column.kind == "year" else f"{_a_number(column)} {range_words(column)}"
    return Texts(
        "numero fuori dai limiti",
        expected,
        "controllare cifre, segno e unità di misura, e correggere il numero",
        _found_expected(column, expected),
    )


def other_body(column: Column) -> Texts:
    """A record of another body than the one that the file's name names."""
    remedy = "consegnare la riga nel file del suo ente; se invece è dell'ente del file, correggere il codice"
    return Texts(
        "riga di un altro ente",
        "il codice dell'ente che il nome del file indica",
        remedy,
        f"{column.label}: trovato «{found(column)}», ma il nome del file indica un altro ente: {remedy}.",
    )


def unknown_parent(column: Column) -> Texts:
    """A reference to a record that no delivery has brought yet."""
    target = column.reference
    if target is None:
        raise ValueError(f"{column.name} refers to nothing")
    whose = " dello stesso ente" if target.same_body else ""
    what = HIDDEN if column.secret else f"«{found(column)}»"
    remedy = (
        f"correggere il codice se è sbagliato; se è giusto, consegnare il dato «{target.extract}» che manca: "
        "una riga senza altri errori entra poi da sola"
    )
    return Texts(
        "rimando a un dato che non è ancora arrivato",
        f"un codice che sia tra i dati «{target.extract}»{whose} già accettati",
        remedy,
        f"{column.label}: {what} non è tra i dati «{target.extract}»{whose} finora accettati: {remedy}.",
    )


def row(contract: Contract, rule: RowRule, shown: tuple[str, ...]) -> Texts:
    """A rule over several columns: its own message, and the values of the columns shown."""
    problem, _, remedy = rule.message.partition(": ")
    values = ", ".join(f"{contract.column(name).label} «{found(contract.column(name))}»" for name in shown)
    message = f"{rule.message} Trovato: {values}." if values else rule.message
    return Texts(f"{problem[0].lower()}{problem[1:]}", rule.expected, remedy.rstrip("."), message)


def expected_value(column: Column) -> str:
    """What a column may hold (Italian clause)."""
    if column.code_list:
        return codes_words(column)
    if column.kind == "text":
        return f"un testo di non più di {column.max_length} caratteri"
    if column.kind in ("int", "decimal"):
        how = ", scritto come 1234,56" if column.kind == "decimal" else ""
        return f"{_a_number(column)} {range_words(column)}".rstrip() + how
    return _EXPECTED[column.kind]


def _a_number(column: Column) -> str:
    return "un numero intero" if column.kind == "int" else "un numero"


_EXPECTED = {
    "id": "un codice di non più di 40 caratteri, fatto di lettere senza accento, cifre e . _ - /",
    "istat": "il codice ISTAT del Comune, di sei cifre (per esempio 108039)",
    "cf": "un codice fiscale con la lettera finale giusta, oppure niente",
    "date": "un giorno che esiste tra il 1901 e il 2099, scritto come 30/06/2022 o 2022-06-30",
    "month": "un mese scritto come 06/2022 o 2022-06",
    "year": "un anno di quattro cifre tra il 1901 e il 2099",
    "flag": "S oppure N",
}
_PROBLEMS = {
    "id": "codice scritto in un modo non valido",
    "istat": "codice ISTAT scritto in un modo non valido",
    "date": "data che non esiste o scritta in un modo non valido",
    "month": "mese scritto in un modo non valido",
    "year": "anno scritto in un modo non valido",
    "flag": "valore che non è né sì né no",
    "int": "valore che non è un numero intero",
    "decimal": "valore che non è un numero",
}
_REMEDIES = {
    "id": "togliere spazi, accenti e altri segni, e non superare 40 caratteri; lo stesso codice in tutti gli estratti",
    "istat": "scrivere il codice ISTAT di sei cifre, con lo zero iniziale se c'è, al posto del nome del Comune",
    "date": "scrivere la data come giorno/mese/anno, con un giorno che esiste e l'anno di quattro cifre",
    "month": "scrivere il mese come mese/anno, con l'anno di quattro cifre",
    "year": "scrivere l'anno con quattro cifre",
    "flag": "scrivere S per sì, N per no",
    "int": "scrivere solo cifre, senza decimali, simboli e parole",
    "decimal": "scrivere solo il numero, con la virgola dei decimali, senza simboli e parole",
}
