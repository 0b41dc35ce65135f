"""What a sheet's XML is searched for, in the spellings that other programs use."""

from datetime import timedelta

import pytest

from ingestion.isolated.cells import number_text, packed_texts, texts
from ingestion.isolated.names import cell_name
from ingestion.isolated.sheet_marks import find_marks
from ingestion.refusal import RefusedFile

SHEET = '<worksheet xmlns="m"><sheetData>{}</sheetData></worksheet>'


def marks(cells: str, *, trust_values: bool = True):
    return find_marks(SHEET.format(f'<row r="1">{cells}</row>').encode(), trust_values=trust_values)


@pytest.mark.parametrize(
    ("cells", "found"),
    [
        ('<c r="A1"><v>1</v></c>', []),
        ('<c r="A1" t="e"><v>#N/A</v></c><c r="B1" t="e"><v>#NUM!</v></c>', [("A1", "#N/D"), ("B1", "#NUM!")]),
        ('<c r="A1" t="e"/><c r="B1" t="e"><v>#VALUE!</v></c>', [("A1", "#"), ("B1", "#VALORE!")]),
        ('<c t="e" s="3" r="AB7"><v>#NAME?</v></c>', [("AB7", "#NOME?")]),
        ('<c r="A1" t="s"><v>0</v></c><c r="B1" t="str"><f>"t=""e"""</f><v>t="e"</v></c>', []),
        ('<c r="A1"><f>B1</f></c>', [("A1", "=")]),
        ('<c r="A1"><f>B1</f><v>0</v></c><c r="B1"><f ca="1"/></c>', [("B1", "=")]),
        ('<c r="A1"/><c r="B1"><f>C1</f><v></v></c><c r="C1"><v>2</v></c>', [("B1", "=")]),
        ('<c r="A1" t="str"><f>B1</f><v></v></c>', []),
    ],
)  # fmt: skip
def test_faulty_cells(cells, found):
    assert [(cell.name, cell.text) for cell in marks(cells).faulty] == found


def test_elements_with_a_prefix():
    sheet = (
        b'<x:worksheet xmlns:x="m"><x:sheetData><x:row r="1"><x:c r="A1" t="e"><x:v>#N/A</x:v></x:c>'
        b'<x:c r="B1"><x:f>A1</x:f></x:c></x:row></x:sheetData></x:worksheet>'
    )
    found = find_marks(sheet, trust_values=True)
    assert found.has_formulas
    assert [cell.name for cell in found.faulty] == ["A1", "B1"]


def test_hidden_rows():
    cell = '<c r="A1"><v>1</v></c>'
    for hidden in ('hidden="1"', "ht='9' hidden='true'"):
        rows = f'<row r="1" {hidden}>{cell}</row>'
        assert find_marks(SHEET.format(rows).encode(), trust_values=True).has_hidden_rows
        prefixed = f'<x:worksheet xmlns:x="m"><x:sheetData><x:row {hidden}/></x:sheetData></x:worksheet>'
        assert find_marks(prefixed.encode(), trust_values=True).has_hidden_rows
    others = f'<cols><col hidden="1"/></cols><row r="1" hidden="0">{cell}</row><row r="2" hidden="false"/><rowx hidden="1"/>'
    assert not find_marks(SHEET.format(others).encode(), trust_values=True).has_hidden_rows


def test_values_that_are_not_trusted():
    cells = '<c r="A1"><f>B1</f><v>3</v></c><c r="B1"><v>3</v></c>'
    assert [cell.name for cell in marks(cells, trust_values=False).faulty] == ["A1"]


def test_faulty_cells_without_a_place():
    with pytest.raises(RefusedFile, match="di cui non dice la posizione"):
        marks('<c t="e"><v>#N/A</v></c>')


@pytest.mark.parametrize(
    ("last", "is_far"),
    [("XFD1048576", True), ("ZZ1048576", True), ("A99999999", True), ("XFD20", False), ("Z1048576", False)],
)
def test_cells_far_away(last, is_far):
    number = last.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
    sheet = SHEET.format(
        f'<row r="1"><c r="C1"><v>1</v></c></row><row r="{number}"><c r="{last}"><v>1</v></c></row>'
    ).encode()
    if not is_far:
        assert find_marks(sheet, trust_values=True).faulty == []
        return
    with pytest.raises(RefusedFile, match=last):
        find_marks(sheet, trust_values=True)


def test_the_lowest_and_the_rightmost_cell_are_both_named():
    sheet = SHEET.format(
        '<row r="1"><c r="XFD1"><v>1</v></c></row><row r="900000"><c r="A900000"><v>1</v></c></row>'
    ).encode()
    with pytest.raises(RefusedFile, match="A900000 e XFD1"):
        find_marks(sheet, trust_values=True)


def test_names_of_cells():
    assert [cell_name(0, 0), cell_name(9, 25), cell_name(0, 26), cell_name(1048575, 16383)] == [
        "A1", "Z10", "AA1", "XFD1048576",
    ]  # fmt: skip


def test_cells_as_text():
    values = [1.0, True, False, "è", "", None, timedelta(hours=30, minutes=5), timedelta(hours=-1)]
    expected = ["1", "VERO", "FALSO", "è", "", "", "30:05:00", "-1:00:00"]
    assert texts(values) == expected
    packed = packed_texts(values)
    assert packed[4 * (len(values) + 1) :].decode() == "".join(expected)
    assert number_text(-0.0) == "0"
