"""What offices do in workbooks: errors, formulas, hidden sheets, joined cells, untitled columns, cells far away."""

import pytest
from delivered_samples import sample, write_workbook
from workbook_builders import SHEET, WORKBOOK, edited, sheet_xml, text_rows, workbook_bytes

HEADER = list(sample("spese"))
AMOUNT = chr(ord("A") + HEADER.index("importo"))


def expense(serial: int = 0, **values) -> list:
    return list((sample("spese", serial) | values).values())


def with_cells(tmp_path, cells: dict[str, str], *, rows: int = 3, **options) -> bytes:
    """Expenses 0, 1, 2, … in rows 2, 3, 4, … with some cells written as XML."""
    table = text_rows([HEADER, *(expense(i) for i in range(rows))])
    for name, cell in cells.items():
        table.setdefault(int(name[1:]), {})[name[0]] = cell
    return edited(
        workbook_bytes(tmp_path, [HEADER]),
        {SHEET: lambda _: sheet_xml(dict(sorted(table.items()))), **options.get("edits", {})},
    )


def plain_calculation(part: bytes) -> bytes:
    """The workbook as Excel saves it, with every formula computed."""
    return part.replace(b' fullCalcOnLoad="1"', b"")


@pytest.mark.parametrize(
    ("cell", "shown"),
    [
        (' t="e"><v>#N/A</v></c>', "#N/D"),
        (" t='e'><v>#DIV/0!</v></c>", "#DIV/0!"),
        (' s="1" t="e"><f>1/0</f><v>#REF!</v></c>', "#RIF!"),
        (' t="e"><v>#NUM!</v></c>', "#NUM!"),
    ],
)
def test_an_error_of_excel_sets_its_row_aside(office, tmp_path, cell, shown):
    content = with_cells(tmp_path, {f"{AMOUNT}3": cell}, edits={WORKBOOK: plain_calculation})
    outcome = office.deliver("spese.xlsx", content)
    assert (outcome.rows_read, outcome.accepted, outcome.quarantined) == (3, 2, 1)
    assert office.rules() == [("spese.xlsx", 3, "riga.cella_errore")]
    (message,) = office.messages()
    assert f"({AMOUNT}3: {shown}" in message


def test_an_error_that_excel_does_not_know_is_not_repeated(office, tmp_path):
    content = with_cells(tmp_path, {f"{AMOUNT}3": ' t="e"><v>#Rossi Mario</v></c>'})
    outcome = office.deliver("spese.xlsx", content)
    assert outcome.outcome == "refused"
    assert f"La cella {AMOUNT}3 contiene un errore" in outcome.message
    assert "Rossi" not in outcome.message


@pytest.mark.parametrize(
    "cell",
    ["><f>B2*C2</f></c>", "><f>B2*C2</f><v></v></c>", "><f>B2*C2</f><v/></c>", '><f t="shared" si="0"/></c>'],
)
def test_a_formula_without_its_value_sets_its_row_aside(office, tmp_path, cell):
    content = with_cells(tmp_path, {f"{AMOUNT}4": cell}, edits={WORKBOOK: plain_calculation})
    outcome = office.deliver("spese.xlsx", content)
    assert (outcome.accepted, outcome.quarantined) == (2, 1)
    assert office.rules() == [("spese.xlsx", 4, "riga.formula")]
    assert f"({AMOUNT}4)" in office.messages()[0]


def test_rows_of_nothing_but_formulas_without_values_are_rows(office, tmp_path):
    formula = "><f>SUM(A1:A9)</f></c>"
    content = with_cells(tmp_path, {f"{AMOUNT}9": formula}, rows=1, edits={WORKBOOK: plain_calculation})
    assert office.deliver("spese.xlsx", content).rows_read == 2
    assert office.rules() == [("spese.xlsx", 9, "riga.formula")]


def test_saved_values_of_formulas_are_read_and_it_is_said(office, tmp_path):
    cells = {f"{AMOUNT}2": "><f>5*2</f><v>10</v></c>", "B3": ' t="str"><f>""</f><v></v></c>'}
    cells |= {f"{AMOUNT}4": "><f>[1]Foglio1!A1</f><v>7.5</v></c>"}
    edits = {WORKBOOK: plain_calculation, "xl/externalLinks/externalLink1.xml": lambda _: b"<externalLink/>"}
    outcome = office.deliver("spese.xlsx", with_cells(tmp_path, cells, edits=edits))
    assert outcome.accepted == 2  # the empty text is an empty value, in a column that wants one
    assert "valori dell'ultimo salvataggio, anche quelli presi da altri file" in outcome.message
    assert office.query("select importo from landing.spese order by importo") == [(7.5,), (10,)]


def test_values_that_the_writer_left_to_be_computed_are_not_believed(office, tmp_path):
    content = with_cells(tmp_path, {f"{AMOUNT}2": "><f>5*2</f><v>0</v></c>"})
    outcome = office.deliver("spese.xlsx", content)
    assert office.rules() == [("spese.xlsx", 2, "riga.formula")]
    assert outcome.accepted == 2


def test_errors_in_columns_that_nobody_reads_harm_nothing(office, tmp_path):
    unknown = chr(ord("A") + len(HEADER))
    cells = {
        f"{unknown}1": "totale",
        f"{unknown}2": ' t="e"><v>#N/A</v></c>',
        f"{unknown}3": "><f>1+1</f></c>",
    }
    outcome = office.deliver("spese.xlsx", with_cells(tmp_path, cells))
    assert (outcome.accepted, outcome.quarantined) == (3, 0)


