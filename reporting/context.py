"""From marts to tables: the definitions and the slices that every section is made of."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

from osservatorio.italian import date_it, long_date
from osservatorio.periods import SEMESTER, Period, parse_period
from osservatorio.release import Release
from reporting import queries
from reporting.drawing.glyphs import without_controls
from reporting.labels import Labels
from reporting.measures import Measures, read_measures
from reporting.model import Column, Format, Narrative, Row, Table, Value
from reporting.queries import AMBITO, TUTTI, Record
from reporting.statements import Measure
from reporting.text import with_article
from reporting.wording import Wording
from reporting.words.narratives import NO_WORDS, Narratives

if TYPE_CHECKING:
    from reporting.errata.earlier import EarlierReport

TEXT_WEIGHT = 2.4


def no_earlier_reports() -> "tuple[EarlierReport, ...]":
    """What a report that is made only to be set beside another knows of those before it."""
    return ()


@dataclass(frozen=True)
class Slice:
    """Which rows of which mart a table is made of.

    `index` are the columns that identify a row, `where` the filters (a tuple: any of its values), `lists`
    the code list of a dimension whose labels depend on the slice.
    """

    mart: str
    index: tuple[str, ...]
    where: Mapping[str, object]
    lists: Mapping[str, str] = field(default_factory=dict)

    @property
    def period(self) -> str:
        """The code of the one period that the rows are about; empty where they are about several."""
        period = self.where.get("period", self.where.get("year"))
        return "" if period is None or isinstance(period, tuple) else str(period)


@dataclass(frozen=True)
class Context(Wording):
    """One release and one period, with the same period of the year before where the release covers it.

    `place` is the code of the municipality that the edition is about, `AMBITO` for all; `words` are the
    texts that people wrote for this report; `earlier` sets the reports of this kind produced before its
    release beside the figures of now (it reads other releases: call it once).
    """

    release: Release
    period: Period
    before: Period | None
    is_complete: bool
    place: str = AMBITO
    words: Narratives = NO_WORDS
    earlier: "Callable[[], tuple[EarlierReport, ...]]" = no_earlier_reports

    def sharing(self, other: "Context") -> "Context":
        """The same context with what another one of the same release has already read of the release."""
        if self.release is other.release:
            shared = ("manifest", "labels", "definitions", "indicators")
            self.__dict__.update({name: other.__dict__[name] for name in shared if name in other.__dict__})
        return self

    @property
    def places(self) -> tuple[str, ...] | None:
        """The filter of tables by municipality: all of them, or the edition's own beside the Ambito."""
        return None if self.place == AMBITO else (self.place, AMBITO)

    @property
    def comparable(self) -> Period | None:
        """The period that sentences compare with: a running period is not on a par with a whole one."""
        return self.before if self.is_complete else None

    @property
    def compared_label(self) -> str:
        """The label of that period, or nothing where sentences have none to compare with."""
        return self.comparable.label if self.comparable else ""

    def covered(self, period_type: str) -> tuple[Period, ...]:
        """The periods of a type that the release covers, up to the end of the report's own."""
        codes = (record["period"] for record in queries.periods(self.release, period_type))
        return tuple(period for period in map(parse_period, codes) if period.start <= self.period.end)

    @cached_property
    def semesters(self) -> tuple[Period, ...]:
        """The semesters of the report's year that the release covers."""
        return tuple(p for p in self.covered(SEMESTER) if p.start >= self.period.start)

    @cached_property
    def measures(self) -> Measures:
        """The indicators of the report's period, its semesters and the periods covered before."""
        periods = {self.period, *self.covered(self.period.type), *self.semesters}
        return read_measures(self.release, tuple(sorted(period.code for period in periods)), self.places)

    def measure(self, code: str, service: str = TUTTI) -> Measure | None:
        """An indicator of the report's own period and place."""
        return self.measures.get(code, self.period.code, self.place, service)

    def measure_before(self, code: str, service: str = TUTTI) -> Measure | None:
        """The same a year before, where sentences may compare with it."""
        period = self.comparable
        return self.measures.get(code, period.code, self.place, service) if period else None

    def measure_around(self, code: str, service: str = TUTTI) -> Measure | None:
        """The same of the whole Ambito, for a municipality's edition."""
        if self.place == AMBITO:
            return None
        return self.measures.get(code, self.period.code, AMBITO, service)

    def narrative(self, key: str, title: str, prompt: str) -> Narrative:
        """The text that people wrote under a key of this report, or the place where it is missing."""
        return Narrative(key, title, prompt, self.words.lines(key))

    @cached_property
    def manifest(self) -> dict[str, Any]:
        """The release's manifest, its texts without control characters."""
        return _tidy(self.release.manifest)

    @cached_property
    def labels(self) -> Labels:
        return Labels(self.release)

    @cached_property
    def definitions(self) -> dict[tuple[str, str], Column]:
        """Label, definition and format of every column of every mart, by mart and column."""
        return {
            (row["mart"], row["column_name"]): Column(
                row["column_name"], row["label"], Format(row["format"]), row["definition"], row["label"]
            )
            for row in queries.mart_columns(self.release)
        }

    @cached_property
    def indicator_rows(self) -> dict[str, Record]:
        """What the seed of the indicators says of each, by code."""
        return {row["indicator_code"]: row for row in queries.indicators(self.release)}

    def indicator(self, code: str) -> Record:
        """An indicator's name, definition, format, direction. Raises KeyError for a code that the seed lacks."""
        return self.indicator_rows[code]

    @cached_property
    def indicators(self) -> dict[tuple[str, str], str]:
        """The code of the indicator whose value is a column of a mart, by mart and column."""
        return {
            (row["source_mart"], row["source_column"]): row["indicator_code"]
            for row in self.indicator_rows.values()
            if row["source_column"]
        }

    def codes(self, mart: str, columns: Sequence[str]) -> tuple[str, ...]:
        """The codes of the indicators among the columns of a mart, in their order."""
        return tuple(self.indicators[mart, name] for name in columns if (mart, name) in self.indicators)

    def column(self, mart: str, name: str) -> Column:
        """A column as the release defines it. Raises KeyError for one that mart_columns does not know."""
        return self.definitions[mart, name]

    def this_period(self, **where: object) -> dict[str, object]:
        """The filter of the report's own semester."""
        return {"period_type": self.period.type, "period": self.period.code, **where}

    def read(self, mart: str, columns: Sequence[str], where: Mapping[str, object]) -> list[Record]:
        """Rows of a mart. Raises KeyError for a column that mart_columns does not know."""
        for name in (*columns, *where):
            self.column(mart, name)
        return queries.mart_slice(self.release, mart, columns, where)

    def table(
        self,
        key: str,
        source: Slice,
        columns: Sequence[str],
        *,
        compare: Sequence[str] = (),
        keep: Sequence[str] | None = None,
        **options: Any,
    ) -> Table | None:
        """A table with one row per value of the slice's index; None when no row is left.

        A row stays when one of the columns in `keep` (by default, any) is neither empty nor zero. Columns in
        `compare` are followed by the same figure a year before. `options` are the other fields of `Table`:
        `indicators` among them where a column of the mart has the figures of several.
        """
        records = self.read(source.mart, [*source.index, *columns], source.where)
        records = [record for record in records if any(record[name] for name in keep or columns)]
        if not records or not self._has_own(source, records):
            return None
        records.sort(key=lambda record: [self._order(source, name, record[name]) for name in source.index])
        earlier = self._earlier(source, compare)
        heads = tuple(self.head(source.mart, name) for name in source.index)
        return Table(
            key,
            marts=(source.mart,),
            period=source.period,
            columns=(*heads, *self._figures(source.mart, columns, compare)),
            rows=tuple(self._row(record, source, columns, compare, earlier) for record in records),
            **{"indicators": self.codes(source.mart, columns), **options},
        )

    def matrix(self, key: str, source: Slice, across: str, value: str, **options: Any) -> Table | None:
        """One measure by the slice's index (down) and another dimension; None when every cell is zero."""
        (down,) = source.index
        records = self.read(source.mart, [down, across, value], source.where)
        cells = {(record[down], record[across]): record[value] for record in records}
        if not any(cells.values()) or not self._has_own(source, records):
            return None
        rows = sorted({row for row, _ in cells}, key=lambda code: self._order(source, down, code))
        over = sorted({column for _, column in cells}, key=lambda code: self._order(source, across, code))
        measure = self.column(source.mart, value)
        return Table(
            key,
            marts=(source.mart,),
            period=source.period,
            columns=(
                self.head(source.mart, down),
                *(replace(measure, key=code, label=self._label(source, across, code)) for code in over),
            ),
            rows=tuple(
                Row(
                    (code,),
                    (self._label(source, down, code), *(cells.get((code, other)) for other in over)),
                    self.labels.is_total(down, code),
                )
                for code in rows
            ),
            indicators=self.codes(source.mart, (value,)),
            **options,
        )

    def _has_own(self, source: Slice, records: Sequence[Record]) -> bool:
        """Whether a table by municipality of an edition has its own row: the Ambito's alone compares nothing."""
        if self.place == AMBITO or "municipality_code" not in source.index:
            return True
        return any(record["municipality_code"] == self.place for record in records)

    @property
    def as_of_text(self) -> str:
        return date_it(self.release.as_of)

    @property
    def at_as_of(self) -> str:
        """«al 31 dicembre 2023», «all'11 maggio 2023»."""
        return with_article("al", long_date(self.release.as_of))

    @property
    def before_label(self) -> str:
        """«primo semestre 2021», or nothing where there is no such semester to compare with."""
        return self.before.label if self.before else ""

    @property
    def series_names(self) -> tuple[str, ...]:
        """The names of the series of a chart that compares the semester with the one a year before."""
        return (self.period.label, self.before.label) if self.before else (self.period.label,)

    def series(self, column: str) -> tuple[str, ...]:
        """The columns of such a chart."""
        return (column, f"{column}_before") if self.before else (column,)

    def _label(self, source: Slice, dimension: str, code: str) -> str:
        return self.labels.label(dimension, code, source.lists.get(dimension))

    def _order(self, source: Slice, dimension: str, code: str) -> tuple[int, str]:
        return self.labels.order(dimension, code, source.lists.get(dimension))

    def _earlier(self, source: Slice, compare: Sequence[str]) -> dict[tuple[str, ...], Record]:
        if not compare or self.before is None:
            return {}
        where = {**source.where, "period": self.before.code}
        records = self.read(source.mart, [*source.index, *compare], where)
        return {tuple(record[name] for name in source.index): record for record in records}

    def _row(
        self,
        record: Record,
        source: Slice,
        columns: Sequence[str],
        compare: Sequence[str],
        earlier: Mapping[tuple[str, ...], Record],
    ) -> Row:
        key = tuple(record[name] for name in source.index)
        values: list[Value] = [self._label(source, name, record[name]) for name in source.index]
        for name in columns:
            values.append(record[name])
            if name in compare and self.before is not None:
                values.append(earlier.get(key, {}).get(name))
        # In a table of two dimensions the first one makes groups, each with the total of the second.
        is_total = self.labels.is_total(source.index[-1], record[source.index[-1]])
        return Row(key, tuple(values), is_total)

    def head(self, mart: str, name: str) -> Column:
        """The column of labels of a dimension: what the mart calls its name, where it has one."""
        named = (mart, f"{name.removesuffix('_code')}_name")
        column = self.definitions.get(named) or self.column(mart, name)
        return replace(column, key=name, format=Format.TEXT, weight=TEXT_WEIGHT)

    def _figures(self, mart: str, columns: Sequence[str], compare: Sequence[str]) -> list[Column]:
        result = []
        for name in columns:
            column = self.column(mart, name)
            result.append(column)
            if name in compare and self.before is not None:
                label = f"{column.label}, {self.before.code}"
                meaning = f"come «{column.label}», {with_article('nel', self.before.label)}."
                result.append(
                    replace(column, key=f"{name}_before", label=label, term=label, definition=meaning)
                )
        return result


