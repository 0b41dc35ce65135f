"""The data look like life: volumes, seasons, ages, families, quality."""

import pytest

from osservatorio.reference import municipalities

MINORS = (
    "(select distinct m.codice_fiscale, m.data_nascita, s.* exclude (id_minore) from current_prese_in_carico as s"
    " inner join current_minori as m using (codice_ente, id_minore))"
)


def test_volumes(ambito):
    assert 1700 < ambito.value("select count(distinct codice_fiscale) from minori") < 2500
    assert 120_000 < ambito.value("select count(*) from current_interventi") < 190_000


def test_records_change_from_one_delivery_to_the_next(ambito):
    for extract in ("minori", "prese_in_carico", "inserimenti", "relazioni_ag", "reclami", "operatori"):
        assert ambito.count(extract) > ambito.value(f"select count(*) from current_{extract}")
    assert ambito.value("select count(*) from interventi where stato_record = 'annullato'") > 20


def test_ages_when_care_begins(ambito):
    low, median, high = ambito.rows(
        "select quantile_cont(date_diff('day', data_nascita, data_apertura) / 365.25, [0.0, 0.5, 1.0])"
        f" from {MINORS} where codice_servizio = 'equipe_tutela'"
    )[0][0]
    assert low >= 0
    assert 8 < median < 12
    assert high < 18
    youngest = ambito.value(
        f"select min(date_diff('day', data_nascita, data_apertura) / 365.25) from {MINORS}"
        " where codice_servizio = 'penale_minorile'"
    )
    assert youngest >= 13.9


def test_stays_are_skewed_around_a_year_and_a_half(ambito):
    median, mean = ambito.rows(
        "select median(data_chiusura - data_apertura), avg(data_chiusura - data_apertura)"
        " from current_prese_in_carico where codice_servizio = 'equipe_tutela'"
    )[0]
    assert 400 < median < 800
    assert mean > median


def test_august_and_christmas_are_quiet_and_sundays_are_off(ambito):
    months = dict(ambito.rows("select month(data_intervento), count(*) from current_interventi group by all"))
    usual = (months[3] + months[5] + months[10]) / 3
    assert months[8] < 0.6 * usual
    assert months[12] < 0.95 * usual
    assert ambito.value("select count(*) from interventi where isodow(data_intervento) = 7") == 0


def test_the_caseload_grows(ambito):
    def in_care(day: str) -> int:
        return ambito.value(
            f"select count(*) from current_prese_in_carico where data_apertura <= date '{day}'"
            f" and (data_chiusura is null or data_chiusura > date '{day}')"
        )

    assert in_care("2021-01-31") < in_care("2022-06-30") < in_care("2023-12-31")


def test_complaints_and_answers(ambito):
    for year, received, late in ambito.rows(
        "select year(data_ricezione), count(*), count_if(data_risposta - data_ricezione > 30)"
        " from current_reclami group by all"
    ):
        assert 10 <= received <= 30, year
        assert late <= 0.2 * received


def test_satisfaction(ambito):
    for wave, sent, returned in ambito.rows(
        "select r.rilevazione, any_value(r.sent), count(distinct (q.codice_ente, q.id_risposta)) from"
        " (select rilevazione, sum(questionari_distribuiti) as sent from current_rilevazioni group by all) as r"
        " inner join current_questionari as q using (rilevazione) group by all"
    ):
        assert 0.35 <= returned / sent <= 0.60, wave
    assert ambito.value("select avg(cast(punteggio >= 3 as integer)) from current_questionari") > 0.8


def test_spending_is_near_the_resources(ambito):
    rows = ambito.rows(
        "select r.codice_ente, r.anno, sum(s.importo) / any_value(r.importo) from"
        " (select codice_ente, anno, sum(importo) as importo from current_risorse group by all) as r"
        " inner join current_spese as s on s.codice_ente = r.codice_ente and year(s.data_competenza) = r.anno"
        " where s.voce not in ('retta_struttura', 'contributo_affido') group by all"
    )
    assert rows
    assert all(0.88 <= share <= 1.03 for _, _, share in rows)


def test_some_minors_are_known_to_two_municipalities(ambito):
    lead = next(town.code for town in municipalities().values() if town.is_lead)
    moved = ambito.value(
        "select count(*) from (select codice_fiscale from current_minori as m"
        " inner join current_prese_in_carico as s using (codice_ente, id_minore)"
        " where s.codice_servizio = 'equipe_tutela' group by codice_fiscale"
        " having count(distinct m.codice_ente) > 1)"
    )
    assert 10 < moved < 200
    # The associated services are the lead municipality's, for the minors of all six.
    about = ambito.rows(
        "select distinct codice_ente, coalesce(comune_riferimento, codice_ente) from current_prese_in_carico"
        " where codice_servizio in ('penale_minorile', 'spazio_neutro')"
    )
    assert {body for body, _ in about} == {lead}
    assert {place for _, place in about} == {t.code for t in municipalities().values() if t.is_associated}


