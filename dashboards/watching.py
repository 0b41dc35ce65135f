"""The open page looks whether another release is in use, and offers it; the one on screen stays until then."""

import streamlit as st

from dashboards import source, warming
from dashboards.text import plain

# Seconds between two looks at the pointer.
EVERY = 20


def offer_another(shown: str) -> None:
    """A notice with a button while the release in use is not the one `shown`; nothing otherwise."""
    st.fragment(_offer, run_every=EVERY)(shown)


def _offer(shown: str) -> None:
    found = source.another_in_use(shown)
    if found is None:
        return
    release_id, is_later = found
    warming.of_release(release_id)
    what = (
        "È disponibile una pubblicazione più recente"
        if is_later
        else "È tornata in uso una pubblicazione precedente"
    )
    with st.container(key="novita", horizontal=True, vertical_alignment="center", gap="small"):
        st.info(
            plain(f"{what}: {release_id}. Questa pagina resta su {shown} finché non passi all'altra."),
            icon=":material/update:",
        )
        if st.button("Mostra l'altra pubblicazione", key="novita_mostra", type="primary"):
            source.take_latest()
            st.rerun(scope="app")
