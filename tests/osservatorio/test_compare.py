"""Two releases side by side: every figure that differs, and whose deliveries moved it."""

import json
from datetime import date

import pytest
from openpyxl import load_workbook
from releases_by_hand import BUILD, SPENT, Landing, put_out

from osservatorio.compare import Comparison, compare_releases
from osservatorio.errors import UserError
from osservatorio.home import Home

# Meda spends more, Seveso appears, Seregno's resources are no more; the total moves with them.
CORRECTED = [
    ("108030", "TUTTE", 12.5),
    ("108040", "TUTTE", 5.0),
    ("108040", "equipe", 0.0),
    ("AMBITO", "TUTTE", 17.5),
]


@pytest.fixture
def landing(tmp_path) -> Landing:
    return Landing(Home(tmp_path))


@pytest.fixture(scope="module")
def home(tmp_path_factory) -> Home:
    """A home with a release, then deliveries, then another release; tests only read it."""
    home = Home(tmp_path_factory.mktemp("corretta"))
    landing = Landing(home)
    landing.deliver("meda", "108030")
    landing.deliver("in_attesa", "108039", waiting=1)
    put_out(home)
    landing.deliver("meda_corretta", "108030")
    landing.deliver("operatori", "108039", extract="operatori")
    landing.heal("in_attesa")
    put_out(home, CORRECTED, later=1)
    return home


def compare(home: Home, **options) -> Comparison:
    from osservatorio.catalogue import find_release

    return compare_releases(home, find_release(home, "precedente"), find_release(home, "corrente"), **options)


def budget(comparison: Comparison):
    return next(mart for mart in comparison.marts if mart.mart == "mart_budget")


def test_every_figure_that_differs_with_its_difference(home):
    found = {
        f.key["municipality_code"]: (f.status, f.before, f.after, f.difference)
        for f in budget(compare(home)).figures
    }
    assert found == {
        "AMBITO": ("changed", 30.5, 17.5, -13.0),
        "108030": ("changed", 10.5, 12.5, 2.0),
        "108040": ("new", None, 5.0, None),  # its row of zeros is no figure that appeared
        "108039": ("gone", 20.0, None, None),
    }


def test_figures_are_told_in_words(home):
    first = budget(compare(home)).figures[0]
    assert first.shown == {"Anno": "2023", "Comune": "Comune AMBITO", "Codice dell'area": "TUTTE"}
    assert (first.label, first.format) == ("Speso", "euro")


def test_the_deliveries_that_moved_a_figure(home):
    mart = budget(compare(home))
    moved = {f.key["municipality_code"]: set(mart.deliveries_of(f)) for f in mart.figures}
    assert moved["108030"] == {"meda_corretta"}
    assert moved["108039"] == {"in_attesa"}  # its rows landed in between
    assert moved["AMBITO"] == {"meda_corretta", "in_attesa"}  # no delivery of an extract that is not upstream
    assert moved["108040"] == {"meda_corretta", "in_attesa"}  # nobody delivered for it: any of them may have


def test_what_became_of_the_deliveries(home):
    changes = {c.delivery["delivery_id"]: c.change for c in compare(home).deliveries}
    assert changes == {"meda_corretta": "arrived", "operatori": "arrived", "in_attesa": "changed"}
    back = compare_releases(
        home, *reversed([m["release_id"] for m in (compare(home).before, compare(home).after)])
    )
    assert {c.delivery["delivery_id"]: c.change for c in back.deliveries}["operatori"] == "left"


def test_figures_about_a_delivery_were_moved_by_that_delivery(home):
    quality = next(mart for mart in compare(home).marts if mart.mart == "mart_data_quality")
    moved = {f.key["delivery_id"]: quality.deliveries_of(f) for f in quality.figures}
    assert moved == {name: [name] for name in ("meda_corretta", "operatori", "in_attesa")}


def test_a_release_and_itself_do_not_differ(home):
    from osservatorio.catalogue import find_release

    name = find_release(home, "corrente")
    found = compare_releases(home, name, name)
    assert (found.total, found.circumstances, found.deliveries) == (0, [], [])


