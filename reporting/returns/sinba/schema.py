"""The XML schema of the return, made from the layout: what an independent validator judges a file with."""

from lxml import etree

from reporting.returns.sinba.layout import Field, Layout

XS = "http://www.w3.org/2001/XMLSchema"
_MONTH = "Mese"


def schema_of(layout: Layout) -> bytes:
    """The schema (XSD 1.0) as UTF-8. Duties between attributes cannot be said in it: `Layout.lacking` asks for them."""
    root = etree.Element(
        f"{{{XS}}}schema",
        nsmap={"xs": XS, None: layout.namespace},
        targetNamespace=layout.namespace,
        elementFormDefault="qualified",
        attributeFormDefault="unqualified",
        version=layout.version,
    )
    for name, codes in layout.code_lists.items():
        restriction = _simple(root, name)
        for code, label in codes.items():
            value = _add(restriction, "enumeration", value=code)
            _add(_add(value, "annotation"), "documentation").text = label
    _add(_simple(root, _MONTH), "pattern", value=layout.month)

    flow = _complex(_add(root, "element", name="Flusso"))
    identified = _complex(_add(flow, "element", name="IdentificazioneFlusso"))
    body = _add(_add(identified, "element", name="Ente"), "complexType")
    for each in layout.body:
        _attribute(body, each)
    _attribute(identified.getparent(), layout.flow)

    record = _complex(_add(flow, "element", name="SINBA", maxOccurs="unbounded"))
    for parent, each in (("Prestazioni", layout.service_code), ("Famiglia", layout.family)):
        _member(_complex(_add(record, "element", name=parent)), each)
    for each in layout.attributes:
        _attribute(record.getparent(), each)
    return etree.tostring(root, pretty_print=True, xml_declaration=True, encoding="UTF-8")


def compiled_schema(layout: Layout) -> etree.XMLSchema:
    """The schema ready to judge files. It needs no network and reads no other file."""
    return etree.XMLSchema(etree.fromstring(schema_of(layout)))


def _add(parent: etree._Element, tag: str, **attributes: str) -> etree._Element:
    return etree.SubElement(parent, f"{{{XS}}}{tag}", attributes)


def _complex(element: etree._Element) -> etree._Element:
    """The sequence of a new complex type inside an element."""
    return _add(_add(element, "complexType"), "sequence")


def _simple(parent: etree._Element, name: str = "", base: str = "xs:string") -> etree._Element:
    kind = _add(parent, "simpleType", **({"name": name} if name else {}))
    return _add(kind, "restriction", base=base)


def _member(sequence: etree._Element, each: Field) -> None:
    element = _add(sequence, "element", name=each.name, maxOccurs="unbounded")
    _typed(element, each)


def _attribute(parent: etree._Element, each: Field) -> None:
    attribute = _add(parent, "attribute", name=each.name, use="required" if each.required else "optional")
    _typed(attribute, each)


def _typed(element: etree._Element, each: Field) -> None:
    """Give an element or attribute the type of a field: a named one, or one of its own."""
    if each.list or each.month:
        element.set("type", each.list or _MONTH)
        return
    if each.max_inclusive is not None:
        restriction = _simple(element, base="xs:nonNegativeInteger")
        _add(restriction, "maxInclusive", value=str(each.max_inclusive))
        return
    restriction = _simple(element)
    if each.pattern:
        _add(restriction, "pattern", value=each.pattern)
    if each.min_length is not None:
        _add(restriction, "minLength", value=str(each.min_length))
    if each.max_length is not None:
        _add(restriction, "maxLength", value=str(each.max_length))
