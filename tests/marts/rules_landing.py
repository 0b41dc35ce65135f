"""A landing drawn at random around the edges of the rules: a body that records little, corrections, late versions."""

from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from random import Random
from typing import Any

from dbt_landings import Landing

BODIES = ("108005", "108024", "108039")
SILENT = "108018"  # a body that never fills an optional column
EARLIER, LATER = date(2022, 6, 30), date(2022, 12, 31)  # LATER: after the reference date of the build
SEED = 20220630


class _Draw:
    def __init__(self, folder: Path) -> None:
        self.landing = Landing(folder)
        self.random = Random(SEED)
        self.spells: list[tuple[str, str, str, str, date]] = []  # body, minor, spell, service, opening
        self.measures = 0

    def body(self) -> str:
        return self.random.choice((*BODIES, SILENT))

    def day(self, start: date, days: int) -> date:
        return start + timedelta(days=self.random.randint(0, days))

    def near(self, day: date, days: int) -> date:
        return day + timedelta(days=self.random.randint(-days, days))

    def maybe(self, value: Any, share: float = 0.8) -> Any:
        return value if self.random.random() < share else None

    def add(self, extract: str, body: str, optional: dict[str, Any] | None = None, **values: Any) -> None:
        """A record; sometimes with an older version that differs, a later one that does not count yet, withdrawn."""
        filled = {} if body == SILENT else optional or {}
        if body == "108039" and self.random.random() < 0.5:
            values["comune_riferimento"] = self.random.choice(BODIES[:2])
        if self.random.random() < 0.1:
            self.landing.add(extract, body, data_estrazione=EARLIER, load_seq=3, **values)
        if self.random.random() < 0.04:
            values["stato_record"] = "annullato"
        self.landing.add(extract, body, **values, **filled)
        if self.random.random() < 0.05:
            self.landing.add(
                extract, body, data_estrazione=LATER, load_seq=4, **values | {"stato_record": "annullato"}
            )

    def measure(self, body: str, minor: str, day: date) -> None:
        self.measures += 1
        self.add(
            "provvedimenti",
            body,
            id_provvedimento=f"v{self.measures}",
            id_minore=minor,
            autorita="tribunale_minorenni",
            data_provvedimento=day,
        )


def random_landing(folder: Path) -> Path:
    """The path of a landing of about 3,000 records, always the same."""
    draw = _Draw(folder)
    people = _minors_and_spells(draw)
    _measures_and_reports(draw, people)
    _staff(draw)
    _acts_and_projects(draw)
    _placements(draw)
    _contributions(draw)
    _quality(draw)
    return draw.landing.close()


def _minors_and_spells(draw: _Draw) -> list[tuple[str, str]]:
    people = []
    for number in range(160):
        body, code = draw.body(), f"m{number}"
        birth = draw.random.choice(
            [date(2004, 2, 29), draw.near(date(2004, 11, 15), 3), draw.day(date(2003, 1, 1), 6000)]
        )
        draw.add(
            "minori",
            body,
            {"codice_fiscale": draw.maybe(f"cf{number // 2}", 0.4)},
            id_minore=code,
            data_nascita=birth,
            sesso="F",
            cittadinanza="italiana",
            comune_residenza=draw.maybe(draw.random.choice((*BODIES, body, body, "015146")), 0.85),
            minore_straniero_non_accompagnato=draw.random.random() < 0.15,
        )
        people.append((body, code))
    for number in range(500):
        body, minor = draw.random.choice(people)
        service = draw.random.choice(("adm", "spazio_neutro", "affidi", "strutture", "equipe_tutela"))
        opened = draw.day(date(2020, 1, 1), 900)
        draw.add(
            "prese_in_carico",
            body,
            id_presa_in_carico=f"p{number}",
            id_minore=minor,
            codice_servizio=service,
            data_apertura=opened,
        )
        draw.spells.append((body, minor, f"p{number}", service, opened))
        if service == "adm" and draw.random.random() < 0.4:
            draw.landing.add(
                "spese",
                body,
                id_spesa=f"s{number}",
                data_competenza=opened,
                codice_servizio="adm",
                voce="altro",
                importo=Decimal(draw.random.choice((-50, 50))),
                fonte=draw.random.choice(("comuni", "partner")),
                id_presa_in_carico=f"p{number}",
            )
    return people


def _measures_and_reports(draw: _Draw, people: list[tuple[str, str]]) -> None:
    for _ in range(60):
        body, minor = draw.random.choice(people)
        if body != SILENT:
            draw.measure(body, minor, draw.day(date(2019, 6, 1), 1200))
    for number in range(150):
        body, minor = draw.random.choice(people)
        due = draw.near(date(2022, 11, 15), draw.random.choice((1, 60)))
        sent = draw.maybe(draw.near(due, 2), 0.6)
        draw.add(
            "relazioni_ag",
            body,
            {"data_invio": sent},
            id_relazione=f"r{number}",
            id_minore=minor,
            data_scadenza=due,
        )


