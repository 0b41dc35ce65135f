"""The figures that the source documents declare, counted again from the delivered files."""

from osservatorio.reference import municipalities, read_seed

FIGURES = read_seed("published_figures")
ABOUT = "coalesce(s.comune_riferimento, s.codice_ente)"


def test_minors_in_care_on_the_day(ambito):
    figures = [figure for figure in FIGURES if figure["measure"] == "minors_at_end"]
    assert figures
    for figure in figures:
        place = (
            ""
            if figure["municipality_code"] == "AMBITO"
            else f"and {ABOUT} = '{figure['municipality_code']}'"
        )
        counted = ambito.value(
            "select count(distinct coalesce(m.codice_fiscale, m.codice_ente || m.id_minore))"
            " from current_prese_in_carico as s inner join current_minori as m using (codice_ente, id_minore)"
            f" where s.codice_servizio = '{figure['service_code']}'"
            f" and s.data_apertura <= date '{figure['reference_date']}'"
            f" and (s.data_chiusura is null or s.data_chiusura > date '{figure['reference_date']}') {place}"
        )
        assert counted == int(figure["declared"]), figure["figure_id"]


def test_figures_hold_also_when_the_day_is_the_last_delivered(ambito):
    """Closings that nobody knew of yet on the day change nothing."""
    at_the_day = ambito.value(
        "select count(distinct (codice_ente, id_minore)) from ("
        " from prese_in_carico where data_estrazione <= date '2021-12-31' qualify row_number() over"
        " (partition by codice_ente, id_presa_in_carico order by data_estrazione desc) = 1)"
        " where codice_servizio = 'equipe_tutela' and data_chiusura is null"
    )
    declared = [
        int(f["declared"])
        for f in FIGURES
        if f["service_code"] == "equipe_tutela" and f["municipality_code"] == "AMBITO"
    ]
    assert [at_the_day] == declared


def test_resources_of_each_year(ambito):
    figures = [figure for figure in FIGURES if figure["measure"] == "resources"]
    assert figures
    for figure in figures:
        area = "" if figure["area"] == "TUTTE" else f"and area = '{figure['area']}'"
        place = (
            ""
            if figure["municipality_code"] == "AMBITO"
            else f"and codice_ente = '{figure['municipality_code']}'"
        )
        allotted = ambito.value(
            "select sum(importo) from current_risorse"
            f" where anno between {figure['first_year']} and {figure['last_year']} {area} {place}"
        )
        assert allotted == int(figure["declared"]), figure["figure_id"]


def test_each_resource_is_delivered_by_the_body_it_belongs_to(ambito):
    lead = next(town.code for town in municipalities().values() if town.is_lead)
    assert ambito.rows("select distinct codice_ente from risorse where area <> 'equipe_territoriale'") == [
        (lead,)
    ]
    assert {
        row[0] for row in ambito.rows("select codice_ente from risorse where area = 'equipe_territoriale'")
    } == {town.code for town in municipalities().values() if town.is_associated}
