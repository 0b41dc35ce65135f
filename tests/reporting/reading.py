"""What tests read in a report: its sentences, and the names that it prints."""

from collections.abc import Iterator

from reporting.model import (
    Bullets,
    Callout,
    Chart,
    Heading,
    KeyFigures,
    Narrative,
    Paragraph,
    Report,
    Section,
    Table,
)


def sentences_of(section: Section) -> Iterator[str]:
    """Every text that is a sentence: paragraphs, bullets, items of notices, alternative texts, notes of tables."""
    for block in section.blocks:
        if isinstance(block, Paragraph):
            yield block.text
        elif isinstance(block, Bullets | Callout):
            yield from block.items
        elif isinstance(block, Chart):
            yield block.alt
        elif isinstance(block, Narrative):
            yield block.prompt
        elif isinstance(block, Table) and block.note:
            yield block.note
    if section.lead:
        yield section.lead


def section_text(report: Report, key: str) -> str:
    """The paragraphs and bullets of a section, one after the other."""
    section = next(section for section in report.sections if section.key == key)
    return " ".join(sentences_of(section))


def everything(report: Report) -> str:
    """All that a report prints or puts in a workbook: texts, titles, cells."""
    parts: list[str] = [fact.text for fact in report.facts]
    parts += [item for notice in report.notices for item in (notice.title, *notice.items)]
    for section in report.sections:
        parts += [section.title, *sentences_of(section)]
        for block in section.blocks:
            if isinstance(block, Heading):
                parts.append(block.text)
            elif isinstance(block, KeyFigures):
                parts += [
                    str(value) for item in block.items for value in (item.value, item.before, item.note)
                ]
            elif isinstance(block, Table):
                parts += [block.title, *(column.label for column in block.columns)]
                parts += [str(value) for row in block.rows for value in row.values]
            elif isinstance(block, Chart):
                parts.append(block.title)
    return "\n".join(parts)
