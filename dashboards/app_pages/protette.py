"""Tavole protette: che cosa può vedere chi non ha diritto ai dati esatti?"""

from dashboards.protected import open_page, show_documents, show_tables

view, found, chosen = open_page()
show_tables(view, chosen, found.sign)
show_documents(view, frozenset((view.export.release_id,)))
