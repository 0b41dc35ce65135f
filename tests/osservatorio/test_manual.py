"""The manual tells of every command, and its links lead somewhere."""

import re
from pathlib import Path

import typer.main

from osservatorio.cli import app

MANUAL = Path(__file__).parent.parent.parent / "docs" / "manuale.md"
TEXT = MANUAL.read_text("utf-8")
# Shown by the main job, or told under the name of their group.
TOLD_OTHERWISE = {"osservatorio demo", "osservatorio generate"}


def commands(group, words: str = "osservatorio"):
    for name, command in group.commands.items():
        if hasattr(command, "commands"):
            yield from commands(command, f"{words} {name}")
        else:
            yield f"{words} {name}"


def test_every_command_is_in_the_manual():
    missing = [words for words in commands(typer.main.get_command(app)) if words not in TEXT]
    assert set(missing) <= TOLD_OTHERWISE


def test_every_link_leads_somewhere():
    titles = re.findall(r"^#+ (.*)$", TEXT, re.MULTILINE)
    anchors = {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}
    for target in re.findall(r"\]\(([^)]+)\)", TEXT):
        file, _, anchor = target.partition("#")
        if file:
            assert (MANUAL.parent / file).exists(), target
        else:
            assert anchor in anchors, target


def test_other_pages_lead_to_its_chapters():
    titles = re.findall(r"^#+ (.*)$", TEXT, re.MULTILINE)
    anchors = {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}
    for page in MANUAL.parent.glob("*.md"):
        for anchor in re.findall(r"manuale\.md#([^)]+)\)", page.read_text("utf-8")):
            assert anchor in anchors, (page.name, anchor)
