"""Three pages as they should look: cover, table with chart, long table. A change of look must be meant.

To renew the images after one, and look at them before committing:

    GOLDEN=renew python -m pytest tests/reporting/test_golden_pages.py
"""

import os
from dataclasses import replace
from pathlib import Path

import pypdfium2
import pytest
from PIL import Image, ImageChops, ImageStat

from reporting.documents.pdf import pdf
from reporting.model import Report

GOLDEN = Path(__file__).with_name("golden")
SECTIONS = ("casistica", "dettaglio")  # few: another section may change and these pages do not
PAGES = {"copertina": 0, "tabella_e_grafico": 2, "tabella_lunga": -1}
TOLERANCE = 1.0  # mean difference of a pixel, of 255: a line moved by a point is beyond it
COLOURS = 48
MAX_BYTES = 150_000


@pytest.fixture(scope="module")
def pages(report: Report) -> dict[str, Image.Image]:
    few = replace(report, sections=tuple(s for s in report.sections if s.key in SECTIONS))
    document = pypdfium2.PdfDocument(pdf(few))
    places = {name: place % len(document) for name, place in PAGES.items()}
    return {name: document[place].render(scale=1).to_pil().convert("RGB") for name, place in places.items()}


def difference(one: Image.Image, other: Image.Image) -> float:
    """The mean difference of the pixels of two images of one size, from 0 to 255."""
    return sum(ImageStat.Stat(ImageChops.difference(one, other)).mean) / 3


@pytest.mark.parametrize("name", PAGES)
def test_the_page_looks_as_it_did(pages: dict[str, Image.Image], name: str):
    path = GOLDEN / f"{name}.png"
    if os.environ.get("GOLDEN") == "renew":
        GOLDEN.mkdir(exist_ok=True)
        pages[name].quantize(COLOURS).save(path, optimize=True)
    assert path.stat().st_size < MAX_BYTES
    expected = Image.open(path).convert("RGB")
    assert pages[name].size == expected.size
    assert difference(pages[name], expected) < TOLERANCE, f"renew the image if the change is meant: {__doc__}"


def test_the_tolerance_sees_what_an_eye_would(pages: dict[str, Image.Image]):
    page = pages["tabella_e_grafico"]
    moved = ImageChops.offset(page, 0, 3)
    without_a_chart = page.copy()
    without_a_chart.paste("white", (0, page.height // 2, page.width, page.height))
    for other in (moved, without_a_chart, pages["tabella_lunga"]):
        assert difference(page, other) > TOLERANCE
