"""Which figure a person means: a code, a period, a municipality and a service -> one cell of a mart of a release."""

from collections.abc import Mapping, Sequence

from osservatorio.errors import UserError
from osservatorio.explain_catalogue import Catalogue, Cell, Row, Words
from osservatorio.italian import join_words
from osservatorio.lineage import LONG_TABLE
from osservatorio.near import perhaps
from osservatorio.periods import MONTH, SEMESTER, YEAR, Period
from osservatorio.reference import find_municipality
from osservatorio.upstream import lists_records

AMBITO = "AMBITO"
VALUE = "value"  # the column of the long table
PLACE, SERVICE = "municipality_code", "service_code"
PERIOD_NAMES = {
    MONTH: ("per mese", "{year}-06"),
    SEMESTER: ("per semestre", "{year}-S1"),
    YEAR: ("per anno", "{year}"),
}
SHOWN = 12  # values listed in a message


def find_cell(
    catalogue: Catalogue,
    period: Period,
    code: str,
    *,
    comune: str | None = None,
    servizio: str | None = None,
    where: Sequence[str] = (),
) -> tuple[Cell, Row]:
    """The figure that a person asks for and its row.

    `code` is that of an indicator or `mart.column`; `comune` a municipality (by default the Ambito), `servizio` a
    code or name of a service (by default all), `where` are `column=value` for the other columns of the key. Raises
    UserError, with what was perhaps meant, for anything that the release does not have.
    """
    mart, column, key = _head(catalogue, code.strip())
    columns = catalogue.columns[mart]
    names = catalogue.key(mart)
    if not names or lists_records(catalogue.release.manifest, mart):
        raise UserError(
            f"«{mart}» elenca singoli record o consegne e non cifre di un periodo: scegli un'altra tavola."
        )
    key |= _period_key(period, columns, names, mart)
    title = catalogue.columns[mart][column].label if column != VALUE else code
    if PLACE in names:
        key[PLACE] = _place(comune)
    elif comune:
        raise UserError(f"«{title}» non è distinta per Comune: togli --comune.")
    if SERVICE in names:
        key[SERVICE] = _service(catalogue, servizio)
    elif servizio:
        raise UserError(f"«{title}» non è distinta per servizio: togli --servizio.")
    key |= _conditions(where, columns, [name for name in names if name not in key], mart)
    return _single(catalogue, Cell(mart, column, key), names, period)


def _head(catalogue: Catalogue, code: str) -> tuple[str, str, dict[str, str]]:
    """Mart, column and first part of the key that a code stands for."""
    if not code.startswith("mart_"):
        found = next((c for c in catalogue.indicators if c.casefold() == code.casefold()), None)
        if found:
            return LONG_TABLE, VALUE, {"indicator_code": found}
        names = {name: row["name"] for name, row in catalogue.indicators.items()}
        raise UserError(
            f"L'indicatore «{code}» non esiste.{perhaps(code, names)} La pagina docs/indicatori.md li elenca tutti; una "
            "cifra di una tavola si scrive mart_….colonna."
        )
    mart, _, column = code.partition(".")
    if mart not in catalogue.columns:
        raise UserError(
            f"La tavola «{mart}» non esiste.{perhaps(mart, list(catalogue.columns))} Il dizionario (docs/dizionario_dati.md) "
            "le elenca tutte."
        )
    labels = {name: words.label for name, words in catalogue.columns[mart].items()}
    if column not in labels or column in catalogue.key(mart):
        which = f"La colonna «{column}»" if column else "Il nome di una colonna"
        what = "fa parte della chiave" if column in labels else "manca" if not column else "non esiste"
        raise UserError(
            f"{which} {what} in «{mart}».{perhaps(column, labels)} Si scrive {mart}.colonna; il dizionario "
            "(docs/dizionario_dati.md) elenca le colonne."
        )
    return mart, column, {}


def _period_key(
    period: Period, columns: Mapping[str, Words], names: Sequence[str], mart: str
) -> dict[str, str]:
    if "period" in names:
        return {"period_type": period.type, "period": period.code}
    if "year" in names:
        if period.type != YEAR:
            raise UserError(
                f"Le cifre di «{mart}» sono per anno: scrivi {period.start.year} invece di {period.code}."
            )
        return {"year": period.code}
    if "period" in columns:
        return {"period": period.code}
    raise UserError(f"«{mart}» non ha cifre di un periodo: scegli un'altra tavola.")


