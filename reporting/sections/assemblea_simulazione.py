"""La simulazione delle soglie ISEE, for the Assembly: what each scenario would bring, where the release has one."""

from osservatorio.italian import euro
from reporting.assembly import derived
from reporting.assembly.context import AssemblyContext
from reporting.drawing.vega import worth_drawing
from reporting.model import Block, Chart, ChartKind, Paragraph, Table, is_known, present
from reporting.protected import known
from reporting.protected.context import Shown
from reporting.sections.assemblea_casistica import shown_rows
from reporting.text import lower_first, signed

HOW = (
    "Le ipotesi ricalcolano le quote dell'anno con altre soglie ISEE: prestazioni, quantità, ISEE presentati, quote minime e "
    "contribuzioni massime restano quelli che sono stati, e le deroghe contano come se non ci fossero. Non sono proposte: "
    "mostrano quanto pesa una soglia."
)


def simulazione(context: AssemblyContext) -> tuple[Block, ...]:
    """The blocks on the scenarios of next year's thresholds; none where the release has no simulation."""
    table = scenarios_table(context)
    if table is None:
        return ()
    by_town = context.protected_table(
        "simulazione_comune",
        known.TOWN,
        "simulazione_isee",
        [
            Shown(known.DUE),
            *(
                Shown(
                    derived.DIFFERENCE,
                    {known.SCENARIO: code},
                    label=f"Differenza, {lower_first(context.name_of(known.SCENARIO, code))}",
                )
                for code in context.codes("simulazione_isee", known.SCENARIO)
            ),
        ],
        title="Quanto cambierebbe il dovuto in ogni Comune, per ipotesi",
        sheet="Ipotesi soglie, Comuni",
        note="Differenza fra il dovuto nell'ipotesi e il dovuto secondo la formula con le soglie dell'anno.",
    )
    return present(Paragraph(HOW), table, scenarios_chart(table), by_town)


def scenarios_table(context: AssemblyContext) -> Table | None:
    """What each scenario would bring in the whole Ambito."""
    return context.protected_table(
        "simulazione_ipotesi",
        known.SCENARIO,
        "simulazione_isee",
        [
            Shown(key)
            for key in (
                known.DUE_THEN,
                derived.DIFFERENCE,
                derived.DIFFERENCE_RATE,
                known.PAY_MORE,
                known.PAY_LESS,
                known.EXEMPT,
            )
        ],
        title="Che cosa porterebbero altre soglie ISEE, in tutto l'Ambito",
        sheet="Ipotesi soglie",
    )


def scenarios_chart(table: Table | None) -> Chart | None:
    """What would be due in each scenario."""
    if table is None:
        return None
    parts = [f"{name} {euro(value, 0)}" for name, value in shown_rows(table, known.DUE_THEN)]
    chart = Chart(
        "grafico_ipotesi",
        "Dovuto delle famiglie in ogni ipotesi sulle soglie ISEE (euro)",
        ChartKind.BARS,
        table.key,
        known.SCENARIO,
        (known.DUE_THEN,),
        f"Barre orizzontali, una per ipotesi: {'; '.join(parts)}.",
    )
    return worth_drawing(chart, table)


def scenarios_sentence(context: AssemblyContext) -> str:
    """The scenarios that change most, each way; nothing of what is withheld."""
    found = []
    for code in context.codes("simulazione_isee", known.SCENARIO):
        value = context.value(derived.DIFFERENCE, **{known.SCENARIO: code})
        if is_known(value):
            found.append((float(value), lower_first(context.name_of(known.SCENARIO, code))))
    if not found:
        return ""
    least, most = min(found), max(found)
    told = [
        f"con {name} il dovuto cambierebbe di {signed(value)} €"
        for value, name in dict.fromkeys((least, most))
    ]
    return f"Fra le ipotesi calcolate, {' e '.join(told)}."
