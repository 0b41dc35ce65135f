"""Which files are deliveries, what identifies them, and which of their columns are whose."""

import csv

import pytest
from delivered_samples import sample, valid_value

from ingestion.deliveries import FoundFile, check_place, delivery_id, find_files, recognise
from ingestion.headers import COLUMN_MAPS, find_header, local_names, normalise
from ingestion.refusal import RefusedFile, shown
from osservatorio.contracts import load_contracts
from osservatorio.errors import UserError

CONTRACTS = load_contracts()
RECLAMI = CONTRACTS["reclami"]
HEADER = list(sample("reclami"))


def file_named(tmp_path, name: str) -> FoundFile:
    return FoundFile(tmp_path / name, name)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("reclami.csv", ("reclami", "csv", False)),
        ("reclami__seveso.Parquet", ("reclami", "parquet", False)),
        ("Reclami__Seveso__2022-06-30.XLSX", ("reclami", "xlsx", False)),
        ("ore_operatori__partner.csv", ("ore_operatori", "csv", False)),
        ("reclami__completa.csv", ("reclami", "csv", True)),
        ("reclami__COMPLETA__seveso.csv", ("reclami", "csv", True)),
        ("reclami__seveso__completa.csv", ("reclami", "csv", False)),
    ],
)
def test_names(tmp_path, name, expected):
    found = recognise(file_named(tmp_path, name), CONTRACTS)
    assert (found.extract, found.format, found.is_full_replacement) == expected


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("reclamo__seveso.csv", "reclami__"),
        ("interventi_seveso.csv", "interventi__"),
        ("interventi (1).csv", "interventi__"),
        ("bilancio.csv", "i file si chiamano"),
        ("reclami.xls", "vecchio formato"),
        ("reclami.7z", "crearne uno .zip"),
        ("reclami.pdf", "non è una tabella"),
        ("reclami", "non è una tabella"),
    ],
)
def test_names_that_say_nothing_are_refused_with_a_hint(tmp_path, name, hint):
    with pytest.raises(RefusedFile, match=r"interventi__seveso__2022-06-30\.csv") as refusal:
        recognise(file_named(tmp_path, name), CONTRACTS)
    assert hint in refusal.value.message


def test_long_names_are_recognised_whole_and_shown_by_their_end(tmp_path):
    place = tmp_path.joinpath(*(f"{number} {'cartella' * 8}" for number in range(4)))
    place.mkdir(parents=True)
    (place / "reclami__seveso.csv").touch()
    (tmp_path / f"spese__{'x' * 240}.csv").touch()
    long, deep = sorted(find_files(tmp_path), key=lambda file: len(file.base_name), reverse=True)
    assert recognise(deep, CONTRACTS).extract == "reclami"
    assert (len(deep.name), deep.name[0], deep.name[-20:]) == (240, "…", "/reclami__seveso.csv")
    assert recognise(long, CONTRACTS).extract == "spese"


def test_a_name_with_signs_that_nobody_sees_is_that_name(tmp_path):
    assert file_named(tmp_path, "reclami\u200b__seveso.csv \n").base_name == "reclami __seveso.csv"
    assert recognise(file_named(tmp_path, "reclami\u200b__seveso.csv "), CONTRACTS).extract == "reclami"


def test_the_files_of_a_folder(tmp_path):
    for name in (
        "b.csv",
        "A.csv",
        "sotto/c.xlsx",
        ".nascosto",
        "~$b.xlsx",
        ".DS_Store",
        ".git/x.csv",
        "Thumbs.db",
    ):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    assert [file.name for file in find_files(tmp_path)] == ["A.csv", "b.csv", "sotto/c.xlsx"]


