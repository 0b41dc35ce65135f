"""A build that starts from the one before: what did not change is taken over, what can be is renewed in part.

What a table is made of is its text and the contents of what it reads. Where both are the same it stays as it is.
Otherwise it is made again, with the same text: whole, or as its model declares in `meta`,

- `renewed: {by_part: [a, b]}`: the rows of a part (`part`, here and in the models named) come from the same part of a
  and b, and from the whole of what else is read. Only parts that changed in a or b are made again; when anything else
  that is read changed, the whole table is;
- `renewed: {records_of: extract, key: […], staged: model, joined: model, joined_on: […], joined_columns: […]}`: one
  row per current record of an extract, joined to another model. Only records that deliveries or the date touched (`build_touched`)
  are made again, and those whose joined row has other values in the columns named.

The declaration says only which rows depend on which; no formula is written twice.
"""

import re
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import duckdb

from osservatorio.build_parts import (
    WHOLE,
    Known,
    body,
    digest,
    fingerprints,
    in_parts,
    quoted,
    read_once,
    reading_only,
)
from osservatorio.build_plan import Plan, Step
from osservatorio.build_previous import Warehouse
from osservatorio.build_touched import (
    LANDING,
    SCHEMA,
    find_touched_deliveries,
    find_touched_records,
    remember_deliveries,
    source_contents,
)

# In the text of a current version, where a condition on the keys goes: the macro `touched_records` writes it.
TOUCHED_MARK = "/* touched records */"
RELEASE, PREVIOUS = '"release".', '"previous".'  # the latter: the release of the build before, attached
KEPT, RENEWED, MADE = "kept", "renewed", "made"
MOST_TOUCHED = 2  # from one record out of so many on, a table is made whole
_SOURCE = re.compile(rf'"?\b{LANDING}\b"?(?:\."?(\w+)"?\."?(\w+)"?)?', re.IGNORECASE)
_COLUMN = re.compile(r"(?<![:\w])[a-z_]+\b(?!\()")
_ANYTHING = "information_schema"  # what a text may look at without naming it


