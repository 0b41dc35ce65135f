"""Producing a report: from a data home and a period to the files, written whole or not at all."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from osservatorio.errors import UserError, reason_it
from osservatorio.files import write_atomically
from osservatorio.home import Home
from osservatorio.italian import join_words
from osservatorio.periods import SEMESTER, Period, parse_period
from osservatorio.protected import PACK
from osservatorio.reference import Municipality, find_municipality
from osservatorio.release import Release, open_release
from reporting import queries
from reporting.context import Context
from reporting.documents.writers import WRITERS, beside
from reporting.errata.earlier import EarlierReport, earlier_reports
from reporting.kinds import KINDS, Kind, formats_of, period_of, refuse_edition
from reporting.model import Report
from reporting.words.narratives import NO_WORDS, Narratives, narratives_of

if TYPE_CHECKING:
    from osservatorio.protected import Export, ProtectedTables
    from reporting.protected.context import ProtectedContext
    from reporting.protected.view import ProtectedView

Progress = Callable[[str, int, int], None]


@dataclass(frozen=True)
class Produced:
    """Where the files of a report are, by format."""

    report: Report
    files: Mapping[str, Path]


def produce(
    home: Home,
    kind: str,
    period_code: str,
    *,
    comune: str | None = None,
    formats: tuple[str, ...] = (),
    release_id: str | None = None,
    progress: Progress | None = None,
    at: datetime | None = None,
) -> Produced:
    """Write a report of a period under `home.reports/<release id>/`, in the formats named (by default, all).

    `kind` is a key of `KINDS`; `comune` names the municipality of a municipality's own edition;
    `release_id` the release to read, the current one by default; `progress` is told the step, the steps
    done and how many there are; `at` is the moment under which a protected report is registered before it is
    written (without it, only one that is in the register can be made again). Raises UserError for a period that the
    kind or the release does not have, an unknown municipality or format, when nothing was published yet, and when
    files cannot be written; DisclosureError when a protected report fails its audit: nothing is written then.
    """
    chosen = KINDS[kind]
    wanted = formats_of(chosen, formats)
    steps = len(wanted) + 1

    def tell(done: int) -> None:
        if progress is not None:
            progress(chosen.name, done, steps)

    tell(0)
    report = read_report(home, kind, period_code, comune=comune, release_id=release_id, at=at)
    contents = {}
    for done, name in enumerate(wanted, 1):
        tell(done)
        contents[name] = WRITERS[name](report)
    produced = _write(home, report, contents)
    tell(steps)
    return produced


def read_report(
    home: Home,
    kind: str,
    period_code: str,
    *,
    comune: str | None = None,
    release_id: str | None = None,
    words: Narratives | None = None,
    at: datetime | None = None,
) -> Report:
    """The model of a report, read from a release and the narratives, or from the `words` given.

    Raises UserError as `produce`.
    """
    chosen = KINDS[kind]
    period = period_of(chosen, period_code)
    town = find_municipality(comune) if comune else None
    with open_release(home, release_id) as release:
        if words is None:
            words = narratives_of(home, kind, period.code, town.slug if town else "")
        return report_of(release, chosen, period, town, words, home, at)


def protected_view(home: Home, year: str, *, release_id: str | None = None) -> "ProtectedView":
    """A year as whoever has no right to exact figures may see it: what the register has of its Assembly's pack.

    For screens: nothing is protected anew and nothing is written. Raises UserError for a year that the release lacks or
    whose pack was never exported, LedgerError when the register cannot be trusted.
    """
    from reporting.protected.protecting import protected_view as view_of

    kind = KINDS[PACK]
    period = period_of(kind, year)
    with open_release(home, release_id) as release:
        return view_of(home, kind.key, kind.protected_as, _context(release, period, None, NO_WORDS))


def protected_screen(home: Home, export: "Export") -> "ProtectedTables":
    """The protected view of an export's year with names, order and definitions, for screens. Raises as `protected_view`."""
    from reporting.assembly.screen import screen_of

    kind = KINDS[PACK]
    period = period_of(kind, export.year)
    with open_release(home, export.release_id) as release:
        opened = _opened(kind, _context(release, period, None, NO_WORDS), home)
        with opened.release:
            return screen_of(opened, export)


def report_of(
    release: Release,
    kind: Kind,
    period: Period,
    town: Municipality | None,
    words: Narratives,
    home: Home | None = None,
    at: datetime | None = None,
) -> Report:
    """The model of a report of a release that is open already. Raises UserError as `produce`.

    With a home it has the errata of the reports that were produced there before; a protected report cannot do without,
    for its policy, key and register are there.
    """
    context = _context(release, period, town, words)
    if kind.is_protected:
        return _protected(kind, context, home, at)
    if home is None:
        return kind.recipe(context)

    def context_on(other: Release, of: Period) -> Context:
        return _context(other, of, town, NO_WORDS).sharing(context)

    def earlier() -> tuple[EarlierReport, ...]:
        return earlier_reports(home, kind.key, context, context_on, kind.recipe)

    return kind.recipe(replace(context, earlier=earlier))


def _protected(kind: Kind, context: Context, home: Home | None, at: datetime | None) -> Report:
    """A report whose recipe sees protected tables only."""
    refuse_edition(kind, context.municipality)
    if home is None:
        raise ValueError(f"a report of the kind {kind.key} is protected under a home")
    opened = _opened(kind, context, home, at)
    with opened.release:
        return kind.recipe(opened)


def _opened(kind: Kind, context: Context, home: Home, at: datetime | None = None) -> "ProtectedContext":
    """What the recipe of a protected kind is given: protected now, or without `at` as the register has it."""
    from reporting.protected.context import open_context
    from reporting.protected.protecting import protected_view as view_of

    covered = tuple(
        parse_period(row["period"]) for row in queries.periods(context.release, context.period.type)
    )
    protected = view_of(home, kind.key, kind.protected_as, context, at=at)
    return open_context(kind.protected_as, context, protected, covered)


def _context(release: Release, period: Period, town: Municipality | None, words: Narratives) -> Context:
    covered = {record["period"]: record["is_complete"] for record in queries.periods(release, period.type)}
    name, named = ("semestre", "Il semestre") if period.type == SEMESTER else ("anno", "L'anno")
    if not covered:
        raise UserError(
            f"La pubblicazione non contiene ancora alcun {name}: carica le prese in carico e gli interventi "
            "con «osservatorio run CARTELLA»."
        )
    if period.code not in covered:
        raise UserError(
            f"{named} {period.code} non è nella pubblicazione "
            f"«{release.id}»: scegli fra {join_words(list(covered))}."
        )
    before = period.year_before
    return Context(
        release,
        period,
        before if before.code in covered else None,
        bool(covered[period.code]),
        town.code if town else queries.AMBITO,
        words,
    )


def _write(home: Home, report: Report, contents: Mapping[str, bytes]) -> Produced:
    folder = home.reports / report.release_id
    files = {name: folder / f"{report.stem}.{name}" for name in contents}
    try:
        for name, path in files.items():
            for other, content in beside(report, name).items():
                write_atomically(folder / other, content)
            write_atomically(path, contents[name])
    except OSError as error:
        raise UserError(
            f"Non riesco a scrivere il rapporto in «{folder}» ({reason_it(error)}): controlla lo spazio e i permessi, "
            "chiudi il file se è aperto in un altro programma, poi riprova."
        ) from error
    return Produced(report, files)
