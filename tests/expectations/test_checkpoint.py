"""The checkpoint as a whole: verdict, gate, Data Docs, and the process that a run starts."""

import json
import os
import re
import subprocess
import sys
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from expectations.checks import CheckResult, Finding, Severity, Status
from expectations.verdict import Verdict
from osservatorio.contracts import load_contracts
from osservatorio.errors import UserError

ROOT = Path(__file__).parent.parent.parent
SECRET_TEXT = "VALORE-DI-UN-RECORD"
RESULT = CheckResult(
    check="consegne.prova",
    suite="consegne",
    extract=None,
    severity=Severity.WARNING,
    status=Status.PASSED,
    title="Prova",
    observed="nessuna anomalia",
    unexpected=0,
    message_it="Che cosa significa.",
    what_to_do_it="Che cosa fare.",
)


def result(severity: Severity, status: Status, *findings: Finding) -> CheckResult:
    return replace(RESULT, severity=severity, status=status, findings=findings)


@pytest.mark.parametrize(
    ("severity", "status", "outcome"),
    [
        (Severity.CRITICAL, Status.PASSED, "superato"),
        (Severity.INFO, Status.FAILED, "superato"),
        (Severity.WARNING, Status.FAILED, "superato_con_avvisi"),
        (Severity.CRITICAL, Status.FAILED, "bloccato"),
        (Severity.INFO, Status.ERROR, "bloccato"),
    ],
)
def test_the_highest_severity_that_failed_decides(severity, status, outcome):
    verdict = Verdict(date(2023, 12, 31), (RESULT, result(severity, status)))
    assert verdict.outcome == outcome
    assert verdict.publishable == (outcome != "bloccato")


def test_no_check_at_all_is_no_pass():
    assert Verdict(date(2023, 12, 31), ()).outcome == "bloccato"


def test_each_finding_is_a_warning_with_its_body():
    found = [Finding("Manca Meda.", "interventi", "108030"), Finding("Manca Seveso.", "interventi", "108040")]
    warnings = Verdict(date(2023, 12, 31), (result(Severity.WARNING, Status.FAILED, *found),)).to_dict()[
        "warnings"
    ]
    assert warnings[1] == {
        "check": "consegne.prova",
        "severity": "warning",
        "extract": "interventi",
        "codice_ente": "108040",
        "message": "Manca Seveso.",
        "what_to_do": "Che cosa fare.",
    }
    assert len(warnings) == 2


def test_a_clean_landing_is_published(clean_run):
    verdict, _ = clean_run
    assert verdict.outcome == "superato"
    assert verdict.as_of == date(2023, 12, 31)  # the latest extraction, when nobody says
    summary = verdict.to_dict()
    assert summary["checks"] == summary["passed"] == len(summary["results"]) > 400
    assert summary["failed"] == summary["errors"] == 0
    assert summary["blocking"] == summary["warnings"] == []


def test_a_check_that_raises_is_an_error_and_blocks(clean_landing, tmp_path):
    from expectations.contract_suites import contract_checks
    from expectations.session import opened, session_over
    from expectations.vocabulary import NoRows

    broken, *others = contract_checks(load_contracts()["risorse"])
    query = NoRows(unexpected_rows_query="select 1 from {batch} where colonna_inesistente = 1")
    with (
        opened(clean_landing, tmp_path / "spill") as connection,
        session_over(connection, date(2023, 12, 31)) as session,
    ):
        results = session.run("risorse", [replace(broken, expectation=query), *others])
    assert [r.status for r in results] == [Status.ERROR] + [Status.PASSED] * len(others)
    verdict = Verdict(date(2023, 12, 31), tuple(results))
    assert not verdict.publishable
    (blocking,) = verdict.to_dict()["blocking"]
    assert "non è riuscito a girare" in blocking["message"]
    assert blocking["severity"] == "critical"


def test_a_finding_that_cannot_be_said_is_an_error(landing):
    """A dataset expectation whose rows are not what its words expect has not run."""
    from expectations.checks import DATASET_SUITE
    from expectations.dataset import Scope, dataset_checks
    from expectations.session import opened, session_over

    check = dataset_checks(Scope(date(2023, 12, 31), load_contracts()))[0]
    landing.change("delete from deliveries")
    with (
        opened(landing.path, landing.path.with_suffix(".tmp")) as connection,
        session_over(connection, date(2023, 12, 31)) as session,
    ):
        (outcome,) = session.run(DATASET_SUITE, [replace(check, explain=lambda row: Finding(row["assente"]))])
    assert outcome.status is Status.ERROR


def test_a_missing_table_is_an_error_of_each_of_its_checks(spoil):
    results = spoil("drop table archive.landing.risorse").suite("risorse")
    assert {r.status for r in results.values()} == {Status.ERROR}


def test_a_landing_that_is_not_there_or_not_a_landing(tmp_path):
    from expectations.checkpoint import run_checkpoint

    with pytest.raises(UserError):
        run_checkpoint(tmp_path / "manca.duckdb", tmp_path / "docs")
    (tmp_path / "testo.duckdb").write_text("non è un archivio" * 1000, "utf-8")
    with pytest.raises(UserError):
        run_checkpoint(tmp_path / "testo.duckdb", tmp_path / "docs")


def pages(docs: Path) -> dict[str, str]:
    return {str(page.relative_to(docs)): page.read_text("utf-8") for page in docs.rglob("*.html")}


