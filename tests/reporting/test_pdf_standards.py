"""The PDF by the veraPDF engine: PDF/UA-1 and PDF/A-2a."""

from pathlib import Path

import pytest
from pypdf import PdfReader, PdfWriter
from sample_report import sample_report
from verapdf import PROFILES, Judgement, judge

from reporting.documents.pdf import pdf
from reporting.produce import Produced

pytestmark = pytest.mark.java


@pytest.fixture(scope="module")
def judged(
    java: str, produced: Produced, tmp_path_factory: pytest.TempPathFactory
) -> dict[tuple[str, str], Judgement]:
    """Three files under both profiles: a report, one with everything that a writer may meet, one that lost its tags."""
    folder = tmp_path_factory.mktemp("verapdf")
    sample, untagged = folder / "sample.pdf", folder / "untagged.pdf"
    sample.write_bytes(pdf(sample_report()))
    _write_without_tags(sample, untagged)
    return judge(java, (produced.files["pdf"], sample, untagged))


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
