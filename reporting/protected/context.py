"""What the recipe of a protected report is given: the protected view of its figures, and what may be read as it is."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import ClassVar

from osservatorio.periods import Period
from reporting.context import TEXT_WEIGHT, Context
from reporting.model import Column, Format, KeyFigure, Row, Table, Value, is_known
from reporting.protected import known
from reporting.protected.open_marts import OpenRelease
from reporting.protected.protection import Protection
from reporting.protected.seeds import rules
from reporting.protected.view import ProtectedView
from reporting.queries import Record
from reporting.statements import beside
from reporting.text import with_article


@dataclass(frozen=True)
class Shown:
    """A column of a table of the report: a figure, at which codes beside those of the row.

    `before` adds the same figure of the year before. `label` stands in place of the mart's own.
    """

    key: str
    at: Mapping[str, str] = field(default_factory=dict)
    before: bool = False
    label: str = ""
    form: Format | None = None


@dataclass(frozen=True)
class ProtectedContext(Context):
    """A context without exact counts of persons: its release is an `OpenRelease`, its figures those of `protected`.

    `in_release` are the periods that the release covers. Of its own a kind has `SOURCES`, the mart and column of each
    figure, and `HEADS`, those of the names of each dimension.
    """

    SOURCES: ClassVar[Mapping[str, tuple[str, str]]] = {}
    HEADS: ClassVar[Mapping[str, tuple[str, str]]] = {}

    protected: ProtectedView | None = None
    in_release: tuple[Period, ...] = ()

    def covered(self, period_type: str) -> tuple[Period, ...]:
        """The periods of a type that the release covers, up to the report's own."""
        return tuple(
            period
            for period in self.in_release
            if period.type == period_type and period.start <= self.period.end
        )

    @property
    def view(self) -> ProtectedView:
        """The protected tables."""
        assert self.protected is not None
        return self.protected

    @cached_property
    def rules(self) -> dict[str, Record]:
        """The rules of the release's own list."""
        return rules(self.release)

    def value(self, key: str, **at: str) -> Value:
        """A figure of the report's period, as the view has it; another is named by `periodo`, a survey by itself."""
        when = {} if known.WAVE in at else {known.PERIOD: self.period.code}
        return self.view.value(key, **{**when, **at})

    def pair(self, key: str, **at: str) -> tuple[Value, Value] | None:
        """A figure that a sentence may tell, with that of the year before where a sentence may compare with it.

        None where the figure is withheld or missing; a withheld figure of the year before is as good as missing.
        """
        now = self.value(key, **at)
        if not is_known(now):
            return None
        before = self.value(key, **{known.PERIOD: self.comparable.code, **at}) if self.comparable else None
        return now, before if is_known(before) else None

    def key_figure(self, key: str, label: str = "", **at: str) -> KeyFigure:
        """A figure of the summary beside that of the year before; the change is told where both are shown.

        `label` stands in place of the mart's own where that would not do alone.
        """
        now, earlier = self.value(key, **at), None
        if self.before:
            earlier = self.value(key, **{**at, known.PERIOD: self.before.code})
        counts = self.source(key).format is Format.INTEGER and self.comparable is not None
        note = beside(now, earlier) if counts and is_known(now) and is_known(earlier) else ""
        column = replace(self.source(key), key=key, label=label or self.source(key).label)
        return KeyFigure(self.SOURCES[key][0], column, now, earlier, note)

    def source(self, key: str) -> Column:
        """The column of the mart that a figure stands in: label, definition, format."""
        return self.column(*self.SOURCES[key])

    def name_of(self, dimension: str, code: str) -> str:
        """The label of a code of a dimension."""
        if dimension == known.RULE and code in self.rules:
            return str(self.rules[code]["title"])
        return self.labels.label(known.LABELLED_AS[dimension], code)

    def codes(self, table: str, dimension: str) -> list[str]:
        """The codes of a dimension in a protected table, in display order, the total last."""
        found = self.view.codes(table, dimension)
        if dimension in (known.RULE, known.AGE):
            order = [*(self.rules if dimension == known.RULE else self.labels.lists["age_band"]), *found]
            return sorted(
                found,
                key=lambda code: (code == self.view.known.dimensions[dimension].total, order.index(code)),
            )
        return sorted(found, key=lambda code: self.labels.order(known.LABELLED_AS[dimension], code))

    def protected_table(
        self,
        key: str,
        dimension: str,
        source: str,
        columns: Sequence[Shown],
        *,
        at: Mapping[str, str] | None = None,
        codes: Sequence[str] | None = None,
        keep_all: bool = False,
        **options: object,
    ) -> Table | None:
        """A table of the view: a row per code that a dimension has in the protected table `source`, a column per figure.

        `at` are codes that all cells share; `codes` those to show, in their order. A row without any figure is left out,
        one of zeros as well unless all are kept; None when no row is left.
        """
        shared = {**(at or {})}
        rows = []
        for code in self.codes(source, dimension) if codes is None else codes:
            values: list[Value] = []
            for column in columns:
                place = {**shared, **column.at, dimension: code}
                values.append(self.value(column.key, **place))
                if column.before and self.before:
                    values.append(self.value(column.key, **{**place, known.PERIOD: self.before.code}))
            if any(value not in ((None,) if keep_all else (None, 0)) for value in values):
                is_total = code == self.view.known.dimensions[dimension].total
                rows.append(Row((code,), (self.name_of(dimension, code), *values), is_total))
        if not rows:
            return None
        heads = [self._head(dimension)]
        for column in columns:
            heads += self._columns(column)
        marts = tuple(dict.fromkeys(self.SOURCES[column.key][0] for column in columns))
        return Table(
            key,
            marts=marts,
            period=self.period.code,
            columns=tuple(heads),
            rows=tuple(rows),
            **options,  # type: ignore[arg-type]
        )

    def _head(self, dimension: str) -> Column:
        """The column of the names of the codes, called as the marts call it."""
        mart, name = self.HEADS[dimension]
        return replace(self.column(mart, name), key=dimension, format=Format.TEXT, weight=TEXT_WEIGHT)

    def _columns(self, shown: Shown) -> list[Column]:
        column = self.source(shown.key)
        label = shown.label or column.label
        key = "_".join((shown.key, *shown.at.values()))
        own = replace(column, key=key, label=label, format=shown.form or column.format)
        if not (shown.before and self.before):
            return [own]
        before = f"{label}, {self.before.code}"
        meaning = f"come «{label}», {with_article('nel', self.before.label)}."
        return [own, replace(own, key=f"{key}_before", label=before, term=before, definition=meaning)]


def open_context(
    protection: Protection, context: Context, protected: ProtectedView, in_release: tuple[Period, ...]
) -> ProtectedContext:
    """The context of the recipe, from the exact one of the same report, which stays behind."""
    return protection.context(
        OpenRelease(context.release, protection.open_marts, protected.indicators),
        context.period,
        context.before,
        context.is_complete,
        context.place,
        context.words,
        protected=protected,
        in_release=in_release,
    )
