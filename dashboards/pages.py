"""The pages, in the order of a person's work: one question each."""

from dataclasses import dataclass
from pathlib import Path

FOLDER = Path(__file__).parent / "app_pages"


@dataclass(frozen=True)
class PageInfo:
    """A page of the dashboard; `name` is its file and its address. Where it `has_groups`, its sections stand in them."""

    name: str
    title: str
    question: str
    has_groups: bool = False

    @property
    def path(self) -> Path:
        return FOLDER / f"{self.name}.py"


# Only where a release is of many Ambiti, for who sees them all.
AMBITI = PageInfo(
    "ambiti",
    "Ambiti a confronto",
    "Come stanno gli Ambiti, uno accanto all'altro, e da dove vengono le cifre di ciascuno?",
)

PAGES: dict[str, PageInfo] = {
    page.name: page
    for page in (
        PageInfo(
            "panoramica",
            "Panoramica",
            "Come vanno i servizi, che cosa è cambiato e che cosa richiede attenzione?",
        ),
        PageInfo(
            "casistica", "Casistica per Comune", "Quanti minori sono in carico, dove e in quali servizi?"
        ),
        PageInfo(
            "profilo",
            "Profilo dei minori",
            "Chi sono i minori in carico, e come stanno cambiando?",
            has_groups=True,
        ),
        PageInfo(
            "utilizzo", "Utilizzo dei servizi", "Quanti interventi si fanno, di che tipo, e quanti saltano?"
        ),
        PageInfo(
            "incontri",
            "Incontri protetti e ADM",
            "Gli incontri protetti si tengono, e quanta educativa domiciliare arriva alle famiglie?",
            has_groups=True,
        ),
        PageInfo(
            "affidi",
            "Affidi",
            "Quanti minori sono in affido, di che tipo, per quanto tempo e con quale costo?",
        ),
        PageInfo(
            "strutture",
            "Strutture",
            "Quanti minori sono in struttura, per quanto tempo, con quale costo, e che cosa succede dopo?",
        ),
        PageInfo("risorse", "Risorse", "Quanto si è speso, rispetto a quanto è stato assegnato?"),
        PageInfo(
            "compartecipazione",
            "Compartecipazione",
            "Quanto devono e quanto versano le famiglie, e che cosa cambierebbe con altre soglie ISEE?",
            has_groups=True,
        ),
        PageInfo(
            "personale",
            "Personale",
            "Chi lavora nei servizi, per quante ore, e quante ne prevede la coprogettazione?",
        ),
        PageInfo(
            "reclami", "Reclami", "Quanti reclami arrivano, su che cosa, e in quanto tempo si risponde?"
        ),
        PageInfo(
            "soddisfazione", "Soddisfazione", "Che cosa pensano dei servizi le persone che hanno risposto?"
        ),
        PageInfo(
            "controlli", "Controlli", "Le prestazioni controllate sono conformi, e i rilievi si chiudono?"
        ),
        PageInfo(
            "regole",
            "Regole e scadenze",
            "Le regole sono rispettate, che cosa va rimediato, e che cosa scade?",
            has_groups=True,
        ),
        PageInfo(
            "governance",
            "Governance",
            "Gli organi di governo si incontrano, e quello che decidono si attua?",
        ),
        PageInfo(
            "qualita",
            "Qualità dei dati",
            "Quanto ci si può fidare di queste cifre, e che cosa c'è da correggere?",
        ),
        PageInfo(
            "rapporti",
            "Rapporti ed esportazioni",
            "Che cosa va consegnato, che cosa manca per completarlo, e dove si scaricano i documenti?",
        ),
        PageInfo(
            "protette",
            "Tavole protette",
            "Che cosa può vedere chi non ha diritto ai dati esatti: Assemblea dei Sindaci e organi di governo?",
        ),
        PageInfo(
            "rilasci",
            "Rilasci",
            "Quale pubblicazione si sta guardando, che cosa è cambiato dall'ultima, e da dove viene una cifra?",
            has_groups=True,
        ),
    )
}