def _tidy(value: Any) -> Any:
    if isinstance(value, str):
        return without_controls(value)
    if isinstance(value, dict):
        return {key: _tidy(item) for key, item in value.items()}
    return [_tidy(item) for item in value] if isinstance(value, list) else value


def stacked(key: str, heading: Column, parts: Mapping[str, Table | None], **options: Any) -> Table | None:
    """Tables of equal figures, one under the other, each under its own name; None when all are missing."""
    present = {name: table for name, table in parts.items() if table is not None}
    if not present:
        return None
    first = next(iter(present.values()))
    return Table(
        key,
        marts=first.marts,
        period=first.period,
        columns=(heading, *first.columns),
        rows=tuple(
            Row((name, *row.key), (name, *row.values), row.is_total)
            for name, table in present.items()
            for row in table.rows
        ),
        group=heading.key,
        indicators=first.indicators,
        **options,
    )


def with_column(table: Table, after: str, column: Column, values: Mapping[tuple[str, ...], Value]) -> Table:
    """The table with one more column, filled by the codes of its rows."""
    place = table.position(after) + 1
    return replace(
        table,
        columns=(*table.columns[:place], column, *table.columns[place:]),
        rows=tuple(
            replace(row, values=(*row.values[:place], values.get(row.key), *row.values[place:]))
            for row in table.rows
        ),
    )