def _staff(draw: _Draw) -> None:
    profiles = ("assistente_sociale", "psicologo", "psicologo_psicoterapeuta", "educatore")
    for number in range(90):
        began = draw.random.choice((date(2022, 11, 16), draw.day(date(2019, 1, 1), 1200)))
        flag = lambda: draw.maybe(draw.random.random() < 0.6)  # noqa: E731
        draw.add(
            "operatori",
            draw.body(),
            {
                "titolo_educativo": flag(),
                "anni_esperienza_tutela": draw.maybe(
                    Decimal(draw.random.choice(("1.9", "2", "4.9", "5", "9")))
                ),
                "benestare_deroga": flag(),
                "curriculum_aggiornato_il": draw.maybe(draw.near(date(2021, 11, 15), 3)),
            },
            id_operatore=f"o{number}",
            profilo=draw.random.choice(profiles),
            datore=draw.random.choice(("partner", "partner", "comune")),
            iscrizione_albo=draw.random.random() < 0.8,
            data_inizio=began,
            data_fine=draw.maybe(max(began, draw.near(date(2022, 11, 15), 2)), 0.3),
        )
    for month in [date(2021, number, 1) for number in range(9, 13)] + [
        date(2022, number, 1) for number in range(1, 12)
    ]:
        for service, weekly in (("direzione", 32), ("amministrativi", 36), ("adm", 40)):
            draw.landing.add(
                "ore_operatori",
                "108039",
                id_operatore=f"o{draw.random.randint(0, 89)}",
                mese=month,
                codice_servizio=service,
                ore=Decimal(weekly * 6 if month.year == 2021 else weekly * 5 - month.month * 12),
            )


def _acts_and_projects(draw: _Draw) -> None:
    for number, (body, minor, spell, service, opened) in enumerate(draw.spells):
        kind = {"adm": "accesso_adm", "spazio_neutro": "incontro_protetto"}.get(service)
        first = draw.day(opened, 40)
        if kind == "incontro_protetto" and body != SILENT:
            draw.measure(body, minor, draw.near(first, 1))
        for turn in range(draw.random.randint(0, 4) if kind else 0):
            draw.add(
                "interventi",
                body,
                {"id_operatore": draw.maybe(f"o{draw.random.randint(0, 95)}")},
                id_intervento=f"i{number}-{turn}",
                id_presa_in_carico=spell,
                tipo=kind,
                data_intervento=draw.day(first, 40) if turn else first,
                durata_minuti=draw.random.choice((60, 149, 150, 151, 200)),
                esito=draw.random.choice(("svolto", "svolto", "svolto", "assente", "interrotto")),
            )
        for turn in range(draw.random.choice((0, 1, 1, 2))):
            signed = draw.maybe(draw.day(opened, 30))
            draw.add(
                "progetti",
                body,
                {
                    "data_firma": signed,
                    "data_inizio": draw.maybe(opened, 0.95),
                    "data_fine_prevista": draw.maybe(opened + timedelta(days=180), 0.95),
                    "frequenza_settimanale": draw.maybe(Decimal(2), 0.95),
                    "costo_presunto": draw.maybe(Decimal(500), 0.95),
                },
                id_progetto=f"g{number}-{turn}",
                id_presa_in_carico=spell,
                tipo="intervento",
                data_progetto=opened,
            )


def _placements(draw: _Draw) -> None:
    for number, (body, minor, spell, service, _) in enumerate(draw.spells):
        if service not in ("affidi", "strutture"):
            continue
        began = draw.random.choice(
            (
                date(2020, 2, 29),
                date(2022, 11, 16),
                draw.near(date(2020, 11, 15), 2),
                draw.near(date(2022, 10, 16), 1),
                draw.day(date(2020, 1, 1), 900),
            )
        )
        two_years = date(began.year + 2, began.month, min(began.day, 28))
        if service == "strutture" and body != SILENT:
            draw.measure(body, minor, began + timedelta(days=draw.random.choice((-366, -365, 0, 15, 16))))
        ended = draw.maybe(
            draw.random.choice((draw.near(two_years, 1), draw.near(date(2022, 11, 15), 5))), 0.5
        )
        shared = {
            "id_presa_in_carico": spell,
            "data_inizio": began,
            "data_fine": max(began, ended) if ended else None,
            "prosieguo_amministrativo": draw.random.random() < 0.2,
        }
        if service == "affidi":
            draw.add(
                "affidi",
                body,
                {
                    "data_patto": draw.maybe(draw.near(began, 1)),
                    "data_ratifica_giudice_tutelare": draw.maybe(draw.day(began, 60)),
                    "copertura_assicurativa": draw.maybe(draw.random.random() < 0.7),
                },
                id_affido=f"a{number}",
                forma=draw.random.choice(("consensuale", "giudiziale")),
                collocazione=draw.random.choice(("etero_familiare", "intra_familiare")),
                intensita="residenziale",
                **shared,
            )
        else:
            draw.add(
                "inserimenti",
                body,
                {
                    "data_progetto_personalizzato": draw.maybe(
                        began + timedelta(days=draw.random.randint(28, 32))
                    ),
                    "autorizzazione_struttura": draw.maybe(draw.random.random() < 0.7),
                },
                id_inserimento=f"n{number}",
                id_struttura="s1",
                tipo_struttura="residenziale",
                titolo=draw.random.choice(("consenso", "provvedimento_ag", "art_403")),
                retta_giornaliera=Decimal(80),
                **shared,
            )