def _place(comune: str | None) -> str:
    if not comune or comune.strip().casefold() == AMBITO.casefold():
        return AMBITO
    return find_municipality(comune).code


def _service(catalogue: Catalogue, servizio: str | None) -> str:
    if not servizio:
        return next(iter(catalogue.services))
    wanted = servizio.strip().casefold()
    for code, name in catalogue.services.items():
        if wanted in (code.casefold(), name.casefold()):
            return code
    raise UserError(
        f"Il servizio «{servizio}» non esiste.{perhaps(servizio, catalogue.services)} "
        f"I codici: {join_words(list(catalogue.services))}."
    )


def _conditions(
    where: Sequence[str], columns: Mapping[str, Words], free: Sequence[str], mart: str
) -> dict[str, str]:
    """`column=value` as written -> key. Only columns of the key that nothing else decides may be named."""
    found: dict[str, str] = {}
    for text in where:
        name, equals, value = (part.strip() for part in text.partition("="))
        if not equals or not value:
            raise UserError(f"«{text}» non è una condizione: scrivi --where colonna=valore.")
        if name not in free:
            options = {other: columns[other].label for other in free}
            others = f" Le colonne da scegliere: {join_words(list(options))}." if options else ""
            raise UserError(f"«{name}» non distingue le cifre di «{mart}».{perhaps(name, options)}{others}")
        found[name] = value
    return found


def _single(catalogue: Catalogue, cell: Cell, names: Sequence[str], period: Period) -> tuple[Cell, Row]:
    """The one row of a figure; what is left open of its key is the total, or what is there alone."""
    rows = catalogue.rows("main", cell.mart, cell.key)
    if not rows:
        raise _absent(catalogue, cell, period)
    key = dict(cell.key)
    for name in [name for name in names if name not in key]:
        values = sorted({str(row[name]) for row in rows})
        total = [value for value in values if value in catalogue.totals]
        if len(values) > 1 and len(total) != 1:
            label = catalogue.columns[cell.mart][name].label.lower()
            raise UserError(
                f"La cifra è distinta per {label}: aggiungi --where {name}=VALORE, fra {_listed(values)}."
            )
        key[name] = (total or values)[0]
        rows = [row for row in rows if str(row[name]) == key[name]]
    return Cell(cell.mart, cell.column, key), rows[0]


def _absent(catalogue: Catalogue, cell: Cell, period: Period) -> UserError:
    """Why there is no such figure: the period, the municipality, the service or another column of the key."""
    own = {name: cell.key[name] for name in ("indicator_code",) if name in cell.key}
    rows = catalogue.rows("main", cell.mart, own)
    what = (
        catalogue.indicators[own["indicator_code"]]["name"]
        if own
        else catalogue.columns[cell.mart][cell.column].label
    )
    place = f"nella pubblicazione «{catalogue.release.id}»"
    if not rows:
        return UserError(f"«{what}» non ha ancora nessun valore {place}.")
    types = [kind for kind in PERIOD_NAMES if kind in {row.get("period_type", kind) for row in rows}]
    if "period_type" in cell.key and period.type not in types:
        kinds = " o ".join(PERIOD_NAMES[kind][0] for kind in types)
        examples = " o ".join(PERIOD_NAMES[kind][1].format(year=period.start.year) for kind in types)
        return UserError(f"«{what}» si calcola {kinds}: scrivi {examples} invece di {period.code}.")
    for name, value in cell.key.items():
        left = [row for row in rows if str(row[name]) == value]
        if left:
            rows = left
            continue
        label = catalogue.columns[cell.mart][name].label.lower()
        values = sorted({str(row[name]) for row in rows})
        hint = perhaps(value, values) if name not in ("period", "year") else ""
        return UserError(
            f"«{what}» non ha valori {place} con {label} «{value}».{hint} Ci sono: {_listed(values)}."
        )
    return UserError(f"«{what}» non ha questo valore {place}.")


def _listed(values: Sequence[str]) -> str:
    """«a, b e c»; of many, the first and the last."""
    if len(values) <= SHOWN:
        return join_words(list(values))
    return f"{', '.join(values[: SHOWN - 1])} … {values[-1]} ({len(values)} in tutto)"
