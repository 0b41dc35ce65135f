"""The data dictionary, `docs/dizionario_dati.md`: rendered from the contracts and the seeds, never written by hand.

`python -m osservatorio.dictionary` writes it anew; a test compares it with what this module renders.
"""

from collections.abc import Iterable, Sequence
from itertools import groupby
from pathlib import Path

from osservatorio import reference
from osservatorio.column_words import range_words
from osservatorio.contracts import Column, Contract, Reference, load_contracts
from osservatorio.dictionary_texts import DELIVERY, FORMATS, INTRO, KINDS, LIST_TITLES
from osservatorio.italian import join_words
from osservatorio.markdown import markdown_table

DICTIONARY = Path(__file__).parent.parent / "docs" / "dizionario_dati.md"

# The codes of a list this short stand beside its column.
FEW_CODES = 8


def render_dictionary() -> str:
    """The whole dictionary as Italian Markdown, ending in a line break."""
    contracts = load_contracts()
    common = _common_columns(contracts)
    sections = [
        INTRO,
        _index(contracts),
        DELIVERY,
        _kinds(),
        _common(contracts, common),
        '<a id="estratti"></a>\n\n## Estratti',
        *(_extract(contract, common) for contract in contracts.values()),
        *_code_lists(contracts),
        *_marts(),
    ]
    return "\n\n".join(sections) + "\n"


def _plain(text: str) -> str:
    """Text that stands in a Markdown table cell."""
    return text.replace("|", "\\|").replace("<", "&lt;")


def _index(contracts: dict[str, Contract]) -> str:
    rows = [
        (f"[{contract.title}](#estratto-{contract.extract})", f"`{contract.extract}`", _plain(contract.grain))
        for contract in contracts.values()
    ]
    return "\n\n".join(
        [
            "## Indice",
            "[Come si consegna un file](#consegna) · [Tipi di colonna](#tipi) · [Colonne comuni](#comuni) · "
            "[Estratti](#estratti) · [Elenchi dei valori](#elenchi) · [Tavole dei risultati](#tavole)",
            markdown_table(["Estratto", "Nome nei file", "Che cos'è una riga"], rows),
        ]
    )


def _kinds() -> str:
    rows = [(name, _plain(accepted), _plain(example)) for name, accepted, example in KINDS.values()]
    return '<a id="tipi"></a>\n\n## Tipi di colonna\n\n' + markdown_table(
        ["Tipo", "Che cosa si scrive", "Esempio"], rows
    )


def _common_columns(contracts: dict[str, Contract]) -> tuple[Column, ...]:
    """The columns that every extract has, the same in all."""
    first, *others = contracts.values()
    return tuple(column for column in first.columns if all(column in other.columns for other in others))


def _common(contracts: dict[str, Contract], common: tuple[Column, ...]) -> str:
    names = {column.name for column in common}
    first = next(iter(contracts.values()))
    return "\n\n".join(
        [
            '<a id="comuni"></a>\n\n## Colonne comuni',
            f"Ogni estratto ha queste {len(common)} colonne, oltre alle sue.",
            _columns(common, ()),
            *_rules([(rule.column, rule.message) for rule in first.rules if rule.column in names]),
        ]
    )


def _extract(contract: Contract, common: tuple[Column, ...]) -> str:
    names = {column.name for column in common}
    key = join_words([f"`{name}`" for name in contract.key])
    facts = [
        f"- **Contenuto**: {contract.grain[0].lower()}{contract.grain[1:]}",
        f"- **Chiave**: {key}",
        f"- **Nome del file**: `{contract.extract}.csv`, `{contract.extract}__seregno__2022-06-30.xlsx`",
        f"- **Colonne**: le {len(common)} [comuni](#comuni) e le "
        f"{len(contract.columns) - len(common)} seguenti · contratto versione {contract.version}",
    ]
    return "\n\n".join(
        [
            f'<a id="estratto-{contract.extract}"></a>\n\n### {contract.title} (`{contract.extract}`)',
            contract.description,
            "\n".join(facts),
            _columns([column for column in contract.columns if column.name not in names], contract.key),
            *_rules([(rule.column, rule.message) for rule in contract.rules if rule.column not in names]),
        ]
    )


def _columns(columns: Iterable[Column], key: Sequence[str]) -> str:
    rows = [
        (
            f"`{column.name}`{' 🔒' if column.secret else ''}",
            f"**{_plain(column.label.removesuffix('.'))}.** {_plain(column.description)}",
            _plain(_kind(column)),
            "sì" if column.required else "",
            _values(column, column.name in key),
        )
        for column in columns
    ]
    return markdown_table(["Colonna", "Significato", "Tipo", "Obbligatoria", "Valori e riferimenti"], rows)


def _kind(column: Column) -> str:
    return KINDS[column.kind][0]


