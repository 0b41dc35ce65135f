"""Aspetti critici e punti di forza: what the rules single out, ranked by weight, each with its evidence."""

from collections.abc import Sequence

from osservatorio.italian import number
from reporting.context import Context
from reporting.critical.aspect_rules import AspectRule, aspect_rules
from reporting.critical.aspects import Aspect, Outcome, judge
from reporting.figures import INDICATORS
from reporting.model import (
    Callout,
    Format,
    Heading,
    Paragraph,
    Row,
    Section,
    Table,
    Tone,
    present,
    text_column,
)
from reporting.text import SMALL_NUMBERS, count, lower_first, sentences, upper_first, verb

TONES = {3: Tone.DANGER, 2: Tone.WARNING, 1: Tone.INFO}
COMMENT = "Dica per ogni aspetto critico se lo riconosce, da che cosa dipende e che cosa è già stato fatto."
HOW = (
    "Gli aspetti critici non sono scelti: li individuano regole scritte prima, con una soglia e un peso, uguali per tutti "
    "gli anni e i Comuni. Su pochi casi il peso scende di un grado e i numeri sono detti piccoli. L'elenco delle regole, "
    "anche di quelle che non hanno trovato nulla, è nell'appendice."
)


def aspetti_critici(context: Context, body: Sequence[Section]) -> Section:
    """The critical aspects of the year, ranked; `body` are the (numbered) sections where their figures stand.

    Percorso di coprogettazione, «Rendicontazioni», lettera c).
    """
    found, _ = judge(context, aspect_rules().critical)
    comment = context.narrative("aspetti_critici", f"Commento {context.of_author}", COMMENT)
    lead = _lead(context, found)
    blocks = present(
        Paragraph(sentences(lead, HOW)),
        _table("aspetti_critici", "Aspetti critici", "Gli aspetti critici, dal più pesante", found),
        *(_card(place, aspect, body) for place, aspect in enumerate(found, 1)),
        comment if found else None,
    )
    return Section("aspetti_critici", "Aspetti critici", blocks, lead)


def punti_di_forza(context: Context, body: Sequence[Section]) -> Section:
    """The strengths of the year, by the mirrored rules: never on small numbers."""
    found = tuple(aspect for aspect in judge(context, aspect_rules().strengths)[0] if not aspect.is_small)
    nothing = f"Nessuna regola ha individuato punti di forza {context.in_label}."
    text = (
        f"Le regole hanno individuato {count(len(found), 'punto di forza', 'punti di forza')}. Un punto di forza si "
        "dice solo su numeri abbastanza grandi."
    )
    table = _table("punti_di_forza", "Punti di forza", "I punti di forza, dal più pesante", found)
    cards = (_card(place, aspect, body, Tone.SUCCESS) for place, aspect in enumerate(found, 1))
    blocks = present(Paragraph(text if found else nothing), table, *cards)
    return Section("punti_di_forza", "Punti di forza", blocks)


def regole_degli_aspetti(context: Context) -> Section:
    """Every rule with its threshold, weight, base and what it found: how the aspects were singled out."""
    rules = aspect_rules()
    _, critical = judge(context, rules.critical)
    _, strengths = judge(context, rules.strengths)
    blocks = (
        Paragraph(
            "Ogni regola guarda un indicatore della pubblicazione. La base minima è il numero di casi sotto il quale i "
            "numeri sono detti piccoli e il peso scende di un grado; senza base minima la figura non poggia su casi."
        ),
        Heading("Regole degli aspetti critici"),
        _rules_table(
            context, "regole_critici", "Regole degli aspetti critici", "Regole, aspetti critici", critical
        ),
        Heading("Regole dei punti di forza"),
        _rules_table(
            context, "regole_forza", "Regole dei punti di forza", "Regole, punti di forza", strengths
        ),
    )
    return Section(
        "regole_aspetti", "Come si individuano aspetti critici e punti di forza", blocks, is_appendix=True
    )


def _lead(context: Context, found: Sequence[Aspect]) -> str:
    if not found:
        return f"Nessuna regola ha individuato aspetti critici {context.in_label}."
    words = aspect_rules().weights
    if len(found) == 1:
        (only,) = found
        return f"Le regole hanno individuato un aspetto critico, di peso {words[only.weight]}: {lower_first(only.title)}."
    parts = []
    for weight in sorted(words, reverse=True):
        of_weight = sum(aspect.weight == weight for aspect in found)
        if of_weight:
            parts.append(f"{number(of_weight)} di peso {words[weight]}")
    heaviest = [lower_first(aspect.title) for aspect in found if aspect.weight == found[0].weight][:3]
    first = verb(len(heaviest), "Il più pesante", "I più pesanti")
    return (
        f"Le regole hanno individuato {count(len(found), 'aspetto critico', 'aspetti critici')}: {', '.join(parts)}. "
        f"{first}: {'; '.join(heaviest)}."
    )


