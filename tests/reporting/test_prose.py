"""The check of the sentences finds what it must and lets right ones pass."""

import pytest
from prose import faults


@pytest.mark.parametrize(
    "text",
    [
        "I minori sono None.",
        "La quota è nan.",
        "Le ore sono –.",
        "Versati – su 12.",
        "La variazione è −0,0.",
        "La quota è il 8,0%.",
        "Pari al 11,5%.",
        "Rispetto al anno 2021.",
        "Nel Ambito la quota è alta.",
        "Rispetto all'primo semestre 2021.",
        "È arrivato 1 reclami.",
        "Sono arrivati 12 reclamo.",
        "La somma  è 12.",
        "La somma è 12 .",
        "La somma è 12..",
        "La somma () è 12.",
        "La somma (12 è alta.",
        "la somma è 12.",
        "La somma è 12",
        "Conformi {part}.",
        "",
    ],
)
def test_faults_are_found(text):
    assert faults(text)


@pytest.mark.parametrize(
    "text",
    [
        "Nel 2021 erano 18; nel 2022 sono 17 (numeri piccoli).",
        "Rispetto all'anno 2021 la quota è dell'89,8%: pari all'11% di tutti.",
        "Dal 63,3% al 67,5%, nel 1.000 e nel 180.",
        "È arrivato 1 reclamo, contro 12 reclami.",
        "Percorso di coprogettazione «Ambito di Seregno» – Servizi per la tutela minori.",
        "Cala dell'1,2% (era il 12%); −0,4 punti.",
        "Al 31/12/2023 ne risultano spesi 1.234,50 €, di cui 12 per ore.",
    ],
)
def test_right_sentences_pass(text):
    assert not faults(text)
