"""The page of the rules of critical aspects and strengths, `docs/aspetti_critici.md`: rendered, never written by hand.

`python -m reporting.aspects_page` writes it anew; a test compares it with what this module renders.
"""

from collections.abc import Sequence
from pathlib import Path

from osservatorio import reference
from osservatorio.italian import number
from osservatorio.markdown import markdown_table
from reporting.critical.aspect_rules import AspectRule, aspect_rules
from reporting.model import Format
from reporting.text import upper_first

ASPECTS_PAGE = Path(__file__).parents[2] / "docs" / "aspetti_critici.md"

INTRO = """\
# Aspetti critici e punti di forza

La valutazione complessiva dell'anno (`osservatorio report valutazione ANNO`) mette in evidenza gli aspetti critici, \
come chiede il percorso di coprogettazione («Rendicontazioni», lett. c). Non li sceglie: li individuano le regole di \
questa pagina, uguali per tutti gli anni e per tutti i Comuni. Ogni aspetto è scritto con i suoi numeri, il confronto, \
il codice dell'indicatore e la sezione in cui guardare.

> Questa pagina è generata dall'elenco `reporting/critical/critical_aspects.yaml`. Non va corretta a mano: si corregge l'elenco \
e si rigenera la pagina con `make dictionary`."""

READING = """\
## Come si leggono

- **Quando scatta**: una regola guarda il valore di un [indicatore](indicatori.md). «Oltre ciò che può fare il caso» \
vuol dire che gli intervalli al 95% dei due valori non si sovrappongono; quale verso sia peggiore lo dice l'elenco \
degli indicatori.
- **Peso**: alto, medio o basso. Gli aspetti sono ordinati per peso; a parità, prima quelli su numeri solidi, poi i più \
lontani dalla soglia.
- **Base minima**: i casi sotto i quali i numeri sono detti piccoli; il peso allora scende di un grado, e un confronto \
non si fa. Un punto di forza su numeri piccoli non si dice affatto.
- **Da quanti casi**: sotto, la regola tace; vale 1 dove ogni caso è un dovere mancato.
- Una regola che non si può applicare (manca il dato o l'anno prima, l'anno non è concluso, i numeri sono piccoli) lo \
dice nell'appendice della valutazione: non vale mai come rispettata.
- Di una stessa cifra si dice un solo aspetto: quello di peso maggiore.
- Le soglie dei documenti (ore, incontri mensili, 30 giorni, 24 mesi) vengono dai documenti; le altre sono limiti di \
lavoro dell'Ufficio di Piano, da rivedere ogni anno."""


def render_aspects_page() -> str:
    """The whole page as Italian Markdown, ending in a line break."""
    rules = aspect_rules()
    sections = [
        INTRO,
        READING,
        f"## Aspetti critici\n\n{_table(rules.critical)}",
        f"## Punti di forza\n\n{_table(rules.strengths)}",
    ]
    return "\n\n".join(sections) + "\n"


def _table(rules: Sequence[AspectRule]) -> str:
    weights = aspect_rules().weights
    header = ("Regola", "Che cosa guarda", "Quando scatta", "Peso", "Base minima", "Da quanti casi")
    return markdown_table(
        header,
        (
            (
                f"`{rule.code}`",
                _what(rule),
                _when(rule),
                weights[rule.weight],
                number(rule.minimum_base) if rule.minimum_base else "–",
                number(rule.smallest_base) if rule.minimum_base else "–",
            )
            for rule in rules
        ),
    )


def _what(rule: AspectRule) -> str:
    """The indicator, with a link to its definition."""
    if rule.is_of_rules:
        severity = reference.code_list("severity")[rule.severity].lower()
        but = f", tranne {', '.join(rule.excluded)}" if rule.excluded else ""
        return f"Conformità di ogni [regola](regole.md) di peso «{severity}»{but}"
    if not rule.indicator:
        return "Avvisi dei controlli sui dati"
    name = f"[{_seed(rule)['name']}](indicatori.md#indicatore-{rule.indicator})"
    return f"{name}, in tutto o per servizio" if rule.per_service else name


def _when(rule: AspectRule) -> str:
    form = Format(_seed(rule)["format"]) if rule.indicator and not rule.is_of_rules else Format.PERCENT
    only = "; solo per un anno concluso" if rule.only_complete_year else ""
    return f"{upper_first(rule.condition(form))}{only}"


def _seed(rule: AspectRule) -> dict[str, str]:
    return next(row for row in reference.read_seed("indicators") if row["indicator_code"] == rule.indicator)


if __name__ == "__main__":
    ASPECTS_PAGE.write_text(render_aspects_page(), encoding="utf-8")
