"""Rilasci: quale pubblicazione si sta guardando, che cosa è cambiato dall'ultima, e da dove viene una cifra?"""

import pandas as pd
import streamlit as st

from dashboards import charts, revisions, source, verdict
from dashboards.choosing import Choice
from dashboards.components import group, key_figures, nothing, pick, show
from dashboards.frame import open_page
from dashboards.text import plain
from dashboards.tracing import show_figure
from dashboards.view import Figure
from osservatorio import italian
from osservatorio.errors import UserError

view = open_page("rilasci")
release, home = view.release, source.home()
known = revisions.releases(home)
here = known[known.release_id == release.id].iloc[0]

group("La pubblicazione in uso")
key_figures(
    [
        Figure("Creata il", here.created_at, "Quando è stata fatta la pubblicazione in uso."),
        Figure(
            "Dati al",
            italian.date_it(release.as_of),
            "Data di riferimento: ogni cifra descrive i dati a quel giorno.",
        ),
        Figure("Consegne comprese", italian.number(here.deliveries), "Consegne da cui vengono le cifre."),
        Figure(
            "Esito dei controlli",
            verdict.OUTCOMES.get(here.outcome, italian.MISSING),
            "Con avvisi si pubblica, ma qualcosa va rivisto.",
        ),
    ]
)
show(view, verdict.publication_table(release), empty="La pubblicazione non ha una scheda.")

# Which there are
# The one published before the one in use is the first to be compared with; then those before it, then later ones.
place = known.index[known.release_id == release.id][0]
others = pd.concat([known[known.index > place], known[known.index < place]])
show(
    view,
    revisions.history_table(known, release.id),
    empty="Non c'è nessuna pubblicazione.",
    note="Dalla più recente; in evidenza quella in uso. Il nome di un'altra porta al confronto con quella.",
    choice=Choice(
        "confronta",
        "release_id",
        known.release_id.where(known.release_id != release.id).tolist(),
        shows="confronto",
    ),
)

# What has changed
group("Che cosa è cambiato")
if others.empty:
    nothing("C'è una sola pubblicazione: il confronto comincia con la prossima.")
else:
    with st.container(key="confronto"):
        before = pick(
            "Confronta la pubblicazione in uso con",
            {row.release_id: f"{row.release_id}, {row.created_at}" for row in others.itertuples()},
            "confronta",
        )
    try:
        compared = revisions.comparison(str(home.root), before, release.id)
    except UserError as error:
        compared = None
        nothing(error.message)
    if compared:
        for line in revisions.summary(compared):
            st.markdown(f"- {plain(line)}")
        moved = revisions.marts_table(compared)
        show(
            view,
            moved,
            lambda: charts.bars(moved.frame, "title", revisions.TOTAL),
            empty="Nessuna cifra è diversa tra le due pubblicazioni.",
            note=f"Quante cifre di ogni tavola sono diverse da «{before}».",
            choice=Choice(
                "tavola", "title", moved.frame.mart.tolist(), moved.frame.mart.tolist(), "tavola_scelta"
            ),
        )
        if not moved.is_empty:
            titles = dict(zip(moved.frame.mart, moved.frame.title, strict=True))
            with st.container(key="tavola_scelta"):
                mart = pick("Tavola da vedere", titles, "tavola")
            show(
                view,
                revisions.figures_table(compared, mart),
                empty="Nessuna cifra è diversa in questa tavola.",
                note=f"{titles[mart]}: le prime {revisions.SHOWN}. Tutte, in una cartella di calcolo: "
                f"«osservatorio releases compare {before} {release.id} --xlsx FILE».",
            )
        show(
            view,
            revisions.deliveries_table(compared),
            empty="Le consegne sono le stesse.",
            note="Le consegne arrivate, cambiate o non più comprese.",
        )
        show(
            view,
            revisions.circumstances_table(compared),
            empty="Oltre alle consegne non è cambiato niente: né definizioni, né impostazioni, né versioni.",
            note="Date, impostazioni, definizioni, formule ed elenchi diversi.",
        )

# Where a figure comes from
show_figure(view, home)
