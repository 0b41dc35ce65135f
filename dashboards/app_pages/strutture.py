"""Strutture: quanti minori sono in struttura, perché, per quanto tempo, e che cosa succede dopo?"""

from dashboards import queries
from dashboards.frame import open_page
from dashboards.placements import show_placements, show_stability
from osservatorio.periods import SEMESTER, YEAR

view = open_page("strutture", types=(SEMESTER, YEAR), with_service=False)
show_placements(view, "mart_residential_care", queries.residential_care, "Inserimenti")
show_stability(view)
