"""The models are written once, in DuckDB's dialect of SQL; here their compiled text is said in Spark's.

sqlglot parses the text, expands its stars and aliases by the columns of what it reads, and knows the type of every
expression; what means something else in Spark, or nothing, is then rewritten. What cannot be said raises, and the
comparison of the two engines (`tests/spark`) shows that what can be said gives the same cells.
"""

from collections.abc import Callable, Mapping
from typing import Any

from sqlglot import exp, parse_one
from sqlglot.dialects.duckdb import DuckDB
from sqlglot.optimizer.annotate_types import annotate_types
from sqlglot.optimizer.qualify import qualify
from sqlglot.schema import MappingSchema

# Columns of a table and their types in Spark's words, by schema and name.
ColumnsOf = Callable[[str, str], Mapping[str, str]]

T = exp.DType
WHOLE = (*exp.DataType.INTEGER_TYPES, T.INT128)
FRACTIONS = (T.DECIMAL, T.DOUBLE, T.FLOAT)
WIDEST_WHOLE = "decimal(38, 0)"  # of DuckDB's hugeint
MONTHS = {"TO_MONTHS": 1, "TO_YEARS": 12}
ROWS = "all_rows"
IS_KEPT = "is_kept"


def to_spark(sql: str, columns_of: ColumnsOf) -> str:
    """A query of DuckDB as a query of Spark. Raises sqlglot's errors where it reads what is not there."""
    tree = parse_one(sql, read="duckdb")
    _say_what_both_have(tree)
    schema = MappingSchema(dialect="duckdb")
    for table in tree.find_all(exp.Table):
        table.set("catalog", None)
        if table.db:
            columns = dict(columns_of(table.db, table.name))
            schema.add_table(exp.table_(table.name, db=table.db), columns, dialect="spark")
    tree = qualify(tree, schema=schema, dialect="duckdb", quote_identifiers=False, identify=False)
    tree = annotate_types(tree, schema=schema, dialect="duckdb", expression_metadata=TYPES)
    for union in list(tree.find_all(exp.SetOperation)):
        if not isinstance(union.parent, exp.SetOperation):
            _give_nulls_their_type(union)
    for node in reversed(list(tree.walk())):  # parts before what they are part of
        parent, key, index = node.parent, node.arg_key, node.index
        said = _rewritten(node)
        if said is not node and parent is not None:
            parent.set(key, said, index)
    _name_inner_queries_apart(tree)
    for select in list(tree.find_all(exp.Select)):
        around = _filtered_around(select)
        if select is tree:
            tree = around
    return tree.sql(dialect="spark", pretty=True)


def _type_of_sum(annotator: Any, node: Any) -> Any:
    """Days between two dates are a whole number, days after a date are a date."""
    annotator._annotate_binary(node)
    if node.left.is_type(T.DATE):
        if node.right.is_type(T.DATE):
            annotator._set_type(node, T.BIGINT)
        elif node.right.is_type(*WHOLE):
            annotator._set_type(node, T.DATE)
        elif node.right.is_type(T.INTERVAL):
            annotator._set_type(node, T.TIMESTAMP)
    return node


def _type_of_literal(annotator: Any, node: Any) -> Any:
    """A number with a point is an exact decimal."""
    annotator._annotate_literal(node)
    if not node.is_string and "." in node.name:
        annotator._set_type(node, exp.DataType.build("decimal(38, 6)"))
    return node


def _type_of_argument(annotator: Any, node: Any) -> Any:
    return annotator._set_type(node, node.this.type)


TYPES = {
    **DuckDB.EXPRESSION_METADATA,
    exp.Add: {"annotator": _type_of_sum},
    exp.Sub: {"annotator": _type_of_sum},
    exp.Div: {"returns": T.DOUBLE},
    exp.Median: {"returns": T.DOUBLE},
    exp.Literal: {"annotator": _type_of_literal},
    exp.AddMonths: {"annotator": _type_of_argument},
    exp.Filter: {"annotator": _type_of_argument},
    exp.Floor: {"annotator": _type_of_argument},
    exp.Round: {"annotator": _type_of_argument},
}