def test_data_docs_have_a_page_per_suite_and_every_link_leads_somewhere(clean_run):
    _, docs = clean_run
    assert len(pages(docs)) == 2 + len(load_contracts())
    for name, page in pages(docs).items():
        assert '<html lang="it">' in page
        for target in re.findall(r'href="([^"]+)"', page):
            assert (docs / name).parent.joinpath(target).resolve().is_file(), (name, target)


def test_data_docs_ask_for_nothing_outside(clean_run):
    for name, page in pages(clean_run[1]).items():
        assert not re.search(r"<(script|img|link|iframe|object|video|font)\b", page), name
        assert not re.search(r"https?://|url\(|@import|src=", page), name


@pytest.fixture(scope="module")
def spoiled_run(clean_landing, tmp_path_factory):
    """A process over a landing with an orphan, a wrong code and a free value; the network is out of reach."""
    import shutil

    import duckdb

    folder = tmp_path_factory.mktemp("spoiled")
    landing = Path(shutil.copy(clean_landing, folder / "landing.duckdb"))
    with duckdb.connect(":memory:") as con:
        con.execute(f"attach '{landing}' as archive")
        for statement in (
            f"update interventi set tipo = '{SECRET_TEXT}', id_presa_in_carico = '{SECRET_TEXT}' where source_row = 4",
            f"update minori set codice_fiscale = '{SECRET_TEXT}', data_nascita = null where source_row = 4",
        ):
            con.execute("use archive.landing")
            con.execute(statement)
    (folder / "sitecustomize.py").write_text(
        f"""import socket

def refuse(*_, **__):
    open({str(folder / "network")!r}, "w").close()
    raise OSError("no network")

socket.socket.connect = socket.getaddrinfo = refuse
""",
        "utf-8",
    )
    task = {
        "landing": str(landing),
        "docs": str(folder / "docs"),
        "out": str(folder / "verdict.json"),
        "as_of": "2023-12-31",
    }
    process = subprocess.Popen(
        [sys.executable, "-m", "expectations", "--wait"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": f"{folder}{os.pathsep}{ROOT}"},
    )
    with process:
        process.stdin.write(json.dumps(task) + "\n")
        process.stdin.flush()  # and stays open: the end of it would be the end of whoever asks
        said, complained = process.stdout.read(), process.stderr.read()
        code = process.wait(timeout=120)
    return folder, subprocess.CompletedProcess(process.args, code, said, complained)


def test_the_process_writes_the_verdict_and_ends_well(spoiled_run):
    folder, process = spoiled_run
    assert process.returncode == 0, process.stderr
    assert process.stdout == ""
    assert not (folder / "network").exists()
    verdict = json.loads((folder / "verdict.json").read_text("utf-8"))
    assert set(verdict) == {
        "outcome",
        "publishable",
        "as_of",
        "checks",
        "passed",
        "failed",
        "errors",
        "blocking",
        "warnings",
        "landing_state",
        "results",
    }
    assert (verdict["outcome"], verdict["publishable"], verdict["as_of"]) == ("bloccato", False, "2023-12-31")
    assert {notice["check"] for notice in verdict["blocking"]} == {
        "interventi.tipo.in_elenco",
        "interventi.id_presa_in_carico.riferimento",
        "minori.codice_fiscale.pseudonimo",
        "minori.data_nascita.presente",
    }
    assert verdict["failed"] == 4
    (tipo,) = [r for r in verdict["results"] if r["check"] == "interventi.tipo.in_elenco"]
    assert tipo["unexpected"] == 24
    assert {"suite", "extract", "severity", "status", "observed", "message_it", "what_to_do_it"} <= set(tipo)


def test_no_value_of_a_record_reaches_verdict_or_data_docs(spoiled_run):
    folder, _ = spoiled_run
    texts = pages(folder / "docs") | {"verdict": (folder / "verdict.json").read_text("utf-8")}
    assert len(texts) > 20
    for name, text in texts.items():
        assert SECRET_TEXT not in text, name
        assert not re.search(r"[0-9a-f]{64}", text), name
        assert "testo della riga" not in text, name


def run_module(*arguments: str, given: str = "") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *arguments], input=given, capture_output=True, text=True, cwd=ROOT, timeout=120
    )


def test_the_room_is_light_until_it_checks():
    code = "import sys, os, expectations, expectations.__main__ as m; m.main.__call__; "
    done = run_module(
        "-c", code + "print('great_expectations' in sys.modules, os.environ['GX_ANALYTICS_ENABLED'])"
    )
    assert done.stdout.split() == ["False", "false"], done.stderr


def test_bad_usage_is_said_in_a_line(monkeypatch, capsys, tmp_path):
    from expectations.__main__ import main

    missing = [
        "--landing",
        str(tmp_path / "manca.duckdb"),
        "--docs",
        str(tmp_path),
        "--out",
        str(tmp_path / "v.json"),
    ]
    assert main(missing) == 2
    assert "manca.duckdb" in capsys.readouterr().err
    assert not (tmp_path / "v.json").exists()


def test_a_breakdown_ends_with_code_3(monkeypatch, capsys, clean_landing, tmp_path):
    import expectations.checkpoint
    from expectations.__main__ import main

    def break_down(*_, **__):
        raise RuntimeError("pagina non scritta")

    monkeypatch.setattr(expectations.checkpoint, "run_checkpoint", break_down)
    task = ["--landing", str(clean_landing), "--docs", str(tmp_path / "d"), "--out", str(tmp_path / "v.json")]
    assert main(task) == 3
    assert "non si può pubblicare nulla" in capsys.readouterr().err
    assert not (tmp_path / "v.json").exists()