def test_other_municipalities_deliver_what_the_regulation_gives_them(ambito):
    others = [town.code for town in municipalities().values() if not town.is_associated]
    services = ambito.rows(
        "select distinct codice_servizio from prese_in_carico where codice_ente in"
        f" ({', '.join(repr(code) for code in others)}) order by all"
    )
    assert services == [("adm",), ("strutture",)]


def test_unaccompanied_minors(ambito):
    n, without_code, adolescents = ambito.rows(
        "select count(*), count_if(codice_fiscale is null),"
        " count_if(data_nascita < data_estrazione - interval 14 year) from current_minori"
        " where minore_straniero_non_accompagnato"
    )[0]
    assert n > 20
    assert without_code > 0.4 * n
    assert adolescents > 0.95 * n


BREAKS = {
    "art. 14 c. 3": (
        "select avg(cast(durata_minuti > 150 as integer)) from current_interventi"
        " where tipo = 'incontro_protetto' and esito = 'svolto'"
    ),
    "art. 31 c. 2 a)": (
        "select avg(cast(data_patto is null or data_patto > data_inizio as integer)) from current_affidi"
    ),
    "art. 31 c. 2 c)": "select avg(cast(not copertura_assicurativa as integer)) from current_affidi",
    "art. 42": (
        "select avg(cast(coalesce(data_progetto_personalizzato, date '2099-01-01') > data_inizio + 30 as integer))"
        " from current_inserimenti where data_inizio <= date '2023-11-30'"
    ),
    "art. 46 c. 3": "select avg(cast(not autorizzazione_struttura as integer)) from current_inserimenti",
    "art. 43 c. 1 j)": (
        "select avg(cast(coalesce(data_invio, date '2099-01-01') > data_scadenza as integer))"
        " from current_relazioni_ag where data_scadenza <= date '2023-12-31'"
    ),
    "art. 5 c. 1": (
        "select avg(cast(comune_residenza not in ('"
        + "', '".join(municipalities())
        + "') as integer)) from current_minori where not minore_straniero_non_accompagnato"
    ),
    "albo": (
        "select avg(cast(not iscrizione_albo as integer)) from current_operatori"
        " where profilo = 'assistente_sociale'"
    ),
    "art. 10": (
        "select avg(cast(not exists (select 1 from current_provvedimenti as p where p.codice_ente = s.codice_ente"
        " and p.id_minore = s.id_minore and p.data_provvedimento <= s.data_apertura) as integer))"
        " from current_prese_in_carico as s where codice_servizio = 'spazio_neutro'"
    ),
    "art. 21": (
        "select avg(cast(not exists (select 1 from current_progetti as p where p.codice_ente = s.codice_ente"
        " and p.id_presa_in_carico = s.id_presa_in_carico and p.data_firma <= s.data_apertura + 20"
        " and p.data_inizio is not null and p.frequenza_settimanale is not null and p.costo_presunto is not null)"
        " as integer)) from current_prese_in_carico as s where codice_servizio = 'adm'"
    ),
}


@pytest.mark.parametrize("article", list(BREAKS))
def test_a_few_records_break_each_rule(ambito, article):
    assert 0.005 < ambito.value(BREAKS[article]) < 0.12


def test_quotas_follow_the_formula_but_for_a_few(ambito):
    share = ambito.value(
        """
        with due as (
            select
                c.*,
                case
                    when c.isee < t.isee_iniziale then 0
                    when c.isee is null or c.isee >= t.isee_finale then t.contribuzione_massima
                    else t.quota_minima + (c.isee - t.isee_iniziale)
                        * cast(t.contribuzione_massima - t.quota_minima as double) / (t.isee_finale - t.isee_iniziale)
                end * case when c.prestazione = 'struttura' and c.ordine_figlio > 1 then 0.75 else 1 end as quota
            from current_compartecipazioni as c
            inner join current_tariffe as t
                on t.codice_ente = coalesce(c.comune_riferimento, c.codice_ente)
                and t.prestazione = c.prestazione and t.anno = year(c.mese)
            where not c.deroga
        )
        select avg(cast(abs(quota_unitaria - quota) > 0.0051 as integer)) from due
        """
    )
    assert 0.01 < share < 0.06