def _say_what_both_have(tree: exp.Expr) -> None:
    """Before types are known: months added as a function, windows without names, no say in how a step is held."""
    for step in tree.find_all(exp.CTE):
        step.set("materialized", None)
    for node in list(tree.find_all(exp.Add)):
        later = node.expression
        for name, months in MONTHS.items():
            if _is_call(later, name):
                count = exp.Mul(this=exp.paren(later.expressions[0]), expression=exp.Literal.number(months))
                node.replace(exp.AddMonths(this=node.this, expression=count))
    for select in tree.find_all(exp.Select):
        named = {window.this.name: window for window in select.args.get("windows") or ()}
        for window in select.find_all(exp.Window) if named else ():
            base = named.get(window.text("alias"))
            if base is not None and window is not base:
                window.set("alias", None)
                window.set("partition_by", [part.copy() for part in base.args.get("partition_by") or ()])
                for part in ("order", "spec"):
                    if base.args.get(part) and not window.args.get(part):
                        window.set(part, base.args[part].copy())
        select.set("windows", None)


def _give_nulls_their_type(union: exp.SetOperation) -> None:
    """A null without a type, in a column that other parts of a union know: Spark loses its way in long ones."""
    parts, waiting = [], [union]
    while waiting:
        part = waiting.pop().unnest()
        if isinstance(part, exp.SetOperation):
            waiting += [part.left, part.right]
        else:
            parts.append(part)
    for column in zip(*(part.selects for part in parts), strict=True):
        kinds = [value.type for value in column if value.type and not value.is_type(T.NULL, T.UNKNOWN)]
        for value in column if kinds else ():
            null = value.unalias()
            if isinstance(null, exp.Null):
                null.replace(_typed(exp.cast(null.copy(), kinds[0].copy()), kinds[0]))


def _rewritten(node: exp.Expr) -> exp.Expr:
    """The node as Spark says it; itself where both engines agree. Its parts are Spark's already."""
    match node:
        case exp.Sub() if _is(node.left, T.DATE) and _is(node.right, T.DATE):
            return _typed(_call("datediff", node.left, node.right), T.BIGINT)
        case exp.Add() | exp.Sub() if _is(node.left, T.DATE) and _is(node.right, *WHOLE):
            name = "date_add" if isinstance(node, exp.Add) else "date_sub"
            return _typed(_call(name, node.left, exp.cast(node.right, T.INT)), T.DATE)
        case exp.Div():
            return _division(node)
        case exp.Cast():
            return _cast(node)
        case exp.Filter(this=exp.ArgMax() | exp.ArgMin()):
            return node
        case exp.ArgMax() | exp.ArgMin():
            return _of_known_values(node)
        case exp.Window() if _is_call(node.this, "PRODUCT"):
            factors = node
            factors.set("this", exp.ArrayAgg(this=node.this.expressions[0]))
            one = exp.cast(exp.Literal.number(1), T.DOUBLE)
            return _call("aggregate", factors, one, _lambda("so_far * factor", "so_far", "factor"))
        case exp.PercentileCont() if node.expression:
            return _typed(_call("percentile", node.this, node.expression), T.DOUBLE)
        case exp.ArrayAgg(this=exp.Order()):
            return _ordered_list(node.this)
        case exp.Bracket(expressions=[exp.Slice()]):
            return _part_of_list(node.this, node.expressions[0])
        case exp.Format():
            return _formatted(node.this, node.expressions[0])
        case exp.Anonymous():
            return _function(node)
    return node


def _function(node: exp.Anonymous) -> exp.Expr:
    """Functions that sqlglot does not know."""
    name, arguments = node.name.upper(), node.expressions
    if name == "FORMAT":
        return _formatted(*arguments)
    if name == "LIST_UNIQUE":
        return _count_of_distinct(arguments[0])
    if name == "LIST_SUM":
        nothing = exp.cast(exp.Literal.number(0), exp.DataType.build("decimal(38, 2)"))
        return _call("aggregate", arguments[0], nothing, _lambda("so_far + item", "so_far", "item"))
    return node


def _division(node: exp.Div) -> exp.Expr:
    """DuckDB divides in floating point, decimals too."""
    if not _is(node.left, T.DOUBLE, *WHOLE) or not _is(node.right, T.DOUBLE, *WHOLE):
        node.set("this", exp.cast(node.this, T.DOUBLE))
    return node


def _cast(node: exp.Cast) -> exp.Expr:
    to, value = node.args["to"], node.this
    if to.is_type(T.DATE):
        if value.is_string and value.name == "infinity":
            value.set("this", "9999-12-31")
        return value if isinstance(value, exp.Explode | exp.Unnest) else node  # a generator stands alone
    if to.is_type(*WHOLE) and _is(value, *FRACTIONS) and not isinstance(value, exp.Floor):
        # DuckDB rounds, Spark cuts; halves go up in decimals and to the even number in floating point.
        node.set("this", _call("round" if _is(value, T.DECIMAL) else "bround", value))
    if to.is_type(T.INT128):
        node.set("to", exp.DataType.build(WIDEST_WHOLE))
    return node


