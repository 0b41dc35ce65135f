"""Come sono protetti i dati: the rule, the proof, and how many cells of each table are withheld and why."""

from osservatorio.italian import number
from reporting.disclosure.tidy import SIGN
from reporting.model import Bullets, Format, Heading, Paragraph, Row, Section, Table, text_column
from reporting.protected.context import ProtectedContext
from reporting.text import count, sentences, verb


def protezione(
    context: ProtectedContext, *, about: str = "", differences: str = "", again: str = ""
) -> Section:
    """The appendix on how cells are protected.

    `about` says what the cells are, `differences` which differences of two figures are protected too, `again` how a reader
    can repeat the proof.
    """
    policy = context.view.policy
    rules = (
        f"Un dato che riguarda da 1 a {number(policy.threshold - 1)} minori, o una quantità (euro, ore, risposte) che viene "
        f"da così poche persone, è oscurato: al suo posto c'è {SIGN}. Lo zero non si oscura, se non quando serve a "
        "proteggere un altro dato.",
        "Altri dati sono oscurati perché altrimenti quelli si ricaverebbero per differenza dai totali. Si sceglie il minor "
        "numero di oscuramenti che basta, e i totali restano in chiaro ogni volta che è possibile.",
        f"Di ogni numero di persone oscurato restano possibili valori distanti fra loro almeno {number(policy.threshold)}; "
        f"di quelli che riguardano poche persone resta possibile tutto, da nessuno a {number(policy.threshold)}, perché "
        "neppure chi ne conosce una parte ricavi il resto. Di una quantità che viene da poche persone resta incerta almeno "
        "la metà, in più e in meno.",
        *([differences] if differences else []),
        "Le quote e i valori per minore o per operatore sono oscurati quando lo è uno dei numeri da cui si calcolano.",
        "I totali sono quelli veri e comprendono i dati oscurati. Un minore seguito da più servizi o Comuni conta una volta "
        "sola nei totali, che possono quindi essere minori della somma delle righe.",
    )
    proof = sentences(
        "Prima di scrivere il documento, un verificatore indipendente ha provato a ricavare ogni dato oscurato da tutte le "
        "tabelle insieme, da quelle dell'anno prima e da ogni esportazione precedente, e non c'è riuscito.",
        again,
    )
    return Section(
        "protezione",
        "Come sono protetti i dati",
        (
            Paragraph(sentences(_how_many(context), about)),
            Bullets(rules),
            Heading("La prova"),
            Paragraph(proof),
            _accounts(context),
        ),
        is_appendix=True,
    )


def _how_many(context: ProtectedContext) -> str:
    """How many cells are withheld in all, and why."""
    cells = sum(account.cells for account in context.view.accounts)
    withheld = sum(account.withheld for account in context.view.accounts)
    few = sum(account.few for account in context.view.accounts)
    if not withheld:
        return f"Nelle {number(cells)} celle di questo documento nessun dato è oscurato: tutti riguardano abbastanza persone."
    return (
        f"Su {number(cells)} celle ne {verb(withheld, 'è oscurata', 'sono oscurate')} {number(withheld)}: {number(few)} "
        f"perché {verb(few, 'riguarda', 'riguardano')} poche persone, {count(withheld - few, 'altra', 'altre')} perché "
        "altrimenti le prime si ricaverebbero per differenza."
    )


def _accounts(context: ProtectedContext) -> Table:
    """One row per protected table: cells, withheld, of which for the few persons behind."""
    accounts = context.view.accounts
    titles = {table.key: table.title for table in context.view.tables}
    total = [sum(getattr(account, name) for account in accounts) for name in ("cells", "withheld", "few")]

    def figures(cells: int, withheld: int, few: int) -> tuple[int, int, int, int]:
        return cells, withheld, few, withheld - few

    form = Format.INTEGER
    return Table(
        "oscuramenti",
        "Quante celle sono oscurate e perché, tabella per tabella",
        "Celle oscurate",
        (),
        (
            text_column("table", "Tabella", 2.6),
            text_column("key", "Nome nel registro", 2.0, form=Format.CODE),
            text_column("cells", "Celle", 1.0, "Celle della tabella, di quest'anno e dell'anno prima.", form),
            text_column("withheld", "Oscurate", 1.0, f"Celle con il segno {SIGN}.", form),
            text_column("few", "Poche persone", 1.0, "Oscurate perché riguardano poche persone.", form),
            text_column(
                "others", "Per differenza", 1.0, "Oscurate perché altre non si ricavino da loro.", form
            ),
        ),
        (
            *(
                Row(
                    (account.key,),
                    (
                        titles[account.key],
                        account.key,
                        *figures(account.cells, account.withheld, account.few),
                    ),
                )
                for account in accounts
            ),
            Row(("totale",), ("Tutte le tabelle", "", *figures(*total)), is_total=True),
        ),
        origin="Fonte: le tabelle protette di questo documento.",
    )
