"""The page of all rules, `docs/regole_quarantena.md`: rendered from the contracts and the catalogue.

`python -m ingestion.rules_page` writes it anew; a test compares it with what this module renders.
"""

import re
from collections.abc import Iterable, Sequence
from pathlib import Path

from ingestion.rule_texts import STRUCTURE, sentence
from ingestion.rules import Rule, catalogue
from osservatorio.contracts import Contract, load_contracts
from osservatorio.markdown import markdown_table

RULES_PAGE = Path(__file__).parent.parent / "docs" / "regole_quarantena.md"

INTRO = """\
# Le regole della quarantena

Una riga che non rispetta una di queste regole non entra nelle cifre: resta in quarantena, con il messaggio che qui si \
legge, finché non viene consegnata corretta. «…» sta per ciò che è stato trovato nella riga. Come si usa l'elenco \
delle righe da correggere è scritto nel [manuale](manuale.md#4-la-quarantena-che-cosa-rimandare-indietro); che cosa \
significa ogni colonna, nel [dizionario dei dati](dizionario_dati.md).

> Questa pagina è generata dai contratti dei dati (`ingestion/contracts/`) e dal catalogo delle regole \
(`ingestion/rules.py`, `ingestion/rule_texts.py`). Non va corretta a mano: si corregge il testo e si rigenera la \
pagina con `make dictionary`."""

STRUCTURE_INTRO = """\
<a id="righe"></a>

## La forma della riga

Valgono per ogni estratto. Di una riga fatta male non si controlla e non si mostra altro."""

COMMON_INTRO = """\
<a id="comuni"></a>

## Le colonne comuni

Valgono per ogni estratto."""

HEADER = ("Regola", "Colonna", "Che cosa ci si aspetta", "Messaggio", "Come correggere")


def render_rules_page() -> str:
    """The whole page as Italian Markdown, ending in a line break."""
    contracts = load_contracts()
    common = _common_rules(contracts)
    sections = [
        INTRO,
        _index(contracts),
        STRUCTURE_INTRO,
        _rules_table(None, [rule for rule in common if rule.id in STRUCTURE]),
        COMMON_INTRO,
        _rules_table(next(iter(contracts.values())), [rule for rule in common if rule.id not in STRUCTURE]),
        *(_extract(contract, common) for contract in contracts.values()),
    ]
    return "\n\n".join(sections) + "\n"


def _common_rules(contracts: dict[str, Contract]) -> list[Rule]:
    """The rules that every extract has, the same in all."""
    first, *others = [catalogue(contract) for contract in contracts.values()]
    texts = [{rule.id: rule.texts for rule in rules} for rules in others]
    return [rule for rule in first if all(other.get(rule.id) == rule.texts for other in texts)]


def _index(contracts: dict[str, Contract]) -> str:
    links = [f"[{contract.title}](#estratto-{name})" for name, contract in contracts.items()]
    return " · ".join(["[La forma della riga](#righe)", "[Le colonne comuni](#comuni)", *links])


def _extract(contract: Contract, common: Sequence[Rule]) -> str:
    shared = {rule.id for rule in common}
    own = [rule for rule in catalogue(contract) if rule.id not in shared]
    anchor = f'<a id="estratto-{contract.extract}"></a>'
    title = f"## {contract.title} (`{contract.extract}`)"
    return "\n\n".join([anchor, title, _rules_table(contract, own)])


def _rules_table(contract: Contract | None, rules: Iterable[Rule]) -> str:
    rows = [[cell.replace("|", "\\|") for cell in _row(contract, rule)] for rule in rules]
    return markdown_table(HEADER, rows)


def _row(contract: Contract | None, rule: Rule) -> Sequence[str]:
    texts = rule.texts
    label = contract.column(rule.column).label if contract and rule.column else "tutta la riga"
    return (
        f"`{rule.id}`",
        label,
        sentence(texts.expected),
        re.sub(r"\{\w+\}", "…", texts.message),
        sentence(texts.remedy),
    )


if __name__ == "__main__":
    RULES_PAGE.write_text(render_rules_page(), encoding="utf-8")
