"""The script that Streamlit runs at every interaction: the frame around the page chosen."""

import streamlit as st

from dashboards import frame
from dashboards.pages import PAGES
from dashboards.shell import ASSETS, ICON

SIDEBAR_WIDTH = 250

# Before the navigation, which draws the sidebar at the width known so far.
st.set_page_config(page_icon=str(ICON), layout="wide", initial_sidebar_state=SIDEBAR_WIDTH)
pages = [
    st.Page(page.path, title=page.title, url_path=page.name, default=place == 0)
    for place, page in enumerate(PAGES.values())
]
current = st.navigation(pages, position="sidebar", expanded=True)
st.set_page_config(page_title=f"{current.title} · Osservatorio", page_icon=str(ICON))
st.logo(str(ASSETS / "logo.png"), size="large", icon_image=str(ICON))
frame.run(current.run)
