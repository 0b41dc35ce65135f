"""The same content again, under the same name or another; corrections and full replacements."""

from delivered_samples import sample


def test_the_same_bytes_twice_change_nothing(office):
    office.write("reclami.csv", [sample("reclami"), sample("reclami", 1, gravita="?")])
    office.ingest()
    before = office.home.landing.read_bytes()
    outcome = office.outcomes()["reclami.csv"]
    assert (outcome.outcome, outcome.rows_read) == ("already_landed", 0)
    assert "già caricato il 15/01/2024" in outcome.message
    (office.folder / "reclami.csv").rename(office.folder / "reclami__di_nuovo.csv")
    assert office.outcomes()["reclami__di_nuovo.csv"].outcome == "already_landed"
    assert office.query("select count(*) from landing.reclami") == [(1,)]
    assert office.query("select count(*) from quarantine.rows") == [(1,)]
    assert len(before) == office.home.landing.stat().st_size


def test_the_same_bytes_under_two_names_in_one_folder(office):
    for name in ("reclami__a.csv", "reclami__b.csv"):
        office.write(name, [sample("reclami")])
    for name in ("spese__a.csv", "spese__b.csv"):
        office.write(name, b"codice_ente;importo\n108039;1\n")
    outcomes = office.outcomes()
    assert [outcomes[name].outcome for name in sorted(outcomes)] == [
        "landed",
        "already_landed",
        "refused",
        "refused",
    ]
    assert "Stesso contenuto di «reclami__a.csv»" in outcomes["reclami__b.csv"].message


def test_a_full_replacement_is_another_delivery_than_an_update(office):
    office.write("reclami.csv", [sample("reclami")])
    office.write("reclami__completa.csv", [sample("reclami")])
    assert {o.outcome for o in office.outcomes().values()} == {"landed"}
    assert office.query("select file_name, is_full_replacement from meta.deliveries order by 1") == [
        ("reclami.csv", False),
        ("reclami__completa.csv", True),
    ]


def test_a_correction_lands_beside_what_it_corrects(office):
    office.deliver("reclami.csv", [sample("reclami", gravita="alta"), sample("reclami", gravita="media")])
    office.deliver("reclami__2.csv", [sample("reclami", gravita="bassa")])
    assert office.query("select gravita, load_seq, source_row from landing.reclami order by 2, 3") == [
        ("alta", 1, 2),
        ("media", 1, 3),
        ("bassa", 2, 2),
    ]
