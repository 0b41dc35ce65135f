"""The mark before decimals: only a file that has the point there, and numbers that can be misread, is refused."""

import pytest
from delivered_samples import sample


@pytest.mark.parametrize(
    ("amounts", "outcome"),
    [
        (["1,234", "12.50"], "refused"),
        (["-1,234", "1,234.56"], "refused"),
        (["1,234", "1,234,567"], "refused"),
        (["1,234", "0.125"], "refused"),
        (["1,234", "1234.567"], "refused"),
        (["1,234", "12.50", "7,5"], "landed"),  # a point among Italian numbers
        (["1,234", "12.50", "1.234,567"], "landed"),
        (["1,234", "1.234", "12"], "landed"),  # the point itself is ambiguous, and set aside
        (["1,234", "1,23.4"], "landed"),
        (["12.50", "1,234.56"], "landed"),  # nothing that could be misread
        (["1,234", "12", "31.12.2022"], "landed"),
    ],
)
@pytest.mark.parametrize("batch_bytes", [1 << 20, 200])
def test_the_mark_is_told_by_the_whole_column(office, amounts, outcome, batch_bytes):
    office.write(
        "spese.csv", [sample("spese", n, importo=amount) for n, amount in enumerate([*amounts, *["1"] * 9])]
    )
    found = office.outcomes(batch_bytes=batch_bytes)["spese.csv"]
    assert found.outcome == outcome
    if outcome == "refused":
        assert f"«{amounts[0]}»" in found.message
        assert f"«{amounts[1]}»" in found.message
        assert office.query("select count(*) from landing.spese") == [(0,)]


def test_other_columns_say_nothing(office):
    """Each column has its own mark; whole numbers with a comma are set aside by themselves."""
    rows = [sample("spese", 0, importo="1,234"), sample("spese", 1, importo_impegnato="12.50")]
    assert office.deliver("spese.csv", rows).accepted == 2
    assert office.deliver("riunioni.csv", [sample("riunioni", 0, partecipanti="1,234")]).quarantined == 1
