"""A query in DuckDB's dialect said in PostgreSQL's, as `dbt_project/spark/dialect.py` says it in Spark's.

sqlglot parses the text, expands its stars and aliases by the columns of what it reads and knows the type of every
expression; what means something else in PostgreSQL, or nothing, is rewritten. What cannot be said raises: the model and
the reason are told beside the figures, and so are cells that differ.
"""

from collections.abc import Mapping
from typing import Any

from sqlglot import exp, parse_one
from sqlglot.optimizer.annotate_types import annotate_types
from sqlglot.optimizer.qualify import qualify
from sqlglot.schema import MappingSchema

from dbt_project.spark.dialect import (
    TYPES,
    _filtered_around,
    _give_nulls_their_type,
    _say_what_both_have,
)

T = exp.DType
# What PostgreSQL lacks and defines in one line of its own, before the models.
FUNCTIONS = """
create aggregate product(double precision) (sfunc = float8mul, stype = double precision, initcond = '1');
"""
# Functions over the items of a list: as sqlglot calls them (its versions differ), and as DuckDB does.
SORTED, DISTINCT, SUM = "array_agg(item order by item)", "array_agg(distinct item)", "sum(item)"
OF_ITEMS = {
    "SortArray": SORTED,
    "ArraySort": SORTED,
    "LIST_SORT": SORTED,
    "ArrayDistinct": DISTINCT,
    "LIST_DISTINCT": DISTINCT,
    "ArraySum": SUM,
    "LIST_SUM": SUM,
}


class NotSaid(Exception):
    """PostgreSQL has nothing that means this."""


def to_postgres(sql: str, columns: Mapping[str, Mapping[str, str]]) -> str:
    """The query; `columns` has the columns of each table and their types in DuckDB's words, by «schema.table»."""
    tree = parse_one(sql, read="duckdb")
    _say_what_both_have(tree)
    schema = MappingSchema(dialect="duckdb")
    known: set[str] = set()
    for table in tree.find_all(exp.Table):
        table.set("catalog", None)
        place = f"{table.db}.{table.name}"
        if table.db and place not in known:
            known.add(place)
            schema.add_table(exp.table_(table.name, db=table.db), dict(columns[place]), dialect="duckdb")
    tree = qualify(tree, schema=schema, dialect="duckdb", quote_identifiers=False, identify=False)
    tree = annotate_types(tree, schema=schema, dialect="duckdb", expression_metadata=TYPES)
    for union in list(tree.find_all(exp.SetOperation)):
        if not isinstance(union.parent, exp.SetOperation):
            _give_nulls_their_type(union)
    for group in list(tree.find_all(exp.Group)):
        _name_groups(group)
    for node in reversed(list(tree.walk())):  # parts before what they are part of
        parent, key, index = node.parent, node.arg_key, node.index
        said = _rewritten(node)
        if said is not node and parent is not None:
            parent.set(key, said, index)
    for select in list(tree.find_all(exp.Select)):
        if select.args.get("qualify"):  # sqlglot's own way loses a column that another one is named as
            around = _filtered_around(select)
            if select is tree:
                tree = around
    return tree.sql(dialect="postgres", pretty=True)


def _name_groups(group: exp.Group) -> None:
    """`group by all` names the columns that are no totals; a column that a join has on both sides is named as selected."""
    select = group.parent
    if not group.args.get("all"):
        plain = group.expressions
        merged = [value.unalias() for value in select.selects if isinstance(value.unalias(), exp.Coalesce)]
        for value in merged:
            if value.this in plain and all(isinstance(part, exp.Column) for part in value.expressions):
                group.append("expressions", value.copy())
        return
    group.set("all", None)
    plain = [
        value.unalias().copy()
        for value in select.selects
        if not any(not isinstance(total.parent, exp.Window) for total in value.find_all(exp.AggFunc))
    ]
    group.set("expressions", plain)