def test_last_bits_of_a_float_are_no_difference(tmp_path):
    home = Home(tmp_path)
    put_out(home, [("108030", "TUTTE", 0.3), ("AMBITO", "TUTTE", 1.0)])
    put_out(home, [("108030", "TUTTE", 0.1 + 0.2), ("AMBITO", "TUTTE", 2.0)], later=1)
    assert [f.key["municipality_code"] for f in budget(compare(home)).figures] == ["AMBITO"]


def test_what_else_is_different(tmp_path):
    home = Home(tmp_path)
    landing = Landing(home)
    landing.deliver("di_giugno", "108030", day=date(2023, 6, 30))
    landing.deliver("di_dicembre", "108030")
    put_out(home, as_of="2023-06-30")
    put_out(
        home,
        CORRECTED,
        later=1,
        key_id="chiave2",
        variables={"complaint_answer_days": 20},
        models=BUILD["models"] | {"mart_budget": "def"},
    )
    found = compare(home)
    assert {(item.kind, item.name, item.before, item.after) for item in found.circumstances} == {
        ("as_of", "as_of", "2023-06-30", "2023-12-31"),
        ("key_id", "key_id", "chiave1", "chiave2"),
        ("settings", "complaint_answer_days", "30", "20"),
        ("models", "mart_budget", "abc", "def"),
    }
    assert [(c.change, c.delivery["delivery_id"]) for c in found.deliveries] == [("arrived", "di_dicembre")]


def test_only_the_first_figures_are_listed_when_asked_so_and_all_are_counted(home):
    mart = budget(compare(home, limit=1))
    assert len(mart.figures) == 1
    assert (mart.changed, mart.new, mart.gone, mart.total) == (2, 1, 1, 4)


def test_releases_without_the_keys_of_their_marts_are_not_compared(tmp_path):
    home = Home(tmp_path)
    put_out(home, keys={}, lineage={})
    put_out(home, CORRECTED, later=1, keys={}, lineage={})
    with pytest.raises(UserError, match="versione precedente"):
        compare(home)


def test_the_command_on_the_terminal_as_json_and_as_a_workbook(home, osservatorio, tmp_path):
    said = osservatorio("releases", "compare", "precedente", "corrente", home=home.root).stdout
    assert "meda_corretta.csv" in said
    assert "2023 · Comune 108030 · TUTTE" in said
    assert "+2,00\N{NO-BREAK SPACE}€" in said
    for english in ("changed", "arrived", "gone", "None", "true"):
        assert english not in said
    file = tmp_path / "confronto.xlsx"
    found = json.loads(
        osservatorio(
            "releases", "compare", "precedente", "corrente", "--json", "--xlsx", file, home=home.root
        ).stdout
    )
    assert {mart["mart"] for mart in found["marts"] if mart["changed"]} == {
        "mart_budget",
        "mart_data_quality",
    }
    book = load_workbook(file)
    rows = list(book["Risorse e spese per area"].iter_rows(values_only=True))
    assert rows[1][:3] == ("2023", "Comune AMBITO", "TUTTE")
    assert len(rows) == 1 + 4
    assert {row[1] for row in book["Consegne"].iter_rows(values_only=True)} >= {"meda_corretta.csv"}


def test_an_unknown_release_is_said_so(home, osservatorio):
    done = osservatorio("releases", "compare", "precedente", "boh", home=home.root, check=False)
    assert done.returncode == 2
    assert "releases list" in done.stderr


def test_a_workbook_that_cannot_be_written_is_said_so(home, osservatorio, tmp_path):
    (tmp_path / "cartella").mkdir()
    done = osservatorio(
        "releases",
        "compare",
        "precedente",
        "corrente",
        "--xlsx",
        tmp_path / "cartella",
        home=home.root,
        check=False,
    )
    assert done.returncode == 2
    assert "Non riesco a scrivere" in done.stderr


