"""Check of how people come into the dashboard: the settings, the list of the people, the secret of the provider."""

from collections import Counter
from collections.abc import Iterator
from importlib.util import find_spec

from osservatorio.access.people import people_path, read_people
from osservatorio.access.roles import LABELS
from osservatorio.access.secrets import read_client_secret
from osservatorio.access.sign_in import EMAIL, sign_in_of
from osservatorio.doctor import Answer, Check, Patient
from osservatorio.italian import join_words, number


def check_access(patient: Patient) -> Iterator[Answer]:
    """Who may come in is configured whole, or not at all. Nothing is asked of the provider: the check needs no network."""
    home = patient.home
    if not home.root.is_dir():
        return
    people = read_people(home)
    how = sign_in_of(home)
    if how is None:
        if people.scopes:
            yield (
                "avviso",
                f"C'è un elenco degli accessi «{people_path(home)}», ma l'accesso non è configurato: non vale.",
                "Configura la sezione [accesso] di «impostazioni.toml», oppure togli l'elenco.",
            )
        else:
            yield "ok", "Accesso non configurato: il cruscotto risponde solo da questo computer.", None
        return
    read_client_secret(home)
    missing = [name for name in ("authlib", "httpx") if find_spec(name) is None]
    if missing:
        yield (
            "errore",
            f"Per l'accesso mancano le librerie {join_words(missing)}.",
            "Reinstalla Osservatorio con le sue librerie.",
        )
        return
    counts = Counter(scope.role for scope in people.scopes.values())
    listed = [f"{LABELS[role]} {number(count)}" for role, count in counts.items()]
    told = f"Nell'elenco degli accessi: {join_words(listed)}." if listed else "I ruoli li dà il fornitore."
    yield "ok", f"Si accede da {how.address}, con {how.provider}. {told}", None
    if how.person == EMAIL and not all("@" in person for person in people.scopes):
        yield (
            "avviso",
            f"Nell'elenco degli accessi «{people_path(home)}» ci sono persone senza indirizzo di posta.",
            "Scrivi il loro indirizzo, oppure in [accesso] il nome dell'attributo «persona» che le distingue.",
        )


CHECKS: dict[str, Check] = {"Accesso al cruscotto": check_access}