def _rewritten(node: exp.Expr) -> exp.Expr:
    match node:
        case exp.AddMonths():
            count = exp.cast(node.expression, T.INT)
            later = exp.Add(this=node.this, expression=_sql_call("make_interval(months => {})", count))
            return _typed(exp.cast(exp.paren(later), T.DATE), T.DATE) if _is(node.this, T.DATE) else later
        case exp.Add() | exp.Sub() if _is(node.left, T.DATE) and _is(node.right, T.BIGINT, T.INT128, T.INT):
            if not isinstance(node.right, exp.Literal):
                node.set("expression", exp.cast(exp.paren(node.right), T.INT))
        case exp.IntDiv() if not all(_is(part, T.INT, T.BIGINT) for part in (node.left, node.right)):
            return _typed(
                _call("div", *(exp.cast(part, T.DECIMAL) for part in (node.left, node.right))), node.type
            )
        case exp.IntDiv():
            return _typed(
                exp.Div(this=node.this, expression=node.expression, typed=True, safe=False), node.type
            )
        case exp.Div() if not node.args.get("typed"):
            if not _is(node.left, T.DOUBLE):
                node.set("this", exp.cast(node.this, T.DOUBLE))
            if not _is(node.right, T.DOUBLE):
                node.set("expression", exp.cast(node.expression, T.DOUBLE))
            node.set("typed", True)
            node.set("safe", False)
        case exp.Year() | exp.Month() | exp.Day():
            part = type(node).__name__.lower()
            day = node.this.this if isinstance(node.this, exp.TsOrDsToDate) else node.this
            return _typed(exp.cast(_sql_call(f"extract({part} from {{}})", day), T.INT), T.INT)
        case exp.DateTrunc() | exp.TimestampTrunc() if _is(node.this, T.DATE):
            return _typed(exp.cast(node, T.DATE), T.DATE)
        case exp.DateFromParts():
            parts = [node.args[name] for name in ("year", "month", "day")]
            return _typed(_call("make_date", *(exp.cast(part, T.INT) for part in parts)), T.DATE)
        case exp.BitwiseLeftShift():
            node.set("expression", exp.cast(node.expression, T.INT))
        case exp.Round() if node.args.get("decimals") is not None and not _is(node.this, T.DECIMAL):
            node.set("this", exp.cast(node.this, exp.DataType.build("decimal")))
            return _typed(exp.cast(node, T.DOUBLE), T.DOUBLE)
        case exp.Cast() if node.args["to"].is_type(T.INT128):
            node.set("to", exp.DataType.build("decimal(38, 0)"))
        case exp.AnyValue():
            return (
                _of_boolean(node.this)
                if _is(node.this, T.BOOLEAN)
                else _typed(exp.Min(this=node.this), node.type)
            )
        case exp.IgnoreNulls() if not isinstance(node.this, exp.AnyValue):
            return node.this  # what `any_value` has become
        case exp.ArgMax() | exp.ArgMin():
            return _first_by(node)
        case exp.Filter(this=exp.Bracket()):
            return _filtered_first(node)
        case exp.Unnest() | exp.Explode() if _is_series(node):
            return _series(node)
        case exp.Format():
            return _formatted(node.this, node.expressions[0])
        case exp.Anonymous():
            return _function(node)
        case exp.Func() if total := OF_ITEMS.get(type(node).__name__):
            return _of_items(total, node.this)
        case exp.Func() if type(node).__name__ == "Transform":
            return _each(node.this, node.expression)
        case exp.Struct():
            raise NotSaid("a record with named columns as a value (struct_pack)")
    return node


def _function(node: exp.Anonymous) -> exp.Expr:
    name, arguments = node.name.upper(), node.expressions
    match name:
        case "HASH":
            return _sql_call(
                "hashtextextended({}, 0)", _call("concat_ws", exp.Literal.string("|"), *arguments)
            )
        case "FORMAT":
            return _formatted(*arguments)
        case "LIST_UNIQUE":
            return _count_of_distinct(arguments[0])
        case "LIST_SUM" | "LIST_SORT" | "LIST_DISTINCT":
            return _of_items(OF_ITEMS[name], arguments[0])
        case "LIST_TRANSFORM":
            return _each(*arguments)
    return node


