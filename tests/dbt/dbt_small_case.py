"""A landing of three bodies, small enough that every figure of the tests is worked by hand.

108005 Barlassina, 108024 Giussano, 108039 Seregno (lead: delivers the associated services of all).
Persons: X known to Barlassina (a) and Giussano (b) by one codice fiscale; B2 and G2, both «m2» of their body and
without a codice fiscale, so two persons; Y delivered by the lead for Giussano.
"""

from datetime import date
from pathlib import Path
from typing import Any

from dbt_landings import Landing

AS_OF = "2022-12-31"
BARLASSINA, GIUSSANO, SEREGNO = "108005", "108024", "108039"


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def small_landing(folder: Path) -> Path:
    landing = Landing(folder)
    _minors_and_spells(landing)
    _acts(landing)
    _complaints(landing)
    _money_and_staff(landing)
    _quality(landing)
    return landing.close()


def _minors_and_spells(landing: Landing) -> None:
    def minor(body: str, code: str, cf: str | None, born: str, **values: Any) -> None:
        known = {"sesso": "F", "cittadinanza": "italiana"} | values
        landing.add("minori", body, id_minore=code, codice_fiscale=cf, data_nascita=_day(born), **known)

    minor(BARLASSINA, "a", "cf-x", "2012-05-01")
    minor(GIUSSANO, "b", "cf-x", "2012-05-01")
    minor(BARLASSINA, "m2", None, "2008-01-01", sesso="M", minore_straniero_non_accompagnato=True)
    minor(GIUSSANO, "m2", None, "2004-02-29")
    minor(SEREGNO, "y", "cf-y", "2020-06-30", comune_riferimento=GIUSSANO)

    def spell(body: str, code: str, who: str, service: str, opened: str, closed: str | None = None, **values):
        known = {"motivo_chiusura": "4" if closed else None} | values
        landing.add(
            "prese_in_carico",
            body,
            id_presa_in_carico=code,
            id_minore=who,
            codice_servizio=service,
            data_apertura=_day(opened),
            data_chiusura=_day(closed),
            **known,
        )

    # The opening of p1 was corrected; an older extraction that came late changes nothing.
    spell(BARLASSINA, "p1", "a", "equipe_tutela", "2021-03-01", data_estrazione=_day("2021-06-30"))
    spell(BARLASSINA, "p1", "a", "equipe_tutela", "2021-03-10")
    spell(BARLASSINA, "p1", "a", "adm", "2021-04-01", data_estrazione=_day("2021-12-31"), load_seq=2)
    spell(GIUSSANO, "p1", "b", "equipe_tutela", "2022-02-01", "2022-06-30")
    spell(BARLASSINA, "p2", "m2", "adm", "2022-03-15", "2022-03-15")
    spell(GIUSSANO, "p2", "m2", "equipe_tutela", "2021-12-31", "2022-01-01", motivo_chiusura="3")
    spell(SEREGNO, "p3", "y", "spazio_neutro", "2022-06-30", comune_riferimento=GIUSSANO)
    spell(BARLASSINA, "p4", "m2", "equipe_tutela", "2022-01-01")
    spell(BARLASSINA, "p4", "m2", "equipe_tutela", "2022-01-01", stato_record="annullato", load_seq=2)


def _acts(landing: Landing) -> None:
    def act(body: str, code: str, spell: str, day: str, minutes: int, outcome: str = "svolto") -> None:
        landing.add(
            "interventi",
            body,
            id_intervento=code,
            id_presa_in_carico=spell,
            tipo="colloquio",
            data_intervento=_day(day),
            durata_minuti=minutes,
            esito=outcome,
        )

    act(BARLASSINA, "i1", "p1", "2022-01-10", 60)
    act(BARLASSINA, "i2", "p1", "2022-03-10", 30)
    act(BARLASSINA, "i3", "p1", "2022-06-30", 90)
    act(BARLASSINA, "i4", "p1", "2022-06-30", 45, "assente")
    act(GIUSSANO, "i1", "p1", "2022-02-10", 60)
    act(SEREGNO, "i1", "p3", "2022-07-01", 150)
    act(BARLASSINA, "i5", "p4", "2022-02-01", 60)  # its spell was withdrawn