def test_a_home_inside_the_folder_is_no_delivery(tmp_path):
    for name in ("a.csv", "data/landing.duckdb", "altro/b.csv"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    assert [file.name for file in find_files(tmp_path, tmp_path / "data")] == ["a.csv", "altro/b.csv"]


def test_folders_that_cannot_be_used(tmp_path):
    with pytest.raises(UserError, match="non esiste"):
        find_files(tmp_path / "manca")
    (tmp_path / "file").touch()
    with pytest.raises(UserError, match="non è una cartella"):
        find_files(tmp_path / "file")
    (tmp_path / "vuota").mkdir()
    with pytest.raises(UserError, match="è vuota"):
        find_files(tmp_path / "vuota")


def test_links_that_leave_the_folder(tmp_path):
    folder = tmp_path / "consegne"
    folder.mkdir()
    (tmp_path / "fuori.csv").touch()
    (folder / "dentro.csv").touch()
    (folder / "reclami.csv").symlink_to(tmp_path / "fuori.csv")
    (folder / "rotto.csv").symlink_to(tmp_path / "manca.csv")
    (folder / "ciclo.csv").symlink_to(folder / "ciclo.csv")
    (folder / "cartella").symlink_to(tmp_path)
    (folder / "buono.csv").symlink_to(folder / "dentro.csv")
    refused = set()
    for file in find_files(folder):
        try:
            check_place(file, folder)
        except RefusedFile:
            refused.add(file.name)
    assert refused == {"reclami.csv", "rotto.csv", "ciclo.csv", "cartella"}


def test_the_identity_is_the_content():
    one = delivery_id("reclami", False, "a" * 64)
    assert len(one) == 16
    assert one != delivery_id("reclami", True, "a" * 64)
    assert one != delivery_id("spese", False, "a" * 64)


@pytest.mark.parametrize(
    "title",
    ["data_ricezione", "DATA RICEZIONE", " Data  ricezione ", "data-ricezione", "Dàta Ricezìone", "\ufeffdata_ricezione",
     "Data.Ricezione", "dаta_riсezione", "ＤＡＴＡ ＲＩＣＥＺＩＯＮＥ"],
)  # fmt: skip
def test_titles_are_the_same_whatever_their_spelling(title):
    assert normalise(title) == "data_ricezione"


def test_columns_in_any_order_with_unknown_ones():
    titles = [*reversed(HEADER), "Cognome e nome", "data_rispsta", "", "x" * 90, "Matricola 123456"]
    header = find_header([titles], RECLAMI)
    assert header.row == 1
    assert header.columns[: len(HEADER)] == tuple(reversed(HEADER))
    assert set(header.columns[len(HEADER) :]) == {None}
    place = len(titles)
    assert header.unknown == (
        "cognome_e_nome", "data_rispsta (forse data_risposta)", f"colonna {place - 1}", f"colonna {place}",
    )  # fmt: skip


def test_a_hostile_title_is_not_repeated():
    header = find_header([[*HEADER, "RSSMRA80A01H501U", "'; drop table x;--", "=cmd|' /C calc'!A0"]], RECLAMI)
    assert header.unknown == (f"colonna {len(HEADER) + 1}", "drop_table_x", "cmd_c_calc_a0")


@pytest.mark.parametrize(
    ("titles", "message"),
    [
        ([*HEADER, "Data Ricezione"], "«data_ricezione» compare due volte"),
        ([name for name in HEADER if name not in ("gravita", "canale")], "«canale», «gravita»"),
        (["108039", "RSSMRA80A01H501U", "2022-01-01"], "non ci sono i titoli"),
        ([], "non ci sono i titoli"),
    ],
)
def test_headers_that_cannot_be_used(titles, message):
    with pytest.raises(RefusedFile, match=message) as refusal:
        find_header([titles], RECLAMI)
    assert "RSSMRA" not in refusal.value.message


@pytest.mark.parametrize(
    "first",
    [
        [
            "108039",
            "canale",
            "Rossi Mario",
            "esito",
            "via Verdi",
        ],  # data, two of whose values are like titles
        ["canale", "Rossi Mario", "108039"],
    ],
)
def test_a_row_of_data_in_place_of_the_header_is_not_repeated(first):
    with pytest.raises(RefusedFile, match="Mancano le colonne") as refusal:
        find_header([first], RECLAMI)
    assert "rossi" not in refusal.value.message.casefold()
    assert "verdi" not in refusal.value.message.casefold()


def test_an_unknown_title_is_named_when_a_known_column_is_missing():
    titles = ["data_di_ricevimento" if name == "data_ricezione" else name for name in HEADER]
    with pytest.raises(RefusedFile, match=r"«data_ricezione».*non riconosciute: data_di_ricevimento"):
        find_header([titles], RECLAMI)


def test_lookalike_letters_do_not_hide_a_column_that_comes_twice():
    with pytest.raises(RefusedFile, match="«canale» compare due volte"):
        find_header([[*HEADER, "cаnаle"]], RECLAMI)


def test_titles_on_several_rows():
    split = [name if name != "canale" else "" for name in HEADER]
    other = ["" if name != "canale" else name for name in HEADER]
    with pytest.raises(RefusedFile, match=r"«canale» nella 1, gli altri nella 2\)"):
        find_header([other, split], RECLAMI)


def test_values_under_no_title_are_reported():
    below = [*sample("reclami").values(), "", "Rossi Mario"]
    header = find_header([[*HEADER, "", ""], below], RECLAMI)
    assert header.unknown == (f"colonna {len(HEADER) + 2} (senza titolo)",)


def test_local_names(tmp_path):
    (tmp_path / "reclami.csv").write_text(
        "canonical,gestionale_a,gestionale_b\ndata_ricezione,Dt. Arrivo,ricevuto il\nid_reclamo,Protocollo,\n",
        "utf-8",
    )
    assert local_names("reclami", tmp_path)["dt_arrivo"] == "data_ricezione"
    titles = [
        {"data_ricezione": "RICEVUTO IL", "id_reclamo": "protocollo"}.get(name, name) for name in HEADER
    ]
    assert find_header([titles], RECLAMI, tmp_path).known == tuple(HEADER)
    assert local_names("spese", tmp_path) == {}


def test_a_map_that_contradicts_itself(tmp_path):
    (tmp_path / "reclami.csv").write_text("canonical,a\ndata_ricezione,data\ndata_risposta,Data\n", "utf-8")
    with pytest.raises(UserError, match="due colonne"):
        local_names("reclami", tmp_path)


def test_titles_of_siso():
    """Columns of the open-source social record system, and attributes of its SINBA flow, beside the house's own."""
    minori = local_names("minori")
    assert minori["caso_id"] == "id_minore"
    assert minori["com_res_cod"] == "comune_residenza"
    assert minori["luogovita"] == "luogo_vita"
    assert local_names("interventi")["data_esecuzione"] == "data_intervento"
    assert local_names("spese")["data_esecuzione"] == "data_competenza"


SOURCES = [
    (path.stem, source)
    for path in sorted(COLUMN_MAPS.glob("*.csv"))
    for source in path.read_text("utf-8").splitlines()[0].split(",")[1:]
]


@pytest.mark.parametrize(("extract", "source"), SOURCES)
def test_a_file_with_the_titles_of_a_source_lands(office, extract, source):
    """Every title that the map knows; the columns that it does not know are headed by the office."""
    with (COLUMN_MAPS / f"{extract}.csv").open(encoding="utf-8", newline="") as file:
        titles = {row["canonical"]: row[source] for row in csv.DictReader(file) if row[source]}
    assert titles
    columns = [column for column in CONTRACTS[extract].columns if column.name in titles]
    row = {column.name: valid_value(column, 0) for column in columns} | sample(extract)
    outcome = office.deliver(
        f"{extract}__seregno.csv", [{titles.get(name, name): value for name, value in row.items()}]
    )
    assert (outcome.outcome, outcome.rows_read, outcome.quarantined) == ("landed", 1, 0), office.messages()
    assert outcome.message is None
    table = "held" if outcome.waiting else "landing"
    for name in titles:
        assert office.query(f'select count("{name}") from {table}.{extract}') == [(1,)], name


@pytest.mark.parametrize("extract", CONTRACTS)
def test_the_maps_of_the_house_name_columns_that_exist(extract):
    columns = {column.name for column in CONTRACTS[extract].columns}
    names = local_names(extract)
    assert set(names.values()) <= columns
    assert all(names[title] == title for title in names if title in columns)


def test_what_is_shown():
    assert shown("a\0b\nc") == "a b c"
    assert shown("x" * 100) == "x" * 59 + "…"
    assert shown("di rssmra80a01h501u!") == "di [codice fiscale]!"
    assert shown("abc\u202e\u2066def") == "abc def"