def test_no_text_of_the_workbook_is_a_formula(tmp_path, landing):
    home = Home(tmp_path)
    landing.deliver("prima", "108030")
    put_out(home)
    landing.deliver("=cmd|calc", "108030")
    put_out(home, [*SPENT, ("=1+1", "TUTTE", 3.0)], later=1)
    from osservatorio.compare_workbook import comparison_workbook

    path = tmp_path / "c.xlsx"
    path.write_bytes(comparison_workbook(compare(home)))
    cells = [cell for sheet in load_workbook(path) for row in sheet.iter_rows() for cell in row if cell.value]
    assert any("=cmd" in str(cell.value) for cell in cells)
    assert {cell.data_type for cell in cells} == {"s", "n"}


def moved(home: Home, municipality: str) -> set[str]:
    """The deliveries that the comparison names beside the figures of a municipality."""
    return set(budget(compare(home)).moved_by[municipality])


# Every municipality spends another sum than before, whoever moved it.
ALL_MOVED = [
    ("108030", "TUTTE", 1.0),
    ("108039", "TUTTE", 2.0),
    ("108024", "TUTTE", 3.0),
    ("AMBITO", "TUTTE", 6.0),
]
NOT_YET = [
    ("108030", "TUTTE", 4.0),
    ("108039", "TUTTE", 5.0),
    ("108024", "TUTTE", 6.0),
    ("AMBITO", "TUTTE", 15.0),
]


def test_versions_that_do_not_count_moved_nothing(tmp_path, landing):
    home = Home(tmp_path)
    landing.deliver("meda", "108030")
    put_out(home, NOT_YET)
    landing.deliver("in_ritardo", "108030", day=date(2023, 6, 30))  # older than what is known
    landing.deliver("superata", "108030", first_key=5)
    landing.deliver("corretta", "108030", first_key=5)
    put_out(home, ALL_MOVED, later=1)
    assert moved(home, "108030") == moved(home, "AMBITO") == {"corretta"}


def test_a_repetition_moves_nothing_beside_what_it_repeats(tmp_path, landing):
    home = Home(tmp_path)
    landing.deliver("meda", "108030")
    put_out(home, NOT_YET)
    landing.deliver("nuova", "108030", first_key=5, told=7)
    landing.deliver("ripetuta", "108030", first_key=5, told=7)
    put_out(home, ALL_MOVED, later=1)
    assert moved(home, "108030") == moved(home, "AMBITO") == {"nuova"}


def test_a_withdrawal_moves_the_figures_of_its_municipality(tmp_path, landing):
    home = Home(tmp_path)
    landing.deliver("meda", "108030")
    landing.deliver("del_capofila", "108039", municipality="108024")
    put_out(home, NOT_YET)
    # The lead withdraws what it had delivered for Giussano without saying again whose it was.
    landing.deliver("annullata", "108039", state="annullato")
    landing.deliver("mai_esistita", "108030", first_key=9, state="annullato")
    put_out(home, ALL_MOVED, later=1)
    assert moved(home, "108024") == moved(home, "AMBITO") == {"annullata"}


def test_a_full_replacement_moves_the_figures_of_what_it_leaves_out(tmp_path, landing):
    home = Home(tmp_path)
    landing.deliver("capofila", "108039", rows=2, told=1)
    landing.deliver("per_giussano", "108039", municipality="108024", first_key=5)
    landing.deliver("per_meda", "108039", municipality="108030", first_key=6, told=2)
    put_out(home, NOT_YET)
    landing.deliver("di_meda", "108030")
    landing.deliver("per_meda_di_nuovo", "108039", municipality="108030", first_key=6, told=2)
    landing.deliver("tutto", "108039", rows=2, told=1, is_full_replacement=True)
    landing.deliver("dopo", "108039", municipality="108030", first_key=6, told=2)
    put_out(home, ALL_MOVED, later=1)
    assert moved(home, "108024") == {"tutto"}
    assert moved(home, "108030") == moved(home, "AMBITO") == {"di_meda", "tutto", "dopo"}


