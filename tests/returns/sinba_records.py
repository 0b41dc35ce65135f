"""Records that fit the layout, the XML made of them, and what is not allowed in each attribute."""

from lxml import etree

from reporting.returns.sinba.layout import Field, Layout

CODED = {"Codice": "I625", "Indirizzo": "I625", "CFOperatore": "AAAAAA00A00A000A"}


def good_value(layout: Layout, each: Field) -> str:
    """A value that an attribute may have."""
    if each.list:
        return next(iter(layout.code_lists[each.list]))
    if each.month:
        return "06/2022"
    if each.max_inclusive is not None:
        return str(each.max_inclusive)
    if each.pattern:
        return "2" * int(each.pattern.split("{")[1].rstrip("}"))
    return "A" * (each.max_length or 5)


def bad_values(layout: Layout, each: Field) -> list[str]:
    """Values that an attribute may not have, for every rule about it."""
    if each.list:
        codes = [int(code) for code in layout.code_lists[each.list]]
        return ["0", str(max(codes) + 1), "01", "SI", " 1", ""]
    if each.month:
        return ["6/2022", "00/2022", "13/2022", "06/1899", "06/2100", "2022-06", "06-2022", "01/06/2022", ""]
    if each.max_inclusive is not None:
        return [str(each.max_inclusive + 1), "-1", "1,5", "due", ""]
    if each.pattern:
        good = good_value(layout, each)
        return [good[:-1], good + "2", good[:-1] + "A", ""]
    return ["A" * (each.max_length + 1), *([""] if each.min_length else [])]


def good_record(layout: Layout) -> dict[str, str]:
    """Every attribute filled."""
    return {each.name: good_value(layout, each) for each in layout.attributes}


def document(
    layout: Layout,
    records: list[dict[str, str]],
    *,
    services: tuple[str, ...] = ("A1.01",),
    family: tuple[str, ...] = ("1", "3"),
    body: dict[str, str] | None = None,
    flow: dict[str, str] | None = None,
    namespace: str | None = None,
) -> etree._ElementTree:
    """A return as a tree, made here and not by the code under test."""
    space = layout.namespace if namespace is None else namespace

    def tag(name: str) -> str:
        return f"{{{space}}}{name}" if space else name

    root = etree.Element(tag("Flusso"))
    identified = etree.SubElement(
        root, tag("IdentificazioneFlusso"), {"Nome": "prova"} if flow is None else flow
    )
    etree.SubElement(identified, tag("Ente"), CODED if body is None else body)
    for record in records:
        element = etree.SubElement(root, tag("SINBA"), record)
        for parent, child, values in (
            ("Prestazioni", "CodicePrestazione", services),
            ("Famiglia", "ComposizioneFamiglia", family),
        ):
            inside = etree.SubElement(element, tag(parent))
            for value in values:
                etree.SubElement(inside, tag(child)).text = value
    return etree.ElementTree(root)
