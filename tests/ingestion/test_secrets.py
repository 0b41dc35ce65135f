"""Identities: the pseudonyms are HMAC, the same wherever a person occurs, and nothing else of them is kept."""

import hashlib
import hmac

from delivered_samples import KEY, csv_bytes, fiscal_code, sample, write_workbook

from ingestion.ingest import ingest
from osservatorio.contracts import load_contracts
from osservatorio.keys import Key

CANARY = "CANARINO"


def pseudonym(domain: str, value: str) -> str:
    return hmac.new(KEY.secret, f"{domain}:{value}".encode(), hashlib.sha256).hexdigest()


def test_pseudonyms_are_hmac_over_domain_and_normalised_value(office):
    code = fiscal_code(5)
    office.write("minori.csv", [sample("minori", codice_fiscale=f" {code.lower()} "), sample("minori", 1)])
    office.write("operatori.csv", [sample("operatori")])
    office.write(
        "prese_in_carico.csv", [sample("prese_in_carico", id_operatore=sample("operatori")["id_operatore"])]
    )
    office.write("affidi.csv", [sample("affidi", id_famiglia_affidataria="F-1")])
    office.ingest()
    minor, operator = sample("minori")["id_minore"], sample("operatori")["id_operatore"]
    assert office.query("select id_minore, codice_fiscale from landing.minori order by source_row") == [
        (pseudonym("id_minore", minor), pseudonym("codice_fiscale", code)),
        (pseudonym("id_minore", sample("minori", 1)["id_minore"]), None),
    ]
    assert office.query("select id_minore, id_operatore from landing.prese_in_carico") == [
        (pseudonym("id_minore", minor), pseudonym("id_operatore", operator))
    ]
    assert office.query("select id_famiglia_affidataria from landing.affidi") == [
        (pseudonym("id_famiglia_affidataria", "F-1"),)
    ]


def test_another_key_gives_other_pseudonyms(office, tmp_path):
    from osservatorio.home import Home

    office.deliver("minori.csv", [sample("minori")])
    other = type(office)(office.folder, Home(tmp_path / "altra"))
    ingest(office.folder, other.home, Key("altra", b"y" * 32), loaded_at=office.loaded_at)
    query = "select id_minore from landing.minori"
    assert office.query(query) != other.query(query)


def test_no_identity_is_anywhere_in_the_home(office):
    """Right ones, wrong ones, in the wrong column, in a note, in broken rows, in titles, in names of files."""
    canaries = [f"{CANARY}{place}" for place in range(9)]
    right, wrong = fiscal_code(11), fiscal_code(12)[:-1] + "0"
    person = {"id_minore": canaries[0], "codice_fiscale": right}
    rows = [
        sample("minori", 0, **person),
        sample("minori", 1, id_minore=canaries[1] + "à!"),
        sample("minori", 2, id_minore=canaries[2], codice_fiscale=wrong, sesso="X"),
        sample("minori", 3, id_minore=canaries[3], data_nascita=right, sesso=right.lower()),
    ]
    office.write("minori.csv", rows)
    office.write(
        "minori__rotti.csv",
        csv_bytes([*rows, rows[0] | {"": f'"{canaries[4]}'}]) + f"{canaries[5]};x\n".encode(),
    )
    write_workbook(
        office.folder / "minori.xlsx", {"Dati": [list(rows[0]), *(list(row.values()) for row in rows)]}
    )
    office.write(f"minori__{right}.csv", [sample("minori", 8, id_minore=canaries[6])])
    office.write(
        "prese_in_carico.csv",
        [
            sample("prese_in_carico", 0, id_minore=canaries[7]),
            sample("prese_in_carico", 1, id_presa_in_carico=right, id_minore=canaries[0]),
        ],
    )
    office.write(
        "reclami.csv",
        [sample("reclami", 0, azione_miglioramento=f"scritto a {right}") | {f"{right}": canaries[8]}],
    )
    office.write("spese.csv", f"{right};{canaries[0]}\n".encode())
    results = office.ingest().deliveries
    assert {result.outcome for result in results} == {"landed", "refused"}
    content = b"".join(path.read_bytes() for path in office.home.root.rglob("*") if path.is_file())
    told = repr(results) + repr(office.query("select * from quarantine.rows"))
    for secret in (right, wrong, *canaries):
        assert secret.lower().encode() not in content.lower(), secret
        assert secret.lower() not in told.lower(), secret
    assert KEY.secret not in content
    assert office.query("select azione_miglioramento from landing.reclami") == [
        ("scritto a [codice fiscale]",)
    ]


def test_secret_columns_are_never_shown(office):
    """Whatever rule a secret value breaks, and in the values kept beside it, it is not there."""
    secret = [
        (c.extract, column.name) for c in load_contracts().values() for column in c.columns if column.secret
    ]
    assert ("minori", "codice_fiscale") in secret
    for extract, name in secret:
        office.write(f"{extract}__{name}.csv", [sample(extract, **{name: f"{CANARY} non valido"})])
    office.ingest()
    kept = office.query('select extract, "column", message, row_values from quarantine.rows')
    broken = {(extract, column) for extract, column, _, _ in kept}
    assert set(secret) <= broken
    assert all(CANARY not in message and CANARY not in (values or "") for _, _, message, values in kept)
    columns = {name for _, name in secret}
    assert not any(f'"{name}"' in (values or "") for _, _, _, values in kept for name in columns)