def test_rows_that_landed_later_move_the_figures_of_their_own_municipality(tmp_path, landing):
    home = Home(tmp_path)
    landing.deliver("meda", "108030")
    landing.deliver("di_tutti", "108039", rows=2, waiting=1, waiting_municipality="108024")
    put_out(home, NOT_YET)
    landing.heal("di_tutti")
    landing.deliver("correzione", "108039", rows=2)
    landing.deliver("meda_corretta", "108030")
    put_out(home, ALL_MOVED, later=1)
    assert moved(home, "108024") == {"di_tutti"}
    assert moved(home, "108030") == {"meda_corretta"}


def test_what_brings_back_a_record_that_was_left_out_moves_its_figures(tmp_path, landing):
    home = Home(tmp_path)
    landing.deliver("prima", "108030", first_key=5, told=1)
    landing.deliver("tutto", "108030", is_full_replacement=True)
    put_out(home, NOT_YET)
    landing.deliver("tornata", "108030", first_key=5, told=1)
    put_out(home, ALL_MOVED, later=1)
    assert moved(home, "108030") == {"tornata"}


def test_a_full_replacement_that_says_the_same_moved_nothing(tmp_path, landing):
    home = Home(tmp_path)
    landing.deliver("prima", "108030", rows=2, told=1)
    put_out(home, NOT_YET)
    landing.deliver("tutto", "108030", rows=2, told=1, is_full_replacement=True)
    landing.deliver("nuova", "108030", first_key=5)
    put_out(home, ALL_MOVED, later=1)
    assert moved(home, "108030") == {"nuova"}


def test_a_record_left_out_between_two_releases_moved_nothing(tmp_path, landing):
    home = Home(tmp_path)
    landing.deliver("prima", "108030", told=1)
    put_out(home, NOT_YET)
    landing.deliver("appena_passata", "108030", first_key=5)
    landing.deliver("tutto", "108030", told=1, is_full_replacement=True)
    put_out(home, ALL_MOVED, later=1)
    assert moved(home, "108030") == {"tutto"}


def test_the_difference_of_two_percentages_is_told_in_points():
    from osservatorio.compare_figures import Figure
    from osservatorio.compare_texts import difference

    figure = Figure(
        "mart_budget", {}, {}, None, "rate", "Quota", "percentuale", "changed", 0.4375, 0.4531, 0.0156
    )
    assert difference(figure) == "+1,56 punti"


@pytest.mark.parametrize(
    ("places", "text"),
    [
        ([], "–"),
        ([3], "3"),
        ([2, 1], "1, 2"),
        ([1, 2, 3, 4, 7], "1-4, 7"),
        ([1, 3, 5, 7, 9, 11, 12, 13], "1, 3, 5, 7, 9 e altre 3"),
    ],
)
def test_numbers_of_deliveries_beside_a_figure(places, text):
    from osservatorio.compare_texts import delivery_numbers

    assert delivery_numbers(places) == text


def test_a_sheet_of_figures_can_be_read_and_printed(home, tmp_path):
    from osservatorio.compare_workbook import comparison_workbook

    path = tmp_path / "c.xlsx"
    path.write_bytes(comparison_workbook(compare(home)))
    for sheet in load_workbook(path):
        assert (sheet.page_setup.orientation, sheet.page_setup.fitToHeight) == ("landscape", 0)
        assert sheet.sheet_properties.pageSetUpPr.fitToPage
        assert sheet.print_title_rows == "$1:$1"
        assert sheet.freeze_panes == "A2"
        widths = {
            column: group.width
            for group in sheet.column_dimensions.values()
            for column in range(group.min, group.max + 1)
        }
        for cell in (cell for row in sheet.iter_rows(min_row=2) for cell in row if cell.data_type == "s"):
            lines = (sheet.row_dimensions[cell.row].height or 15) / 15
            assert len(cell.value) <= widths[cell.column] * lines, cell.value