def _first_by(node: exp.ArgMax | exp.ArgMin) -> exp.Expr:
    """The value beside the greatest or smallest other one; rows that lack either are not looked at."""
    order = exp.Ordered(this=node.expression, desc=isinstance(node, exp.ArgMax), nulls_first=False)
    values = exp.ArrayAgg(this=exp.Order(this=node.this, expressions=[order]))
    known = exp.and_(node.this.copy().is_(exp.null()).not_(), node.expression.copy().is_(exp.null()).not_())
    filtered = exp.Filter(this=values, expression=exp.Where(this=known))
    return _typed(
        exp.Bracket(this=exp.paren(filtered), expressions=[exp.Literal.number(1)], offset=1), node.type
    )


def _filtered_first(node: exp.Filter) -> exp.Expr:
    """The condition of a filter around `_first_by` goes to the list inside it."""
    inner = node.this.this.this
    inner.args["expression"].set("this", exp.and_(inner.args["expression"].this, node.expression.this))
    return node.this


def _is_series(node: exp.Expr) -> bool:
    inside = node.this if isinstance(node, exp.Explode) else node.expressions[0]
    return isinstance(inside, exp.GenerateSeries | exp.GenerateDateArray | exp.GenerateTimestampArray)


def _series(node: exp.Expr) -> exp.Expr:
    """A series of days stands alone in PostgreSQL, and is one of moments."""
    inside = node.this if isinstance(node, exp.Explode) else node.expressions[0]
    start, end = (exp.cast(inside.args[name], T.TIMESTAMP) for name in ("start", "end"))
    return _call("generate_series", start, end, inside.args["step"])


def _of_boolean(value: exp.Expr) -> exp.Expr:
    return _typed(_call("bool_or", value), T.BOOLEAN)


def _count_of_distinct(values: exp.Expr) -> exp.Expr:
    """Of a list made on the spot: the values are counted, no list is kept."""
    condition = values.args.get("expression") if isinstance(values, exp.Filter) else None
    inside = values.this if isinstance(values, exp.Filter) else values
    if not isinstance(inside, exp.ArrayAgg):
        return _of_items("count(distinct item)", values)
    counted: exp.Expr = exp.Count(this=exp.Distinct(expressions=[inside.this]))
    return exp.Filter(this=counted, expression=condition) if condition else counted


def _of_items(total: str, values: exp.Expr) -> exp.Expr:
    return _sql_call(f"(select {total} from unnest({{}}) as items (item))", values)


def _each(values: exp.Expr, function: exp.Expr) -> exp.Expr:
    """Every value of a list, changed; in their order."""
    (name,) = function.expressions
    body = function.this.sql(dialect="postgres")
    return _sql_call(
        f"(select array_agg({body} order by place) from unnest({{}}) with ordinality as items ({name.name}, place))",
        values,
    )


def _formatted(pattern: exp.Expr, value: exp.Expr) -> exp.Expr:
    if not (pattern.name.startswith("{:,.") and pattern.name.endswith("f}")):
        raise NotSaid(f"the pattern of a number {pattern.name}")
    decimals = int(pattern.name[4:-2])
    digits = "FM999,999,999,999,990" + ("." + "0" * decimals if decimals else "")
    return _call("to_char", exp.cast(value, exp.DataType.build("decimal")), exp.Literal.string(digits))


def _is(node: Any, *types: exp.DType) -> bool:
    return node is not None and node.type is not None and node.is_type(*types)


def _typed(node: exp.Expr, kind: Any) -> exp.Expr:
    node.type = kind
    return node


def _call(name: str, *arguments: exp.Expr) -> exp.Expr:
    return exp.Anonymous(this=name, expressions=list(arguments))


def _sql_call(pattern: str, *arguments: exp.Expr) -> exp.Expr:
    """PostgreSQL's own words around arguments."""
    return exp.Var(this=pattern.format(*(argument.sql(dialect="postgres") for argument in arguments)))