@dataclass
class Renewal:
    """Says what is to be done of each step of a plan, given the build before, and learns what became of it.

    Without a build before, everything is to be done. Threads may ask for different steps at the same time, each with
    its own cursor, and never for a step before those that it reads are done.
    """

    plan: Plan
    before: Warehouse | None
    known: dict[str, Known] = field(default_factory=dict)
    outcomes: dict[str, str] = field(default_factory=dict)  # of each table: taken over, renewed, made
    # Of what was renewed in part: the query of the rows made again, and the parts that they were or are in.
    _rows_again: dict[str, str] = field(default_factory=dict)
    _parts_again: dict[str, set[int]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._steps = {step.name: step for step in self.plan.steps}
        self._models = {step.name.rpartition(".")[2]: step for step in self.plan.steps if step.relation}

    def prepare(self, con: duckdb.DuckDBPyConnection) -> None:
        """Before the steps: what the landing holds, and which records it touched. Raises SeenOtherwise."""
        for source, content in source_contents(con).items():
            self.known[source] = Known("", {0: content})
        if not self.before:
            return
        find_touched_deliveries(con)
        for step in self.plan.steps:
            if not (extract := step.renewed.get("records_of")):
                continue
            key, staged = step.renewed["key"], self._models[step.renewed["staged"]]
            find_touched_records(con, extract, key, self.before.as_of, _touched(extract))
            if query := _current(staged, key, _touched(extract)):
                con.execute(f"create or replace table {_current_rows(extract)} as {query}")
                self._rows_again[staged.relation] = f"from {_current_rows(extract)}"

    def finish(self, con: duckdb.DuckDBPyConnection) -> None:
        """After the steps: drop what was of use meanwhile, remember what was seen."""
        con.execute(f"drop schema if exists {SCHEMA} cascade")
        remember_deliveries(con)

    def statements(self, con: duckdb.DuckDBPyConnection, step: Step) -> list[str]:
        """What is to be executed of a step."""
        if self.before is None:
            return step.statements
        if step.severity:
            return self._test(step)
        if step.kind == "seed":  # the plan is of the same files
            return []
        if step.kind != "table":
            return step.statements
        if not self._has_changed(step):
            self.outcomes[step.relation] = KEPT
            return []
        renewed = self._by_part(step) if "by_part" in step.renewed else self._by_record(con, step)
        self.outcomes[step.relation] = MADE if renewed is None else RENEWED
        return step.statements if renewed is None else renewed

    def done(self, con: duckdb.DuckDBPyConnection, step: Step) -> None:
        """Learn what a step holds, once it is done."""
        if not step.relation:
            return
        if step.kind != "table":
            self.known[step.relation] = Known("", {0: self._made_of(step)})
            return
        part, outcome = step.part or WHOLE, self.outcomes.get(step.relation, MADE)
        if outcome == MADE:
            marks = fingerprints(con, step.relation, part)
        else:
            assert self.before
            marks = self.before.known[step.relation].parts
        if outcome == RENEWED:
            again = self._parts_again[step.relation]
            if "key" in step.renewed:
                again |= _parts(con, step, self._rows_again[step.relation])
            marks = {number: mark for number, mark in marks.items() if number not in again}
            marks |= fingerprints(con, step.relation, part, again)
        self.known[step.relation] = Known(digest(step.statements), marks)

    def counted(self) -> dict[str, int]:
        """How many tables were taken over, renewed, made."""
        return dict(Counter(self.outcomes.values()))

    def _reads(self, step: Step) -> list[str]:
        """The relations that a step reads. What of the landing is read in words not understood is known to nobody."""
        nodes = {self._steps[name].relation for name in step.after} - {""}
        found = (source for text in step.statements for source in _SOURCE.findall(text))
        return sorted(nodes | {".".join(map(quoted, (LANDING, *names))) for names in found})

    def _made_of(self, step: Step) -> str:
        read = [
            (name, self.known[name].content if name in self.known else None) for name in self._reads(step)
        ]
        return digest([step.statements, read])

    def _is_other(self, relation: str) -> bool:
        """Whether a relation does not hold what it held, as far as is known."""
        assert self.before
        now, before = self.known.get(relation), self.before.known.get(relation)
        return now is None or before is None or now.content != before.content

    def _has_changed(self, step: Step) -> bool:
        return not self._has_same_text(step) or any(map(self._is_other, self._reads(step)))

    def _has_same_text(self, step: Step) -> bool:
        assert self.before
        before = self.before.known.get(step.relation)
        return before is not None and before.text == digest(step.statements)

    def _test(self, step: Step) -> list[str]:
        """A test over what it reads: not at all where nothing changed, else where possible over the rows made again."""
        (text,) = step.statements
        others = [name for name in self._reads(step) if self._is_other(name)]
        if not others and _ANYTHING not in text:
            return []
        tested = self._steps.get(step.of)
        query = self._rows_again.get(tested.relation) if tested else None
        if tested and query and others == [tested.relation] and self._is_key_within(step, tested):
            return [reading_only(text, {tested.relation: query})]
        return [text]

    def _is_key_within(self, test: Step, tested: Step) -> bool:
        """Whether rows with the same key are all made again, or none of them."""
        if "by_part" in tested.renewed:
            return bool(test.key) and set(_COLUMN.findall(_without_texts(tested.part))) <= set(test.key)
        keys = [
            set(step.renewed["key"])
            for step in self.plan.steps
            if "records_of" in step.renewed
            and tested.name in (step.name, self._models[step.renewed["staged"]].name)
        ]
        return bool(test.key) and all(key <= set(test.key) for key in keys)

    def _by_part(self, step: Step) -> list[str] | None:
        """The parts of a table that changed in what it is made of by part; None where this does not do."""
        assert self.before
        read = [self._models[name] for name in step.renewed["by_part"]]
        relations = [model.relation for model in read]
        query = body(step.statements[0])
        if (
            not self._has_same_text(step)
            or not step.part
            or any(model.kind != "table" or not model.part for model in read)
            or any(self._is_other(name) for name in self._reads(step) if name not in relations)
            or any(name not in self.before.known for name in relations)
            or not read_once(query, relations)
        ):
            return None
        again: set[int] = set()
        for name in relations:
            again |= self.known[name].differs_in(self.before.known[name])
        self._parts_again[step.relation] = again
        where = in_parts(step.part, again)
        self._rows_again[step.relation] = f"select * from {step.relation} where {where}"
        filters = {
            model.relation: f"select * from {model.relation} where {in_parts(model.part, again)}"
            for model in read
        }
        return [
            f"delete from {step.relation} where {where}",
            f"insert into {step.relation} {reading_only(query, filters)}",
        ]

    def _by_record(self, con: duckdb.DuckDBPyConnection, step: Step) -> list[str] | None:
        """The records of a table that were touched, or whose joined row was; None where this does not do."""
        assert self.before
        if "records_of" not in step.renewed or not self._has_same_text(step):
            return None
        declared: dict[str, Any] = step.renewed
        staged = self._models[declared["staged"]]
        joined = self._models[declared["joined"]].relation
        extract, names = declared["records_of"], ", ".join(declared["key"])
        table, more, rows = _touched(extract), f"{SCHEMA}.more_{extract}", f"{SCHEMA}.rows_{extract}"
        query, previous = body(step.statements[0]), _previous(step.relation)
        current = _current(staged, declared["key"], more)
        if (
            current is None
            or any(
                self._is_other(name) for name in self._reads(step) if name not in (staged.relation, joined)
            )
            or not all(name.startswith(RELEASE) for name in (step.relation, joined))
            or not read_once(query, [staged.relation])
        ):
            return None
        on, columns = ", ".join(declared["joined_on"]), ", ".join(declared["joined_columns"])
        now, then = (f"select {on}, {columns} from {name}" for name in (joined, _previous(joined)))
        con.execute(
            f"""create or replace table {more} as select {names} from {previous} semi join (
                (({now}) except ({then})) union all (({then}) except ({now}))
            ) using ({on}) where ({names}) not in (from {table})"""
        )
        touched, others, all_rows = con.execute(
            f"select (select count(*) from {table}), (select count(*) from {more}), (select count(*) from {previous})"
        ).fetchone() or (0, 0, 0)
        if (touched + others) * MOST_TOUCHED > all_rows:
            return None
        records = f"from {_current_rows(extract)}" + (f" union all ({current})" if others else "")
        con.execute(f"create or replace table {rows} as {reading_only(query, {staged.relation: records})}")
        where = f"({names}) in (from {table} union all from {more})"
        self._rows_again[step.relation] = f"from {rows}"
        self._parts_again[step.relation] = _parts(con, step, f"select * from {previous} where {where}")
        return [f"delete from {step.relation} where {where}", f"insert into {step.relation} from {rows}"]


def _touched(extract: str) -> str:
    return f"{SCHEMA}.touched_{extract}"


def _current_rows(extract: str) -> str:
    return f"{SCHEMA}.current_{extract}"


def _previous(relation: str) -> str:
    return relation.replace(RELEASE, PREVIOUS)


def _current(staged: Step, key: list[str], table: str) -> str | None:
    """The query of the current version of the records listed in a table; None where the text has no place for it."""
    text = body(staged.statements[0])
    if text.count(TOUCHED_MARK) != 1:
        return None
    return text.replace(TOUCHED_MARK, f"and ({', '.join(key)}) in (from {table})")


def _parts(con: duckdb.DuckDBPyConnection, step: Step, query: str) -> set[int]:
    """The parts that the rows of a query are in."""
    part = step.part or WHOLE
    return {
        row[0]
        for row in con.execute(f"select distinct coalesce(({part})::integer, 0) from ({query})").fetchall()
    }


def _without_texts(expression: str) -> str:
    return re.sub(r"'[^']*'", "", expression)
