"""Data Docs: the static site of Great Expectations, with pages of ours.

The library's own pages are in English and fetch some fifteen files from content networks. A renderer and a view
of ours, given to its site builder as it provides for, say the same in Italian, with everything in the page.
"""

from pathlib import Path
from typing import Any

from great_expectations.core.expectation_validation_result import ExpectationSuiteValidationResult
from great_expectations.data_context import EphemeralDataContext
from great_expectations.data_context.store.html_site_store import HtmlSiteStore
from great_expectations.data_context.types.resource_identifiers import ValidationResultIdentifier
from great_expectations.render.renderer.renderer import Renderer
from great_expectations.render.renderer.site_builder import SiteBuilder
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from expectations.checks import DATASET_SUITE, Status
from expectations.verdict import Verdict
from osservatorio.contracts import load_contracts
from osservatorio.italian import long_date, number
from osservatorio.reference import municipalities

TEMPLATES = Path(__file__).parent / "templates"
UP_TO_INDEX = "../../../../index.html"  # validations/<suite>/<run name>/<run time>/<batch>.html


def write_data_docs(context: EphemeralDataContext, docs_dir: Path, verdict: Verdict) -> Path:
    """Write the site of a verdict's validations and return its index page.

    Raises RuntimeError when a page is missing: the site builder only logs what it could not render.
    """
    docs_dir.mkdir(parents=True, exist_ok=True)
    ours = {"module_name": __name__}
    DataDocs(
        data_context=context,
        site_name="Controlli sui dati",
        store_backend={
            "class_name": "TupleFilesystemStoreBackend",
            "base_directory": str(docs_dir.absolute()),
        },
        show_how_to_buttons=False,
        site_index_builder=ours | {"class_name": IndexPage.__name__, "verdict": verdict},
        site_section_builders={
            "expectations": "none",
            "profiling": "none",
            "validations": {
                "renderer": ours | {"class_name": SuiteRenderer.__name__, "verdict": verdict},
                "view": ours | {"class_name": PageView.__name__},
            },
        },
    ).build()
    missing = [
        page
        for page in ("index.html", *map(_page_path, context.validation_results_store.list_keys()))
        if not (docs_dir / page).is_file()
    ]
    if missing:
        raise RuntimeError(f"Data Docs: {len(missing)} pages were not written, the first is {missing[0]}")
    return docs_dir / "index.html"


class DataDocs(SiteBuilder):
    """The site without the library's fonts, pictures and styles, which our pages do not use."""

    def build(self, resource_identifiers: Any = None, build_index: bool = True) -> tuple[Any, Any]:
        for section in self.site_section_builders.values():
            section.build(resource_identifiers=resource_identifiers)
        return self.site_index_builder.build(build_index=build_index)


class SuiteRenderer(Renderer):
    """From the validation of a suite to what its page shows: our outcomes, never a value of a record."""

    def __init__(self, verdict: Verdict) -> None:
        super().__init__()
        self._verdict = verdict

    def render(self, validation: ExpectationSuiteValidationResult) -> dict[str, Any]:
        return {
            "title": suite_title(validation.suite_name),
            "verdict": self._verdict,
            "results": [r for r in self._verdict.results if r.suite == validation.suite_name],
            "index": UP_TO_INDEX,
        }


class PageView:
    """HTML of a page. Text is escaped: nothing of a delivery becomes markup."""

    template = "suite.html"

    def __init__(self, **_: Any) -> None:
        self._environment = Environment(
            loader=FileSystemLoader(TEMPLATES), autoescape=True, undefined=StrictUndefined
        )
        self._environment.filters |= {"number": number, "long_date": long_date, "body": _body}

    def render(self, document: dict[str, Any], **_: Any) -> str:
        return self._environment.get_template(self.template).render(document)


class IndexView(PageView):
    template = "index.html"


class IndexPage:
    """The first page: the verdict, what blocks, what warns, and the way to each suite."""

    def __init__(
        self, data_context: EphemeralDataContext, target_store: HtmlSiteStore, verdict: Verdict, **_: Any
    ) -> None:
        self._pages = {
            key.expectation_suite_identifier.name: _page_path(key)
            for key in data_context.validation_results_store.list_keys()
        }
        self._target = target_store
        self._verdict = verdict

    def build(self, **_: Any) -> tuple[Any, dict[str, str]]:
        page = IndexView().render(
            {
                "verdict": self._verdict,
                "summary": self._verdict.to_dict(),
                "suites": [
                    self._suite(name) for name in dict.fromkeys(r.suite for r in self._verdict.results)
                ],
            }
        )
        return self._target.write_index_page(page), self._pages

    def _suite(self, name: str) -> dict[str, Any]:
        results = [result for result in self._verdict.results if result.suite == name]
        return {
            "title": suite_title(name),
            "page": self._pages.get(name),
            "checks": len(results),
            "passed": sum(result.status is Status.PASSED for result in results),
        }


def suite_title(suite: str) -> str:
    """«Consegne nel loro insieme», or the extract's title."""
    return "Consegne nel loro insieme" if suite == DATASET_SUITE else load_contracts()[suite].title


def _page_path(key: ValidationResultIdentifier) -> str:
    return f"validations/{'/'.join(key.to_tuple())}.html"


def _body(codes: str | None) -> str:
    """Names of the bodies of a notice."""
    known = municipalities()
    return ", ".join(known[c].name if c in known else c for c in codes.split(",")) if codes else ""
