"""Records -> the XML of the return, as a stream: beside its place first, judged by the schema, then put there in one step."""

import os
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from lxml import etree

from osservatorio.files import sync_file, sync_folder
from reporting.returns.sinba.layout import Layout
from reporting.returns.sinba.office import Office
from reporting.returns.sinba.records import FAMILY, SERVICE, SinbaRecord
from reporting.returns.sinba.schema import compiled_schema


def write_return(
    path: Path, name: str, office: Office, records: Iterable[SinbaRecord], layout: Layout
) -> int:
    """Write the return and say how many records it has; no file is left where it has none.

    What is in memory is one record. Raises AssertionError when the schema refuses what was written (no file is put in
    place), OSError as writing does.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        written = _stream(unfinished, name, office, records, layout)
        if written:
            validate(unfinished, layout)
            sync_file(unfinished)
            os.replace(unfinished, path)
            sync_folder(path.parent)
        else:
            path.unlink(missing_ok=True)
    finally:
        with suppress(FileNotFoundError):
            unfinished.unlink()
    return written


def validate(path: Path, layout: Layout) -> None:
    """Judge a file by the schema, an element at a time. Raises AssertionError with the first fault."""
    record = f"{{{layout.namespace}}}SINBA"
    try:
        for _, element in etree.iterparse(
            str(path), schema=compiled_schema(layout), tag=record, no_network=True, resolve_entities=False
        ):
            element.clear()
            while element.getprevious() is not None:
                del element.getparent()[0]
    except etree.XMLSyntaxError as error:
        raise AssertionError(f"the schema refuses the return: {error}") from error


def _stream(path: Path, name: str, office: Office, records: Iterable[SinbaRecord], layout: Layout) -> int:
    written = 0

    def tag(local: str) -> str:
        return f"{{{layout.namespace}}}{local}"

    with path.open("wb") as file, etree.xmlfile(file, encoding="UTF-8", buffered=True) as xml:
        xml.write_declaration()
        with xml.element(tag("Flusso"), nsmap={None: layout.namespace}):
            xml.write("\n")
            with xml.element(tag("IdentificazioneFlusso"), {layout.flow.name: name}):
                body = {each.name: office.body[each.name] for each in layout.body if each.name in office.body}
                with xml.element(tag("Ente"), body):
                    pass
            for record in records:
                xml.write("\n")
                with xml.element(tag("SINBA"), dict(record.values)):
                    for parent, child, codes in (
                        ("Prestazioni", SERVICE, record.services),
                        ("Famiglia", FAMILY, record.family),
                    ):
                        with xml.element(tag(parent)):
                            for code in codes:
                                with xml.element(tag(child)):
                                    xml.write(code)
                written += 1
            xml.write("\n")
    return written