def _table(key: str, sheet: str, title: str, found: Sequence[Aspect]) -> Table | None:
    """The list in short: place, title, weight, value and indicator."""
    if not found:
        return None
    words = aspect_rules().weights
    columns = (
        text_column(
            "place", "Posto", 0.6, form=Format.INTEGER, definition="Posto nell'elenco, dal peso maggiore."
        ),
        text_column("title", "Aspetto", 4.4),
        text_column("weight", "Peso", 0.9),
        text_column("figure", "Valore", 2.8),
        text_column("indicator", "Indicatore", 2.4, form=Format.CODE),
    )
    rows = tuple(
        Row(
            (str(place),),
            (place, aspect.title, words[aspect.weight], _figure(aspect), aspect.indicator or None),
        )
        for place, aspect in enumerate(found, 1)
    )
    codes = tuple(dict.fromkeys(aspect.indicator for aspect in found if aspect.indicator))
    return Table(key, title, sheet, (INDICATORS,), columns, rows, indicators=codes)


def _figure(aspect: Aspect) -> str:
    """The value; on few cases it says so."""
    if aspect.is_small and SMALL_NUMBERS not in aspect.figure:
        return f"{aspect.figure} ({SMALL_NUMBERS})"
    return aspect.figure


def _card(place: int, aspect: Aspect, body: Sequence[Section], tone: Tone | None = None) -> Callout:
    """An aspect with its evidence; the weight stands in words: the tone alone says nothing."""
    weight = aspect_rules().weights[aspect.weight]
    lines = (aspect.evidence, aspect.comparison, _where_to_look(aspect, body, is_critical=tone is None))
    return Callout(
        tone or TONES[aspect.weight],
        f"{place}. {aspect.title} (peso {weight})",
        tuple(line for line in lines if line),
    )


def _where_to_look(aspect: Aspect, body: Sequence[Section], *, is_critical: bool) -> str:
    section = next((section for section in body if section.key == aspect.rule.section), None)
    place = f"sezione {section.number}, «{section.title}»" if section and section.number else ""
    code = f"indicatore {aspect.indicator}" if aspect.indicator else ""
    cases = (
        f"i casi in mart_rule_findings, regola {aspect.indicator.removeprefix('regola_')}"
        if aspect.rule.is_of_rules and is_critical
        else ""
    )
    parts = [part for part in (place, code, cases) if part]
    return f"Dove guardare: {'; '.join(parts)}." if parts else ""


def _rules_table(context: Context, key: str, title: str, sheet: str, outcomes: Sequence[Outcome]) -> Table:
    words = aspect_rules().weights
    columns = (
        text_column("rule", "Regola", 2.7, form=Format.CODE),
        text_column("what", "Che cosa guarda", 3.0),
        text_column("when", "Quando scatta", 3.2),
        text_column("weight", "Peso", 0.8),
        text_column("base", "Base minima", 0.9),
        text_column("outcome", "Trovati", 1.8),
    )
    rows = tuple(
        Row(
            (outcome.rule.code,),
            (
                outcome.rule.code,
                _what(context, outcome.rule),
                upper_first(outcome.rule.condition(_form(context, outcome.rule))),
                words[outcome.rule.weight],
                number(outcome.rule.minimum_base) if outcome.rule.minimum_base else None,
                outcome.text,
            ),
        )
        for outcome in outcomes
    )
    return Table(key, title, sheet, (), columns, rows)


def _what(context: Context, rule: AspectRule) -> str:
    """The indicator that a rule judges, by its name."""
    if rule.is_of_rules:
        severity = context.labels.lists["severity"][rule.severity].lower()
        but = f", tranne {', '.join(rule.excluded)}" if rule.excluded else ""
        return f"Conformità di ogni regola di peso «{severity}»{but}"
    if not rule.indicator:
        return "Avvisi dei controlli sui dati"
    name = context.indicator(rule.indicator)["name"]
    return f"{name}, in tutto o per servizio" if rule.per_service else name


def _form(context: Context, rule: AspectRule) -> Format:
    if rule.is_of_rules or not rule.indicator:
        return Format.PERCENT
    return Format(context.indicator(rule.indicator)["format"])
