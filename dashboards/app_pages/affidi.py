"""Affidi: quanti minori sono in affido, di che tipo, e per quanto tempo?"""

from dashboards import queries
from dashboards.frame import open_page
from dashboards.placements import show_placements
from osservatorio.periods import SEMESTER, YEAR

view = open_page("affidi", types=(SEMESTER, YEAR), with_service=False)
show_placements(view, "mart_foster_care", queries.foster_care, "Affidi")
