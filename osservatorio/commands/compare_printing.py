"""A comparison between two releases on the terminal."""

from datetime import date, datetime
from typing import Any

from osservatorio import compare_texts as texts
from osservatorio.commands.common import print_table, say
from osservatorio.compare import INDICATOR_KEY, Comparison, IndicatorComparison, MartComparison
from osservatorio.compare_figures import Figure
from osservatorio.italian import date_it, number
from osservatorio.provenance import DeliveryChange
from osservatorio.reference import read_seed

SHOWN_FIGURES = 12  # of each mart
SHOWN_ROWS = 20  # of each indicator asked for
SHOWN_INDICATORS = 15
SHOWN_DELIVERIES = 40
MAX_KEY = 70


def print_comparison(comparison: Comparison) -> None:
    for name, manifest in (("A", comparison.before), ("B", comparison.after)):
        say(
            f"{name}: {manifest['release_id']}, dati al {day(manifest)}, "
            f"creata il {_moment(manifest['created_at'])}"
        )
    if comparison.circumstances:
        say()
        print_table(
            ["oltre alle consegne", "A", "B"], [list(texts.circumstance(i)) for i in comparison.circumstances]
        )
    numbers = {change.delivery["delivery_id"]: place for place, change in enumerate(comparison.deliveries, 1)}
    _print_deliveries(comparison.deliveries)
    say()
    for line in texts.summary(comparison):
        say(line)
    moved = [mart for mart in comparison.marts if mart.total]
    if moved and not comparison.indicators:
        print_table(
            ["valori diversi in", "cambiati", "in righe nuove", "in righe scomparse"],
            [
                [mart.title, *(number(count) for count in (mart.changed, mart.new, mart.gone))]
                for mart in moved
            ],
            right=[1, 2, 3],
        )
    for mart in moved:
        if mart.indicators:
            _print_indicators(mart, is_narrow=bool(comparison.indicators))
            if comparison.indicators:
                for item in mart.indicators:
                    _print_indicator(item, mart, numbers)
        else:
            _print_mart(mart, numbers)


def _print_deliveries(changes: list[DeliveryChange]) -> None:
    say()
    if not changes:
        say("Le consegne sono le stesse.")
        return
    print_table(
        ["n.", "consegna", "file", "righe"],
        [
            [
                str(place),
                texts.DELIVERY_CHANGES[change.change],
                change.delivery["file"],
                texts.moved_counts(change),
            ]
            for place, change in enumerate(changes[:SHOWN_DELIVERIES], 1)
        ],
        right=[0],
    )
    if len(changes) > SHOWN_DELIVERIES:
        say(f"… e altre {number(len(changes) - SHOWN_DELIVERIES)} consegne.")


def _print_indicators(mart: MartComparison, *, is_narrow: bool) -> None:
    shown = mart.indicators[:SHOWN_INDICATORS]
    say()
    print_table(
        ["indicatori che si sono mossi", "codice", "cambiati", "in righe nuove", "in righe scomparse"],
        [
            [item.name, item.code, *(number(count) for count in (item.changed, item.new, item.gone))]
            for item in shown
        ],
        right=[2, 3, 4],
    )
    if len(mart.indicators) > len(shown):
        say(f"… e altri {number(len(mart.indicators) - len(shown))} indicatori.")
    if not is_narrow:
        say("I valori di uno: aggiungi --indicatore CODICE.")


def _print_indicator(item: IndicatorComparison, mart: MartComparison, numbers: dict[str, int]) -> None:
    """The rows of one indicator: its value in each release, and the counts that moved it."""
    rows: dict[tuple[str, ...], dict[str, Figure]] = {}
    for figure in mart.figures:
        if figure.key[INDICATOR_KEY] == item.code:
            rows.setdefault(tuple(figure.key.values()), {})[figure.measure] = figure
    form = next((row["format"] for row in read_seed("indicators") if row["indicator_code"] == item.code), "")
    shown = list(rows.values())[:SHOWN_ROWS]
    say()
    say(
        f"{item.name} ({item.code})"
        + (f": le prime {len(shown)} righe di {number(len(rows))}" if len(rows) > len(shown) else "")
    )
    print_table(
        ["riga", "valore", "numeratore", "denominatore", "consegne n."],
        [
            [
                " · ".join(texts.row_words(_any_of(row)).split(" · ")[1:]),
                _step(row.get("value"), form),
                _step(row.get("numerator")),
                _step(row.get("denominator")),
                texts.delivery_numbers([numbers[name] for name in mart.deliveries_of(_any_of(row))]),
            ]
            for row in shown
        ],
        right=[1, 2, 3],
    )


def _any_of(row: dict[str, Figure]) -> Figure:
    return next(iter(row.values()))


def _step(figure: Figure | None, form: str = "") -> str:
    """«17 → 18»; «uguale» where the figure did not move."""
    if figure is None:
        return "uguale"
    if form:
        return f"{texts.value(figure.before, form)} → {texts.value(figure.after, form)}"
    whole = all(float(value).is_integer() for value in (figure.before, figure.after) if value is not None)
    return " → ".join(number(value, 0 if whole else 2) for value in (figure.before, figure.after))


def _print_mart(mart: MartComparison, numbers: dict[str, int]) -> None:
    figures = mart.figures[:SHOWN_FIGURES]
    say()
    say(
        f"{mart.title}"
        + (f" (i primi {len(figures)} di {number(mart.total)})" if mart.total > len(figures) else "")
    )
    print_table(
        ["riga", "misura", "A", "B", "differenza", "consegne n."],
        [
            [
                _cut(texts.row_words(figure)),
                figure.label,
                texts.value(figure.before, figure.format),
                texts.value(figure.after, figure.format),
                texts.difference(figure),
                texts.delivery_numbers([numbers[name] for name in mart.deliveries_of(figure)]),
            ]
            for figure in figures
        ],
        right=[2, 3, 4],
    )


def _cut(text: str) -> str:
    return text if len(text) <= MAX_KEY else text[: MAX_KEY - 1] + "…"


def _moment(text: str) -> str:
    """«15/01/2024 alle 09:30»."""
    at = datetime.fromisoformat(text)
    return f"{date_it(at.date())} alle {at:%H:%M}"


def day(manifest: dict[str, Any]) -> str:
    return date_it(date.fromisoformat(manifest["as_of"]))
