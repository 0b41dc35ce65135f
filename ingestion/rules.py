"""The catalogue of one extract: every rule that a delivered row is checked against, with its Italian message.

Made from the contract. Each rule owns one bit of the row's masks; a row with no bit set is accepted.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Literal

from ingestion import tables
from ingestion.conversion import conversion
from osservatorio import reference
from osservatorio.contracts import Column, Contract
from osservatorio.italian import number

BITS = 64
FLAW_FOUND = "{trovato}"
MAX_CODES_SHOWN = 20

# structure: the row cannot be cut; missing, failed, typed: of one column (its text is empty, is no value, is a value
# that the rule looks at); reference: the parent has not arrived; row: over several columns.
Stage = Literal["structure", "missing", "failed", "typed", "reference", "row"]


@dataclass(frozen=True)
class Rule:
    """A rule. `condition` is SQL, true when the row is bad (None for the last of the failed ones: all the rest).

    `message` may hold `{<column>}` for each column `shown` (never a secret one), replaced by its delivered text;
    a structural rule's may hold `{trovato}`. `columns` are those that the rule looks at.
    """

    id: str
    column: str | None
    stage: Stage
    condition: str | None
    message: str
    shown: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()
    bit: int = -1

    @property
    def word(self) -> int:
        """Which mask holds the bit."""
        return self.bit // BITS

    @property
    def value(self) -> int:
        """The bit's value in its mask."""
        return 1 << (self.bit % BITS)


@lru_cache(maxsize=64)
def catalogue(contract: Contract) -> tuple[Rule, ...]:
    """All rules of an extract, in the order of their bits."""
    rules = [*_structure(), *(rule for column in contract.columns for rule in _column_rules(column))]
    rules += _row_rules(contract)
    return tuple(replace(rule, bit=bit) for bit, rule in enumerate(rules))


def parent_name(column: str) -> str:
    """The SQL name of the parent record that a reference column leads to."""
    return f"parent_{column}"


def parent_columns(contract: Contract, column: str) -> list[str]:
    """The columns of the parent record, reached through a reference column, that row rules look at."""
    names = [
        re.findall(r"\bparent\.(\w+)", rule.invalid_when) for rule in contract.rules if rule.parent == column
    ]
    return sorted({name for found_names in names for name in found_names})


def found(column: Column) -> str:
    """The place of a column's delivered text in a message."""
    return f"{{{column.name}}}"


def _structure() -> Iterator[Rule]:
    messages = {
        tables.TOO_MANY_FIELDS: f"La riga ha più valori delle colonne ({FLAW_FOUND}): controllare che nei testi il "
        "separatore sia tra virgolette.",
        tables.TOO_FEW_FIELDS: f"La riga ha meno valori delle colonne ({FLAW_FOUND}): è tagliata, o un testo va a capo.",
        tables.BAD_QUOTES: "Nella riga ci sono virgolette aperte e non chiuse: chiuderle o toglierle.",
        tables.CONTROL_CHARACTERS: "La riga contiene caratteri non validi (file danneggiato): esportarla di nuovo.",
        tables.REPEATED_HEADER: "La riga ripete i titoli delle colonne in mezzo ai dati: toglierla.",
    }
    for flaw, message in messages.items():
        yield Rule(flaw, None, "structure", None, message)


def _column_rules(column: Column) -> Iterator[Rule]:
    shown = () if column.secret else (column.name,)

    def rule(check: str, stage: Stage, condition: str | None, message: str) -> Rule:
        text = f"{column.label}: {message}"
        return Rule(f"{column.name}.{check}", column.name, stage, condition, text, shown, (column.name,))

    if column.required:
        yield rule("obbligatorio", "missing", None, "manca il valore, che è obbligatorio.")
    failures = (("formato", None),) if column.secret else conversion(column).failures
    for check, condition in failures:
        yield rule(check, "failed", condition, _failure_message(column, check))
    if column.minimum is not None or column.maximum is not None:
        yield rule(
            "intervallo",
            "typed",
            _out_of_range(column),
            f"trovato «{found(column)}», atteso {_range(column)}.",
        )
    if column.reference:
        target = column.reference
        known = f"{parent_name(column.name)} is null"
        condition = f"{known} and codice_ente is not null" if target.same_body else known
        what = "il valore (non mostrato perché riservato)" if column.secret else f"«{found(column)}»"
        whose = " dello stesso ente" if target.same_body else ""
        yield rule(
            "riferimento",
            "reference",
            condition,
            f"{what} non è tra i dati «{target.extract}»{whose} finora accettati: correggere il codice, oppure "
            "consegnare il dato che manca.",
        )


