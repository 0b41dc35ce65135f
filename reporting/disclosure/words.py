"""What is said of protected tables, in Italian: notes for who reads them, errors for who must act."""

from collections.abc import Collection, Sequence

from osservatorio.italian import join_words, number, quantity
from reporting.disclosure.attacker import Breach
from reporting.disclosure.cells import Figure, ProtectedSet
from reporting.disclosure.errors import DisclosureError
from reporting.disclosure.suppression import Suppression

MOST_NAMED = 3


def notes_of(given: ProtectedSet, found: Suppression, public: Collection[Figure]) -> tuple[str, ...]:
    """What a reader must know of a protection: how much is withheld, what was given up, what nothing protects."""
    notes = [_withheld(found)]
    if found.given_up:
        notes.append(
            "Con tutti i totali in chiaro la protezione non è possibile: "
            f"{quantity(len(found.given_up), 'totale è oscurato', 'totali sono oscurati')} "
            f"({_named(given, found.given_up)})."
        )
    if public:
        notes.append(
            f"{quantity(len(public), 'dato è oscurato ma già noto', 'dati sono oscurati ma già noti')} "
            f"da un'esportazione precedente: non si possono più proteggere ({_named(given, public)})."
        )
    if found.lost:
        notes.append(
            f"{quantity(len(found.lost), 'dato oscurato in passato si ricava', 'dati oscurati in passato si ricavano')} "
            f"già dalle sole esportazioni precedenti ({_named(given, found.lost)})."
        )
    if not found.is_optimal:
        notes.append(
            "La scelta degli oscuramenti è sicura ma forse non è la più piccola: al più si potrebbe "
            f"risparmiare il {number(100 * found.gap, 1)} per cento."
        )
    return tuple(notes)


def _withheld(found: Suppression) -> str:
    if not found.withheld:
        return "Nessun dato è oscurato: tutti riguardano abbastanza persone."
    few, others = len(found.sensitive), len(found.secondary)
    total = quantity(len(found.withheld), "dato oscurato", "dati oscurati")
    if not others:
        return f"{total}, perché {'riguarda' if few == 1 else 'riguardano'} poche persone."
    return (
        f"{total}: {number(few)} perché {'riguarda' if few == 1 else 'riguardano'} poche persone e {number(others)} perché "
        "altrimenti si ricaverebbero per differenza."
    )


def cannot_protect(given: ProtectedSet, figure: Figure) -> DisclosureError:
    """Nothing that may be withheld protects a figure."""
    return DisclosureError(
        f"Non si può proteggere «{words_of(given, figure)}»: quanto è già stato esportato permette di ricavarlo, "
        "qualunque cella si oscuri adesso. Nulla è stato scritto: togli dall'esportazione le tabelle che lo contengono."
    )


def cannot_round(base: int) -> DisclosureError:
    """No multiples of the base, nor of its doubles, keep all lines and all promises."""
    return DisclosureError(
        f"Le tabelle non si possono arrotondare a multipli di {base}, né del doppio o del quadruplo, in modo che le somme "
        "tornino e che nulla si ricavi insieme a quanto è già stato esportato. Nulla è stato scritto: riduci le dimensioni."
    )


def inconsistent(where: str) -> DisclosureError:
    """Figures of the tables do not add up as they should."""
    return DisclosureError(
        f"Le cifre da esportare non tornano fra loro ({where}): senza somme esatte la riservatezza non si può verificare. "
        "Nulla è stato scritto: avvisa chi mantiene Osservatorio."
    )


def leak(given: ProtectedSet, breaches: Sequence[Breach]) -> DisclosureError:
    """The attack found something: which cell, how well it is known, from which tables."""
    first = breaches[0]
    cell = first.cell
    names = [given.names.get(pair, pair[1]) for pair in zip(cell.dimensions, cell.place, strict=True)]
    how = "si ricava con esattezza" if first.is_exact else "si ricava con troppa precisione"
    sources = f" da {join_words([f'«{source}»' for source in first.sources])}" if first.sources else ""
    others = len({breach.cell.unknown for breach in breaches}) - 1
    more = f" Come questa {quantity(others, 'altra', 'altre')}." if others else ""
    return DisclosureError(
        f"La verifica di riservatezza non è superata: la cella «{', '.join(names)}» "
        f"({given.names.get(('', cell.measure), cell.measure)}) della tabella «{cell.table}» di «{cell.source}» "
        f"{how}{sources}.{more} Nulla è stato scritto."
    )


def words_of(given: ProtectedSet, figure: Figure) -> str:
    """A figure in words: its measure and its codes, by their names where the set gives them."""
    codes = [given.names.get(pair, pair[1]) for pair in figure.at]
    return f"{given.names.get(('', figure.measure), figure.measure)}, {', '.join(codes) or 'totale'}"


def _named(given: ProtectedSet, figures: Collection[Figure]) -> str:
    ordered = sorted(figures)
    words = [words_of(given, figure) for figure in ordered[:MOST_NAMED]]
    rest = len(ordered) - len(words)
    return "; ".join([*words, *([f"e {quantity(rest, 'altro', 'altri')}"] if rest else [])])
