"""The generator's promises: the same bytes again, proportion, spoiled rows, files as offices send them, refusals."""

import hashlib
import shutil
from collections import Counter
from pathlib import Path

import pytest
from delivered import Delivered, decoded, read_file

from ingestion.synthetic.generate import RECORD, generate
from ingestion.synthetic.senders import all_senders
from ingestion.synthetic.writers import header
from osservatorio.contracts import load_contracts
from osservatorio.errors import UserError

SMALL = {"years": (2022, 2022), "scale": 0.02}


def hashes(folder: Path) -> dict[str, str]:
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in folder.glob("[!.]*")}


def test_same_seed_same_bytes_and_another_seed_others(small, tmp_path):
    generate(tmp_path / "again", years=(2022, 2022), scale=0.05, dirty=0)
    generate(tmp_path / "other", years=(2022, 2022), scale=0.05, dirty=0, seed=7)
    first, again, other = hashes(small[0]), hashes(tmp_path / "again"), hashes(tmp_path / "other")
    assert first == again
    assert any(name.endswith(".xlsx") for name in first)
    same = [name for name in first.keys() & other.keys() if first[name] == other[name]]
    assert len(same) < 0.2 * len(first)


def test_rows_grow_in_proportion(ambito, small):
    """A twentieth of the minors for a third of the time."""
    for extract in ("prese_in_carico", "interventi", "compartecipazioni"):
        in_2022 = ambito.value(f"select count(*) from {extract} where year(data_estrazione) = 2022")
        assert 0.6 < small[1].rows_by_extract[extract] / (in_2022 / 20) < 1.9


def test_summary_counts_what_was_written(spoiled):
    folder, summary = spoiled
    files = list(folder.glob("[!.]*"))
    assert summary.files == len(files)
    written = Counter()
    for path in files:
        written[path.name.split("__")[0]] += len(read_file(path))
    assert {extract: written[extract] for extract in load_contracts()} == summary.rows_by_extract


def test_share_of_spoiled_rows(small, spoiled):
    clean, dirty = small[1], spoiled[1]
    assert clean.spoiled_rows == 0
    total = sum(clean.rows_by_extract.values())
    assert sum(dirty.rows_by_extract.values()) == total + dirty.spoiled_rows
    assert 0.2 * total <= dirty.spoiled_rows <= 0.2 * total + len(load_contracts())


def test_good_rows_stay_as_they_were(small, spoiled):
    """Every row of the clean files is in the spoiled ones, as written."""
    for path in small[0].glob("[!.]*"):
        clean = Counter(tuple(sorted(row.items(), key=str)) for row in read_file(path))
        dirty = Counter(tuple(sorted(row.items(), key=str)) for row in read_file(spoiled[0] / path.name))
        assert clean <= dirty, path.name


def test_every_spoiled_row_is_for_the_quarantine(small, spoiled):
    clean, dirty = Delivered(small[0]), Delivered(spoiled[0])
    for extract, contract in load_contracts().items():
        added = dirty.count(extract) - clean.count(extract)
        assert len(dirty.bad_rows(contract)) == added, extract
        assert clean.bad_rows(contract) == [], extract


def test_files_are_those_of_real_offices(ambito_folder):
    files = list(ambito_folder.glob("[!.]*"))
    assert len(files) > 500
    assert {path.suffix for path in files} == {".csv", ".xlsx"}
    found = {decoded(path)[1] for path in files if path.suffix == ".csv"}
    assert found >= {"utf-8", "utf-8-sig"}
    assert b"\r\n" in (ambito_folder / "minori__barlassina__2022-06-30.csv").read_bytes()
    assert "Data Apertura" in (ambito_folder / "prese_in_carico__seveso__2022-06-30.csv").read_text("utf-8")
    assert "30/06/2022;" in (ambito_folder / "interventi__seveso__2022-06-30.csv").read_text("utf-8")
    assert (ambito_folder / "operatori__partner__2022-06-30.xlsx").exists()
    for path in files:
        extract, sender, day = path.stem.split("__")
        assert extract in load_contracts()
        assert sender in all_senders()
        assert day.endswith(("-06-30", "-12-31"))


@pytest.mark.parametrize("sender", list(all_senders().values()), ids=list(all_senders()))
def test_offices_leave_out_optional_columns_only_and_headers_normalise_back(sender):
    for contract in load_contracts().values():
        for column in contract.columns:
            assert header(column.name, sender.manner).lower().replace(" ", "_") == column.name
            if column.name in sender.manner.left_out:
                assert not column.required
                assert column.name not in contract.key


def test_years_without_published_figures(tmp_path):
    summary = generate(tmp_path / "out", years=(2030, 2030), scale=0.01, seed=2**63 - 1)
    assert all(summary.rows_by_extract[extract] for extract in ("prese_in_carico", "interventi", "risorse"))


@pytest.mark.parametrize(
    "bad",
    [
        {"years": (2023, 2021)},
        {"years": (1999, 2021)},
        {"years": (2021, 2101)},
        {"scale": 0},
        {"scale": -1},
        {"scale": float("nan")},
        {"scale": float("inf")},
        {"dirty": -0.1},
        {"dirty": 0.51},
        {"dirty": float("nan")},
        {"seed": -1},
    ],
)
def test_bad_arguments_are_refused_and_nothing_is_written(tmp_path, bad):
    with pytest.raises(UserError):
        generate(tmp_path / "out", **bad)
    assert not (tmp_path / "out").exists()


def test_a_folder_with_other_files_is_left_alone(tmp_path):
    mine = tmp_path / "interventi__seveso__2022-06-30.csv"
    mine.write_text("dati veri", "utf-8")
    with pytest.raises(UserError, match="contiene già altri file"):
        generate(tmp_path, **SMALL)
    assert mine.read_text("utf-8") == "dati veri"
    assert list(tmp_path.iterdir()) == [mine]


def test_out_must_be_a_folder(tmp_path):
    (tmp_path / "out").write_text("", "utf-8")
    with pytest.raises(UserError, match="non è una cartella"):
        generate(tmp_path / "out", **SMALL)


def test_an_earlier_generation_is_replaced_unless_someone_changed_it(small, tmp_path):
    shutil.copytree(small[0], tmp_path, dirs_exist_ok=True)
    seen = []
    generate(tmp_path, years=(2021, 2021), scale=0.01, progress=lambda *step: seen.append(step))
    last = {what: (done, total) for what, done, total in seen}
    assert len(last) == 2
    assert all(done == total for done, total in last.values())
    files = hashes(tmp_path)
    assert files
    assert all("__2021-" in name for name in files)
    changed = tmp_path / sorted(files)[0]
    changed.write_bytes(changed.read_bytes() + b"\n")
    with pytest.raises(UserError, match=changed.name):
        generate(tmp_path, **SMALL)
    (tmp_path / RECORD).write_text("{", "utf-8")
    with pytest.raises(UserError):
        generate(tmp_path, **SMALL)
