"""The script that Streamlit runs at every interaction: who is there, then the frame around the page chosen."""

import streamlit as st

from dashboards import frame
from dashboards.access import entrance
from dashboards.shell import ASSETS, ICON

SIDEBAR_WIDTH = 250

# Before the navigation, which draws the sidebar at the width known so far.
st.set_page_config(page_icon=str(ICON), layout="wide", initial_sidebar_state=SIDEBAR_WIDTH)
shown = entrance.let_in()
current = st.navigation(entrance.pages_for(shown), position="sidebar", expanded=True)
st.set_page_config(page_title=f"{current.title} · Osservatorio", page_icon=str(ICON))
st.logo(str(ASSETS / "logo.png"), size="large", icon_image=str(ICON))
entrance.show_person()
frame.run(current.run)
