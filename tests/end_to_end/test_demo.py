"""The main job as a user runs it: deliveries in, release, figures, documents out, and no identity anywhere."""

import json
import re
from base64 import b64decode
from pathlib import Path

import pytest

from osservatorio.database import connect
from osservatorio.home import Home
from osservatorio.release import open_release

MARTS = {
    "mart_caseload_by_municipality",
    "mart_caseload_profile",
    "mart_service_usage",
    "mart_complaints",
    "mart_complaints_by_category",
    "mart_satisfaction",
    "mart_controls",
    "mart_budget",
    "mart_data_quality",
    "mart_reconciliation",
}


@pytest.fixture(scope="module")
def release(demo_home):
    with open_release(Home(demo_home)) as opened:
        yield opened


def test_it_ends_with_what_the_office_needs(demo_home, release):
    text = (demo_home / "demo.txt").read_text("utf-8")
    table = text[text.index("dato pubblicato") :]
    differences = [line.split()[-1] for line in table.split("\n\n")[0].splitlines()[2:]]
    assert len(differences) >= 20
    assert set(differences) == {"0"}
    assert release.id in table
    pdf = Path(re.search(r"Rapporto \(PDF\): +(.+)", table)[1])
    xlsx = Path(re.search(r"Rapporto \(XLSX\): +(.+)", table)[1])
    assert pdf.read_bytes().startswith(b"%PDF-")
    assert xlsx.read_bytes().startswith(b"PK")
    assert "osservatorio dashboard" in table


def test_published_figures_are_reproduced(release):
    rows = release.rows("select declared, computed, difference from mart_reconciliation")
    assert len(rows) >= 20
    for declared, computed, difference in rows:
        assert computed == declared
        assert difference == 0


def test_every_mart_is_there_and_filled(release):
    names = {name for (name,) in release.rows("select table_name from information_schema.tables")}
    assert names >= MARTS
    for mart in MARTS:
        assert release.rows(f"select count(*) from {mart}")[0][0] > 0, mart


def test_figures_are_signed_numbers(release):
    """Readers subtract one period from another: an unsigned count would wrap around below zero."""
    kinds = release.rows(
        "select table_name, column_name, data_type from information_schema.columns where table_schema = 'main'"
    )
    assert len(kinds) > 100
    assert not [row for row in kinds if row[2].startswith(("U", "HUGE"))]


def test_the_demonstration_has_rows_to_mend(demo_home):
    """What becomes of every row is held by `counts_balance`, here as in every test."""
    with connect(demo_home / "landing.duckdb", read_only=True) as con:
        (quarantined,) = con.execute("select sum(quarantined) from meta.deliveries").fetchone()
    assert quarantined > 0


def delivered_identities(folder: Path) -> set[str]:
    """Codici fiscali in the delivered text files."""
    pattern = re.compile(rb"\b[A-Z]{6}[0-9LMNP-V]{2}[A-Z][0-9LMNP-V]{2}[A-Z][0-9LMNP-V]{3}[A-Z]\b")
    found: set[bytes] = set()
    for path in folder.rglob("minori__*.csv"):
        found |= set(pattern.findall(path.read_bytes()))
    return {value.decode() for value in found}


def test_no_identity_and_no_key_in_any_file(demo_home, demo_deliveries):
    identities = delivered_identities(demo_deliveries)
    assert len(identities) > 500
    probes = sorted(identities)[::97]
    keys = list((demo_home / "keys").glob("*.key"))
    assert keys
    secrets = [secret for key in keys for secret in key.read_text("utf-8").split()]
    # In hexadecimal those of the pseudonyms, in base 64 the one of encrypted archives.
    bare = [bytes.fromhex(secret) if len(secret) == 64 else b64decode(secret) for secret in secrets]
    assert {len(secret) for secret in bare} == {32}
    needles = [word.encode() for word in (*probes, *secrets)] + bare
    looked_at = 0
    for path in demo_home.rglob("*"):
        if not path.is_file() or path.is_relative_to(demo_deliveries) or path.parent.name == "keys":
            continue
        content = path.read_bytes()
        looked_at += 1
        for needle in needles:
            assert needle not in content, path
    assert looked_at > 5
    assert not list(demo_home.rglob("*.wal"))


def test_the_caseload_identity_holds(release):
    broken = release.rows(
        "select count(*) from mart_caseload_by_municipality where open_at_start + opened - closed <> open_at_end"
    )
    assert broken == [(0,)]


def test_the_manifest_tells_where_figures_come_from(demo_home, release):
    manifest = release.manifest
    assert manifest["as_of"] == "2023-12-31"
    assert manifest["content_sha256"][:12] in release.id
    assert manifest["row_counts"]["mart_reconciliation"] >= 20
    assert set(manifest["models"]) >= MARTS
    assert len(manifest["deliveries"]) > 100
    assert all(re.fullmatch("[0-9a-f]{64}", d["sha256"]) for d in manifest["deliveries"])
    assert manifest["verdict"]["publishable"]
    assert (demo_home / "data_docs" / release.id / "index.html").exists()
    assert json.loads((demo_home / "current.json").read_text())["release_id"] == release.id
