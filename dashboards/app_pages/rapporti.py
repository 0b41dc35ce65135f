"""Rapporti ed esportazioni: che cosa va consegnato, che cosa manca, e dove si scaricano i documenti?"""

import streamlit as st

from dashboards import source
from dashboards.frame import end, open_page
from dashboards.reports import choose, show_files, show_how_far
from dashboards.writing import write

view = open_page("rapporti", with_period=False, with_service=False)
desk = source.desk()
if desk is None:
    st.info("Per scrivere e produrre i rapporti apri il cruscotto con «osservatorio dashboard».")
    end()

# Which report, and how far it is
desk.pick_up()
job = choose(view, desk)
report = desk.readiness(view.release, job)
show_how_far(view, report)

# Its files
show_files(view, desk, job, report)

# What people write in it
write(view, desk, job, report)