def _failure_message(column: Column, check: str) -> str:
    if column.kind == "cf":
        return (
            "il valore (non mostrato perché riservato) non è un codice fiscale valido: controllare le 16 lettere e "
            "cifre e la lettera finale, oppure lasciare vuoto."
        )
    if column.secret:
        return f"il valore (non mostrato perché riservato) non è valido; atteso {_EXPECTED['id']}."
    if check == "codice_fiscale":
        return "è un codice fiscale, che non può fare da identificativo: usare il codice del gestionale."
    if check == "lunghezza":
        limit = number(column.max_length)
        return f"il testo supera {limit} caratteri (comincia con «{found(column)}»): accorciarlo."
    if check == "ambiguo":
        way = (
            "senza punti e senza virgole"
            if column.kind == "int"
            else "senza il punto, con la virgola dei decimali"
        )
        return f"trovato «{found(column)}», che si può leggere in due modi: scrivere il numero {way}."
    if check == "elenco":
        return f"trovato «{found(column)}», atteso {_allowed(column)}."
    return f"trovato «{found(column)}», atteso {_EXPECTED[column.kind]}."


_EXPECTED = {
    "id": "un codice di non più di 40 caratteri, fatto di lettere senza accento, cifre e . _ - /",
    "istat": "il codice ISTAT del Comune, di sei cifre (per esempio 108039)",
    "date": "un giorno che esiste, scritto come 30/06/2022 o 2022-06-30",
    "month": "un mese scritto come 06/2022 o 2022-06",
    "year": "un anno di quattro cifre",
    "flag": "S oppure N",
    "int": "un numero intero",
    "decimal": "un numero come 1234,56",
}


def _allowed(column: Column) -> str:
    codes = reference.code_list(column.code_list or "")
    if column.kind == "istat":
        listed = [f"{code} {label}" for code, label in codes.items()]
        return f"il codice di un Comune dell'Ambito ({', '.join(listed)})"
    listed = list(codes)[:MAX_CODES_SHOWN]
    more = f" e altri {len(codes) - len(listed)}" if len(codes) > len(listed) else ""
    many = ", uno o più separati da «|»" if column.kind == "codes" else ""
    return f"uno dei valori {', '.join(listed)}{more}{many}"


def _out_of_range(column: Column) -> str:
    bounds = []
    if column.minimum is not None:
        bounds.append(f"{column.name} {'<=' if column.exclusive_minimum else '<'} {column.minimum}")
    if column.maximum is not None:
        bounds.append(f"{column.name} > {column.maximum}")
    return " or ".join(bounds)


def _range(column: Column) -> str:
    parts = []
    if column.minimum is not None:
        parts.append(
            f"{'maggiore di' if column.exclusive_minimum else 'non minore di'} {_figure(column.minimum)}"
        )
    if column.maximum is not None:
        parts.append(f"non maggiore di {_figure(column.maximum)}")
    return f"un numero {' e '.join(parts)}"


def _figure(bound: object) -> str:
    text = f"{bound}"
    return text.rstrip("0").rstrip(".").replace(".", ",") if "." in text else text


def _row_rules(contract: Contract) -> Iterator[Rule]:
    for rule in contract.rules:
        condition = rule.invalid_when
        if rule.parent:
            condition = re.sub(r"\bparent\.", f"{parent_name(rule.parent)}.", condition)
        shown = tuple(name for name in rule.columns if not contract.column(name).secret)
        values = ", ".join(
            f"{contract.column(name).label} «{found(contract.column(name))}»" for name in shown
        )
        message = f"{rule.message} Trovato: {values}." if values else rule.message
        yield Rule(rule.id, rule.column, "row", condition, message, shown, rule.columns)
