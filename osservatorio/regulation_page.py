"""The page of the rules of the source documents, `docs/regole.md`: rendered from the seeds, never written by hand.

`python -m osservatorio.regulation_page` writes it anew; a test compares it with what this module renders.
"""

from collections.abc import Sequence
from itertools import groupby
from pathlib import Path

from osservatorio import reference

REGULATION_PAGE = Path(__file__).parent.parent / "docs" / "regole.md"

INTRO = """\
# Le regole dei documenti

Per ognuna di queste regole l'Osservatorio guarda i dati consegnati e dice, dato per dato, se è rispettata. Le quote \
stanno nella tavola [`mart_rule_compliance`](dizionario_dati.md#tavola-mart_rule_compliance), l'elenco dei casi da \
verificare in [`mart_rule_findings`](dizionario_dati.md#tavola-mart_rule_findings): per ciascuno, che cosa manca e \
come rimediare.

> Questa pagina è generata dagli elenchi `dbt_project/seeds/rules.csv` e `rule_verdicts.csv`. Non va corretta a mano: \
si corregge l'elenco e si rigenera la pagina con `make dictionary`."""

READING = """\
## Come si leggono

- **Conforme**, **non conforme**: la regola è rispettata, oppure no.
- **Non valutabile**: non si può ancora dire, perché manca una data o un valore o perché il termine non è passato. \
Non entra nella quota.
- **Non applicabile**: la regola non riguarda quel dato. Non è contato tra i verificati.
- **Quota di conformità**: i conformi sui conformi e non conformi. Senza gli uni né gli altri è vuota, mai 0 o 100%.
- **Mai rilevato**: il Comune non ha mai consegnato ciò che serve alla regola; la quota allora non dice nulla.
- **Violazione** è il mancato rispetto di un dovere assoluto; **avviso**, di ciò che il documento chiede «di norma» o \
come obiettivo.
- Ogni dato conta nel semestre e nell'anno del giorno indicato sotto «Giorno in cui conta». Le regole su un intero \
semestre o anno stanno solo nel totale dell'Ambito.
- L'identificativo dell'elenco è quello con cui il dato è stato consegnato; per gli operatori è lo pseudonimo, perché \
il loro codice non viene conservato."""

# Outcome -> what its reasons are called on the page.
REASONS = {
    "compliant": "In regola anche quando",
    "not_compliant": "Non conforme quando",
    "not_applicable": "Non applicabile quando",
    "not_assessable": "Non valutabile quando",
}


def render_regulation_page() -> str:
    """The whole page as Italian Markdown, ending in a line break."""
    rules = reference.read_seed("rules")
    verdicts = reference.read_seed("rule_verdicts")
    sections = [INTRO, _index(rules), READING]
    for document, of_document in groupby(rules, key=lambda rule: rule["document"]):
        sections.append(f"## {document}")
        sections += [
            _rule(rule, [row for row in verdicts if row["rule_id"] == rule["rule_id"]])
            for rule in of_document
        ]
    return "\n\n".join(sections) + "\n"


def _anchor(rule_id: str) -> str:
    return f"regola-{rule_id}"


def _index(rules: Sequence[dict[str, str]]) -> str:
    severities = reference.code_list("severity")
    lines = [
        "| Regola | Che cosa chiede | Articolo | Peso |",
        "| --- | --- | --- | --- |",
        *(
            f"| [{rule['rule_id']}](#{_anchor(rule['rule_id'])}) | {rule['title']} | {rule['article']} "
            f"| {severities[rule['severity']].lower()} |"
            for rule in rules
        ),
    ]
    return "## Indice\n\n" + "\n".join(lines)


def _rule(rule: dict[str, str], verdicts: Sequence[dict[str, str]]) -> str:
    facts = [
        ("Articolo", rule["article"]),
        ("Peso", reference.code_list("severity")[rule["severity"]].lower()),
        ("Come si verifica", rule["check_text"]),
        ("Dato verificato", f"{rule['record_name']}, dall'estratto o servizio `{rule['on_record']}`"),
        ("Giorno in cui conta", rule["event_date_text"]),
        *((title, _conditions(outcome, verdicts)) for outcome, title in REASONS.items()),
        ("Come rimediare", rule["how_to_mend"]),
        ("Nota", rule["note"]),
    ]
    lines = [f"- **{title}**: {text.removesuffix('.')}." for title, text in facts if text]
    heading = f'<a id="{_anchor(rule["rule_id"])}"></a>\n\n### {rule["rule_id"]} – {rule["title"]}'
    return heading + "\n\n" + "\n".join(lines)


def _conditions(outcome: str, verdicts: Sequence[dict[str, str]]) -> str:
    """When an outcome is given; «mai» where it cannot occur, nothing for what goes without saying."""
    conditions = [row["condition"] for row in verdicts if row["verdict"].split(":")[0] == outcome]
    if outcome == "compliant":
        return "; ".join(condition for condition in conditions if condition)
    return "; ".join(conditions) or "mai"


if __name__ == "__main__":
    REGULATION_PAGE.write_text(render_regulation_page(), encoding="utf-8")
