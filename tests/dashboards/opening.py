"""A page of the dashboard without a browser, gone to at once: a link to it runs no other page before."""

from streamlit.testing.v1 import AppTest
from streamlit.util import calc_hash


def go_to(app: AppTest, page: str) -> AppTest:
    """The page that the next run shows."""
    app._page_hash = calc_hash(page)
    return app