def _complaints(landing: Landing) -> None:
    def complaint(body: str, code: str, service: str, received: str, answered: str | None, outcome: str, **v):
        landing.add(
            "reclami",
            body,
            id_reclamo=code,
            codice_servizio=service,
            data_ricezione=_day(received),
            data_risposta=_day(answered),
            esito=outcome,
            categoria="tempi",
            gravita="media",
            **v,
        )

    complaint(BARLASSINA, "r1", "equipe_tutela", "2022-01-10", "2022-02-09", "accolto")
    complaint(GIUSSANO, "r2", "equipe_tutela", "2022-05-31", "2022-07-05", "non_accolto")
    complaint(SEREGNO, "r3", "direzione", "2022-06-20", None, "in_corso")
    complaint(
        SEREGNO,
        "r4",
        "equipe_tutela",
        "2021-12-20",
        "2022-01-05",
        "archiviato",
        comune_riferimento=BARLASSINA,
    )

    def control(code: str, day: str, checked: int, conforming: int, closed: str | None = None) -> None:
        landing.add(
            "controlli",
            SEREGNO,
            id_controllo=code,
            codice_servizio="adm",
            data_controllo=_day(day),
            tipo="documentale",
            svolto_da="partner",
            prestazioni_verificate=checked,
            prestazioni_conformi=conforming,
            gravita="bassa" if conforming < checked else None,
            data_chiusura=_day(closed),
        )

    control("k1", "2022-02-01", 10, 10)
    control("k2", "2022-02-01", 10, 7, "2022-02-11")
    control("k3", "2022-06-30", 20, 19)

    for body, sent in ((BARLASSINA, 4), (GIUSSANO, 6)):
        landing.add(
            "rilevazioni",
            body,
            rilevazione="w1",
            codice_servizio="equipe_tutela",
            data_inizio=_day("2022-05-01"),
            data_fine=_day("2022-06-15"),
            questionari_distribuiti=sent,
        )

    def answer(body: str, paper: str, question: str, score: int | None, **values: Any) -> None:
        landing.add(
            "questionari",
            body,
            id_risposta=paper,
            rilevazione="w1",
            codice_servizio="equipe_tutela",
            data_compilazione=_day("2022-06-01"),
            codice_domanda=question,
            punteggio=score,
            **values,
        )

    # Two bodies use the same number «1» for two questionnaires; one question was left blank.
    answer(BARLASSINA, "1", "ACC1", 5)
    answer(BARLASSINA, "1", "FRU1", 3)
    answer(GIUSSANO, "1", "ACC1", 4)
    answer(GIUSSANO, "1", "FRU1", None)
    answer(GIUSSANO, "2", "ACC1", 2)
    # The lead hands in one for Seveso, where no wave was delivered.
    answer(SEREGNO, "1", "ACC1", 5, comune_riferimento="108040")


def _money_and_staff(landing: Landing) -> None:
    for body, area, euro in (
        (SEREGNO, "servizi_associati", 209100),
        (SEREGNO, "servizi_amministrativi", 40000),
        (SEREGNO, "equipe_territoriale", 210000),
        (BARLASSINA, "equipe_territoriale", 35600),
    ):
        landing.add("risorse", body, anno=2022, area=area, importo=euro)

    def expense(body: str, code: str, day: str, service: str, voce: str, paid: float, due: float | None, **v):
        landing.add(
            "spese",
            body,
            id_spesa=code,
            data_competenza=_day(day),
            codice_servizio=service,
            voce=voce,
            importo=paid,
            importo_impegnato=due,
            **v,
        )

    expense(SEREGNO, "s1", "2022-03-31", "spazio_neutro", "personale", 1000, 1200)
    expense(SEREGNO, "s2", "2022-03-31", "spazio_neutro", "altro", 300, None, comune_riferimento=GIUSSANO)
    expense(SEREGNO, "s3", "2022-04-30", "affidi", "contributo_affido", 500, 500, comune_riferimento=GIUSSANO)
    expense(BARLASSINA, "s1", "2022-05-31", "equipe_tutela", "personale", 8900, 9000)
    expense(BARLASSINA, "s2", "2022-08-31", "equipe_tutela", "personale", -100, 0)

    for code, profile in (("o1", "assistente_sociale"), ("o2", "educatore")):
        landing.add("operatori", SEREGNO, id_operatore=code, profilo=profile, datore="partner")
        for service in ("equipe_tutela", "direzione"):
            landing.add(
                "ore_operatori",
                SEREGNO,
                id_operatore=code,
                mese=_day("2022-02-01"),
                codice_servizio=service,
                ore=144,
                comune_riferimento=BARLASSINA,
            )


def _quality(landing: Landing) -> None:
    landing.account("d1", "minori", read=4, quarantined=2)
    landing.account("d2", "reclami", read=0, quarantined=0, outcome="refused", message="File illeggibile.")
    landing.quarantine("d1", "minori", 7, "sesso", "sesso.elenco")
    landing.quarantine("d1", "minori", 3, "sesso", "sesso.elenco")
    landing.quarantine("d1", "minori", 3, "data_nascita", "data_nascita.formato")