def _of_known_values(node: exp.ArgMax | exp.ArgMin) -> exp.Expr:
    """A row without the value is not looked at by DuckDB; a structure is always there."""
    if isinstance(node.this, exp.Struct):
        return node
    is_known = node.this.copy().is_(exp.null()).not_()
    if isinstance(node.parent, exp.Filter):
        where = node.parent.args["expression"]
        where.set("this", exp.and_(where.this, is_known))
        return node
    return _typed(exp.Filter(this=node, expression=exp.Where(this=is_known)), node.type)


def _count_of_distinct(values: exp.Expr) -> exp.Expr:
    where = None
    if isinstance(values, exp.Filter):
        values, where = values.this, values.args["expression"]
    count = exp.Count(this=exp.Distinct(expressions=[values.this]))
    return exp.Filter(this=count, expression=where) if where is not None else count


def _ordered_list(order: exp.Order) -> exp.Expr:
    """A list in an order: a list of pairs is sorted, then only the values are kept."""
    if any(part.args.get("desc") for part in order.expressions):
        raise ValueError("lists in descending order are not said in Spark")
    keys = [exp.alias_(part.this, f"key_{number}") for number, part in enumerate(order.expressions)]
    pairs = exp.ArrayAgg(this=_call("struct", *keys, exp.alias_(order.this, "kept")))
    return _call("transform", _call("array_sort", pairs), _lambda("pair.kept", "pair"))


def _part_of_list(values: exp.Expr, part: exp.Slice) -> exp.Expr:
    """The values from a place to another, both counted from 1 and both included."""
    first = part.this or exp.Literal.number(1)
    length = _call("size", values.copy()) if part.expression is None else part.expression - first + 1
    return _call("slice", values, first, length)


def _formatted(pattern: exp.Expr, value: exp.Expr) -> exp.Expr:
    """A number with separators of thousands and so many decimals; the one pattern that models use."""
    if not (pattern.name.startswith("{:,.") and pattern.name.endswith("f}")):
        raise ValueError(f"no such pattern in Spark: {pattern.name}")
    return _call("format_number", value, exp.Literal.number(pattern.name[4:-2]))


def _name_inner_queries_apart(tree: exp.Expr) -> None:
    """One name for each query of a `with`: those inside others are brought to the top when the text is written."""
    inner = [clause for clause in tree.find_all(exp.With) if clause.parent is not tree]
    for number, clause in enumerate(inner):
        for query in clause.expressions:
            name, own_name = query.alias, exp.to_identifier(f"{query.alias}_{number}")
            for table in clause.parent.find_all(exp.Table):
                if not table.db and table.name == name:
                    table.set("this", own_name.copy())
            query.args["alias"].set("this", own_name)


def _filtered_around(select: exp.Select) -> exp.Select:
    """Groups and windows are filtered by a query around: in `having`, Spark does not know the columns of groupings."""
    conditions = [clause for name in ("having", "qualify") if (clause := select.args.get(name)) is not None]
    if not conditions:
        return select
    (condition,) = conditions
    clauses = select.args.get("with_")
    names = select.named_selects
    for name in ("having", "qualify", "with_"):
        select.set(name, None)
    inner = select.copy()
    inner.append("expressions", exp.alias_(condition.this, IS_KEPT))
    around = exp.select(*(exp.column(name, table=ROWS) for name in names))
    around = around.from_(inner.subquery(ROWS)).where(exp.column(IS_KEPT, table=ROWS))
    around.set("with_", clauses)
    if select.parent is not None:
        select.replace(around)
    return around


def _is(node: exp.Expr, *types: exp.DType) -> bool:
    return node.type is not None and node.is_type(*types)


def _is_call(node: exp.Expr, name: str) -> bool:
    return isinstance(node, exp.Anonymous) and node.name.upper() == name


def _typed(node: exp.Expr, kind: Any) -> exp.Expr:
    node.type = kind
    return node


def _call(name: str, *arguments: exp.Expr) -> exp.Expr:
    return exp.Anonymous(this=name, expressions=list(arguments))


def _lambda(body: str, *names: str) -> exp.Expr:
    return exp.Lambda(this=parse_one(body), expressions=[exp.to_identifier(name) for name in names])
