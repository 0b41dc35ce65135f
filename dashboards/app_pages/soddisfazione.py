"""Soddisfazione: che cosa pensano dei servizi le persone che hanno risposto?"""

from dashboards import charts, queries
from dashboards.components import COMPARED, key_figures, nothing, pick, show, show_over_time
from dashboards.frame import open_page
from dashboards.frames import without
from dashboards.queries import ALL_MUNICIPALITIES, ALL_PHASES, ALL_SERVICES
from dashboards.selection import MUNICIPALITY, SERVICE
from osservatorio import italian
from osservatorio.periods import SEMESTER, YEAR

MART = "mart_satisfaction"
FIGURES = ("satisfied_rate", "mean_score", "response_rate", "distributed", "returned")
DETAIL = (
    "returned",
    "response_rate",
    "satisfied_rate",
    "satisfied_low",
    "satisfied_high",
    "mean_score",
    "is_small",
)
EMPTY = "Nessuna risposta per i filtri scelti: prova tutto l'Ambito o tutti i servizi."
NOTE = "Quota di punteggi 4 e 5; la linea è l'intervallo di confidenza al 95%: più è larga, meno risposte ci sono."

view = open_page("soddisfazione", types=(SEMESTER, YEAR), only_case_services=True)
chosen, release = view.selection, view.release

history = queries.satisfaction(release, **chosen.place_grain, phase=ALL_PHASES)
ended_here = history[history.wave_end.between(*map(str, (chosen.period.start, chosen.period.end)))]
waves = {
    row.rilevazione: f"{row.rilevazione}, dal {italian.date_it(row.wave_start)} al {italian.date_it(row.wave_end)}"
    for row in ended_here.itertuples()
}

if not waves:
    known = italian.join_words(
        [f"{row.rilevazione} (finita il {italian.date_it(row.wave_end)})" for row in history.itertuples()]
    )
    nothing(
        f"Nessuna rilevazione si è chiusa in questo periodo ({chosen.period.label}). "
        + (f"Rilevazioni disponibili: {known}." if known else "Non sono ancora arrivati questionari.")
    )
else:
    wave = pick("Rilevazione", waves, "rilevazione", last=True)
    key_figures([view.figure(MART, name, history[history.rilevazione == wave]) for name in FIGURES])

    # In which moment
    by_phase = queries.satisfaction(release, rilevazione=wave, **chosen.place_grain)
    show(
        view,
        view.table(
            MART,
            by_phase,
            ["phase_name", "answers", *DETAIL[2:]],
            "I tre momenti: accesso, fruizione, valutazione",
            by_phase.phase == ALL_PHASES,
        ),
        lambda: charts.intervals(
            by_phase,
            "phase_name",
            view.column(MART, "satisfied_rate"),
            "satisfied_low",
            "satisfied_high",
            totals=by_phase.phase == ALL_PHASES,
        ),
        empty=EMPTY,
        note=NOTE,
        filters={"rilevazione": wave},
    )

    # In which services and where
    by_service = queries.satisfaction(
        release, rilevazione=wave, municipality_code=chosen.municipality, phase=ALL_PHASES
    )
    answered = view.with_short_names(
        without(by_service, service_code=ALL_SERVICES).dropna(subset="satisfied_rate")
    )
    show(
        view,
        view.table(
            MART,
            by_service,
            ["service_name", *DETAIL],
            "Nei servizi",
            by_service.service_code == ALL_SERVICES,
        ),
        lambda: charts.intervals(
            answered, "short_name", view.column(MART, "satisfied_rate"), "satisfied_low", "satisfied_high"
        ),
        empty=EMPTY,
        note=NOTE,
        filters={"rilevazione": wave, SERVICE: COMPARED},
        choice=view.to_service(by_service, answered),
    )
    by_town = queries.satisfaction(release, rilevazione=wave, service_code=chosen.service, phase=ALL_PHASES)
    heard = without(by_town, municipality_code=ALL_MUNICIPALITIES).dropna(subset="satisfied_rate")
    show(
        view,
        view.table(
            MART,
            by_town,
            ["municipality_name", *DETAIL],
            "Nei Comuni",
            by_town.municipality_code == ALL_MUNICIPALITIES,
        ),
        lambda: charts.intervals(
            heard, "municipality_name", view.column(MART, "satisfied_rate"), "satisfied_low", "satisfied_high"
        ),
        empty=EMPTY,
        note=NOTE,
        filters={"rilevazione": wave, MUNICIPALITY: COMPARED},
        choice=view.to_town(by_town, heard),
    )

show_over_time(
    view,
    MART,
    history.assign(is_here=history.rilevazione.isin(waves), is_partial=history.wave_end > str(release.as_of)),
    ["rilevazione", "wave_start", "wave_end", "distributed", "returned", "response_rate", "satisfied_rate"],
    "Nelle rilevazioni",
    lambda rows: charts.trend(
        rows, "rilevazione", charts.series(view.columns(MART, "satisfied_rate", "response_rate"))
    ),
    empty=EMPTY,
    note=f"{chosen.municipality_name}, {chosen.service_name}, tutte le fasi.",
)
