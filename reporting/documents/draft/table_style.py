"""The style of the draft's tables: thin rules between rows, a stronger one under the headings."""

from reporting.documents.draft.xml import Element, colour, w
from reporting.drawing.theme import PRIMARY, RULE


def normal_table() -> Element:
    """What every table starts from."""
    margins = [
        w(side, w=width, type="dxa")
        for side, width in (("top", 0), ("left", 70), ("bottom", 0), ("right", 70))
    ]
    return w(
        "style",
        w("name", val="Normal Table"),
        w("uiPriority", val=99),
        w("semiHidden"),
        w("tblPr", w("tblInd", w=0, type="dxa"), w("tblCellMar", *margins)),
        type="table",
        default=1,
        styleId="TableNormal",
    )


def table_style() -> Element:
    """The look of the tables of a report."""
    thin = {"val": "single", "sz": 4, "space": 0, "color": colour(RULE)}
    margins = [
        w(side, w=width, type="dxa")
        for side, width in (("top", 40), ("left", 70), ("bottom", 40), ("right", 70))
    ]
    head = w(
        "tblStylePr",
        w(
            "tcPr",
            w("tcBorders", w("bottom", val="single", sz=10, space=0, color=colour(PRIMARY))),
            w("vAlign", val="bottom"),
        ),
        type="firstRow",
    )
    return w(
        "style",
        w("name", val="Tabella del rapporto"),
        w("basedOn", val="TableNormal"),
        w("qFormat"),
        w("tblPr", w("tblBorders", w("bottom", **thin), w("insideH", **thin)), w("tblCellMar", *margins)),
        w("tcPr", w("vAlign", val="center")),
        head,
        type="table",
        customStyle=1,
        styleId="Tabella",
    )