def test_hidden_sheets_and_other_sheets_are_not_read_and_it_is_said(office, tmp_path):
    other = [["nota"], ["la prima"], ["la seconda"]]
    path = write_workbook(
        tmp_path / "f.xlsx", {"Note": other, "Dati": [HEADER, expense()], "Segreti": [HEADER, expense(1)]}
    )
    hide = {WORKBOOK: lambda part: part.replace(b'name="Segreti"', b'name="Segreti" state="hidden"')}
    outcome = office.deliver("spese.xlsx", edited(path.read_bytes(), hide))
    assert outcome.rows_read == 1
    assert "Letto il foglio 2; altri fogli non letti: foglio 1." in outcome.message
    assert "Fogli nascosti, che non si leggono: 1." in outcome.message
    assert "Segreti" not in outcome.message


def test_data_in_a_hidden_sheet_alone(office, tmp_path):
    path = write_workbook(tmp_path / "f.xlsx", {"Copertina": [["Ente"]], "Dati": [HEADER, expense()]})
    hide = {WORKBOOK: lambda part: part.replace(b'name="Dati"', b'name="Dati" state="veryHidden"')}
    outcome = office.deliver("spese.xlsx", edited(path.read_bytes(), hide))
    assert outcome.outcome == "refused"
    assert "rendere visibile il foglio con i dati" in outcome.message


def joined(*areas: str):
    cells = "".join(f'<mergeCell ref="{area}"/>' for area in areas)
    return lambda part: part.replace(
        b"</worksheet>", f'<mergeCells count="{len(areas)}">{cells}</mergeCells></worksheet>'.encode()
    )


@pytest.mark.parametrize("area", ["B1:C1", "A1:A2"])
def test_joined_cells_in_the_titles_are_refused(office, tmp_path, area):
    content = edited(with_cells(tmp_path, {}), {SHEET: joined(area)})
    outcome = office.deliver("spese.xlsx", content)
    assert outcome.outcome == "refused"
    assert f"celle unite ({area})" in outcome.message


def test_joined_cells_elsewhere_are_read(office, tmp_path):
    rows = text_rows([["Spese dell'anno"], HEADER, expense(), expense(1)])
    content = edited(workbook_bytes(tmp_path, [HEADER]), {SHEET: lambda _: joined("A1:G1")(sheet_xml(rows))})
    assert office.deliver("spese.xlsx", content).accepted == 2


def test_titles_over_two_rows_are_refused(office, tmp_path):
    above = [*HEADER[:1], *[""] * (len(HEADER) - 1)]
    below = ["", *HEADER[1:]]
    outcome = office.deliver("spese.xlsx", workbook_bytes(tmp_path, [above, below, expense()]))
    assert outcome.outcome == "refused"
    assert "sono su più righe («codice_ente» nella 1, gli altri nella 2)" in outcome.message


def test_a_column_without_title_is_reported_when_it_has_values(office, tmp_path):
    rows = [[*HEADER, "", ""], *([*expense(i), "", ""] for i in range(30)), [*expense(30), "", "Bianchi"]]
    outcome = office.deliver("spese.xlsx", workbook_bytes(tmp_path, rows))
    assert outcome.accepted == 31
    assert outcome.message.endswith(f"colonna {len(HEADER) + 2} (senza titolo).")


def test_a_cell_far_from_the_data_is_named(office, tmp_path):
    rows = text_rows([HEADER, expense()]) | {1048576: {"XFD": "x"}}
    content = edited(workbook_bytes(tmp_path, [HEADER]), {SHEET: lambda _: sheet_xml(rows)})
    outcome = office.deliver("spese.xlsx", content)
    assert outcome.outcome == "refused"
    assert "(XFD1048576)" in outcome.message


def test_a_cell_far_down_is_a_row_and_coloured_cells_are_nothing(office, tmp_path):
    rows = text_rows([HEADER, expense()]) | {300_000: {"A": "x"}, 1048576: {"XFD": ' s="1"/>'}}
    content = edited(workbook_bytes(tmp_path, [HEADER]), {SHEET: lambda _: sheet_xml(rows)})
    assert office.deliver("spese.xlsx", content).rows_read == 2
    assert {row for _, row, _ in office.rules()} == {300_000}


def test_numbers_as_text_and_text_as_numbers(office, tmp_path):
    rows = [expense(0, importo="1234.5"), expense(1, importo=1e5), expense(2, importo="1E+05"),
            expense(3, id_spesa=7, codice_ente=108039)]  # fmt: skip
    outcome = office.deliver("spese.xlsx", workbook_bytes(tmp_path, [HEADER, *rows]))
    assert outcome.accepted == 3
    assert office.rules() == [("spese.xlsx", 4, "importo.formato")]
    assert "«1E+05»" in office.messages()[0]
    assert office.query("select id_spesa, importo from landing.spese where id_spesa = '7'") == [("7", 1)]


def test_characters_that_no_one_can_read_set_their_row_aside(office, tmp_path):
    content = with_cells(tmp_path, {"C3": ' t="inlineStr"><is><t>a_x0000_b</t></is></c>'})
    office.deliver("spese.xlsx", content)
    assert {row for _, row, _ in office.rules()} <= {3}
