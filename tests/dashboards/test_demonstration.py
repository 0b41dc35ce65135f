"""Every page on the release of the demonstration: real columns, real checks, real volumes."""

from pathlib import Path

from desks import desk_of
from streamlit.testing.v1 import AppTest

from dashboards import source
from dashboards.pages import PAGES
from dashboards.server import APP
from osservatorio.home import Home


def test_every_page_shows_figures_of_the_demonstration(demo_home: Path) -> None:
    home = Home(demo_home)
    used = source.use(home, desk=desk_of(home))
    app = AppTest.from_file(str(APP), default_timeout=60).run()
    for page in PAGES:
        if page != next(iter(PAGES)):
            app.switch_page(f"app_pages/{page}.py").run()
        assert not app.exception, page
        assert len(app.table) >= (1 if page == "rapporti" else 2), page
        assert all(metric.value != "–" for metric in app.metric), page
    used.close()