def _contributions(draw: _Draw) -> None:
    prices = {
        "adm": (0, "10.37"),
        "incontri_protetti": (0, "18"),
        "affido": (30, "220"),
        "struttura": (2, "17.13"),
    }
    for body in BODIES:
        for year in (2021, 2022):
            for service, (least, most) in prices.items():
                if (body, year, service) == ("108024", 2021, "struttura"):
                    continue
                draw.landing.add(
                    "tariffe",
                    body,
                    anno=year,
                    prestazione=service,
                    unita="ora",
                    isee_iniziale=Decimal(5000),
                    isee_finale=Decimal(25000),
                    quota_minima=Decimal(least),
                    contribuzione_massima=Decimal(most),
                )
    for number in range(400):
        body, _, spell, *_ = draw.random.choice(draw.spells)
        service = draw.random.choice(list(prices))
        least, most = Decimal(prices[service][0]), Decimal(prices[service][1])
        isee = draw.maybe(Decimal(draw.random.choice((4999, 5000, 12345, 15000, 24999, 25000, 30000))), 0.9)
        exact = most if isee is None or isee >= 25000 else least + (isee - 5000) * (most - least) / 20000
        further = draw.random.choice((1, 1, 2, 3))
        owed = Decimal(0) if isee is not None and isee < 5000 else exact
        if service == "struttura" and further > 1 and draw.random.random() < 0.8:
            owed *= Decimal("0.75")
        charged = owed.quantize(Decimal("0.01")) + draw.random.choice(
            (0, 0, Decimal("0.01"), Decimal("0.02"))
        )
        draw.add(
            "compartecipazioni",
            body,
            id_compartecipazione=f"c{number}",
            id_presa_in_carico=spell,
            prestazione=service,
            mese=date(draw.random.choice((2021, 2022)), draw.random.randint(1, 10), 1),
            obbligato="genitore_1",
            isee=isee,
            ordine_figlio=further,
            quantita=Decimal(1),
            quota_unitaria=charged,
            importo_dovuto=charged,
            importo_versato=charged,
            deroga=draw.random.random() < 0.1,
        )


def _quality(draw: _Draw) -> None:
    for number in range(120):
        received = draw.near(date(2022, 10, 16), draw.random.choice((2, 100)))
        answered = draw.maybe(received + timedelta(days=draw.random.randint(28, 32)), 0.6)
        draw.add(
            "reclami",
            draw.body(),
            id_reclamo=f"k{number}",
            data_ricezione=received,
            data_risposta=answered,
            codice_servizio="adm",
            categoria="tempi",
            gravita="media",
            esito="accolto" if answered else "in_corso",
        )
    sessions = (
        (date(2020, 3, 1), "supervisione_clinica", 24),
        (date(2020, 4, 1), "supervisione_metodologica", 24),
        (date(2020, 5, 1), "supervisione_clinica", 2),
        (date(2020, 5, 2), "formazione", 8),
        (date(2021, 3, 1), "supervisione_clinica", 24),
        (date(2021, 4, 1), "formazione", 24),
        (date(2022, 3, 1), "supervisione_clinica", 24),
    )
    for number, (day, kind, hours) in enumerate(sessions):
        draw.landing.add(
            "formazione", "108039", id_sessione=f"f{number}", data_sessione=day, tipo=kind, ore=Decimal(hours)
        )
    months = [date(2021, number, 5) for number in (*range(1, 7), 7, 8, 10, 11, 12)]
    for number, day in enumerate([*months, *(date(2022, number, 28) for number in (7, 8, 9, 10))]):
        draw.landing.add("riunioni", "108039", id_riunione=f"t{number}", livello="tecnico", data_riunione=day)
    draw.landing.add(
        "riunioni", "108039", id_riunione="g", livello="governance", data_riunione=date(2021, 9, 1)
    )
