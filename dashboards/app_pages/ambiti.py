"""Ambiti a confronto: come stanno gli Ambiti, uno accanto all'altro, e da dove vengono le cifre di ciascuno?"""

from dashboards.comparing import open_page, show_caseload, show_indicators, show_origin

found = open_page()
show_caseload(found)
show_indicators(found)
show_origin(found)