def _values(column: Column, in_key: bool) -> str:
    facts = [_limits(column)]
    if in_key:
        facts.append("chiave")
    if column.code_list:
        facts.append(_codes(column.code_list))
    if column.reference:
        facts.append(_target(column.reference))
    return "; ".join(fact for fact in facts if fact)


def _limits(column: Column) -> str:
    """The bounds of a number or a text in words; a year's four digits go without saying."""
    if column.kind == "text":
        return f"al massimo {column.max_length} caratteri"
    return range_words(column) if column.kind in ("int", "decimal") else ""


def _codes(name: str) -> str:
    """A link to the list, with its codes where they are few and readable."""
    codes = list(reference.code_list(name))
    link = f"elenco [{name}](#elenco-{name})"
    if len(codes) > FEW_CODES or all(code.isdigit() for code in codes):
        return link
    return f"{link}: {', '.join(f'`{code}`' for code in codes)}"


def _target(target: Reference) -> str:
    body = "stesso ente" if target.same_body else "qualsiasi ente"
    return f"rimanda a [{target.extract}](#estratto-{target.extract}) ({body})"


def _rules(rules: Sequence[tuple[str, str]]) -> list[str]:
    """The row rules as a list: the column and the message that the office reads. Nothing when there are none."""
    if not rules:
        return []
    lines = [f"- `{column}` – {message}" for column, message in rules]
    return ["Controlli, con il messaggio che accompagna la riga respinta:", "\n".join(lines)]


def _list_title(name: str) -> str:
    if name in LIST_TITLES:
        return LIST_TITLES[name]
    columns = (column for contract in load_contracts().values() for column in contract.columns)
    return next((column.label for column in columns if column.code_list == name), name)


def _code_lists(contracts: dict[str, Contract]) -> list[str]:
    users: dict[str, list[str]] = {}
    for contract in contracts.values():
        for column in contract.columns:
            if column.code_list:
                users.setdefault(column.code_list, []).append(f"`{contract.extract}.{column.name}`")
    other = sorted(reference.code_list_names() - users.keys())
    return [
        '<a id="elenchi"></a>\n\n## Elenchi dei valori',
        "Nei file si scrive il codice; cruscotti e relazioni mostrano l'etichetta. Gli elenchi con il nome in "
        "maiuscole e minuscole (per esempio FonteSegnalazione) sono quelli nazionali del SINBA.",
        *(_code_list(name, _used_by(columns, len(contracts))) for name, columns in users.items()),
        "### Altri elenchi",
        "Non compaiono negli estratti: danno l'etichetta alle righe delle tavole dei risultati.",
        *(_code_list(name, "", level=4) for name in other),
    ]


def _used_by(columns: Sequence[str], extracts: int) -> str:
    """Where a list is used; a column of every extract is named once."""
    names = list(dict.fromkeys(f"`{column.split('.')[1]}" for column in columns))
    if len(columns) == len(names) * extracts:
        return f"Usato in ogni estratto: {join_words(names)}."
    return f"Usato in {join_words(columns)}."


def _code_list(name: str, note: str, level: int = 3) -> str:
    codes = reference.code_list(name)
    return "\n\n".join(
        part
        for part in (
            f'<a id="elenco-{name}"></a>\n\n{"#" * level} {_list_title(name)} (`{name}`)',
            note,
            markdown_table(
                ["Codice", "Etichetta"], [(f"`{code}`", _plain(label)) for code, label in codes.items()]
            ),
        )
        if part
    )


def _marts() -> list[str]:
    rows = reference.read_seed("mart_columns")
    marts = [(mart, list(columns)) for mart, columns in groupby(rows, key=lambda row: row["mart"])]
    said = {row["mart"]: row["description"] for row in reference.read_seed("marts")}
    return [
        '<a id="tavole"></a>\n\n## Tavole dei risultati',
        "Ogni pubblicazione contiene queste tavole; cruscotti, relazioni ed esportazioni leggono solo queste.",
        " · ".join(f"[`{mart}`](#tavola-{mart})" for mart, _ in marts),
        *(_mart(mart, said[mart], columns) for mart, columns in marts),
    ]


def _mart(mart: str, description: str, columns: Sequence[dict[str, str]]) -> str:
    rows = [
        (
            f"`{row['column_name']}`",
            _plain(row["label"]),
            _plain(row["definition"]),
            FORMATS[row["format"]],
        )
        for row in columns
    ]
    title = reference.code_list("mart")[mart]
    return (
        f'<a id="tavola-{mart}"></a>\n\n### {title} · `{mart}`\n\n{_plain(description)}\n\n'
        + markdown_table(["Colonna", "Etichetta", "Definizione", "Formato"], rows)
    )


if __name__ == "__main__":
    DICTIONARY.write_text(render_dictionary(), encoding="utf-8")
