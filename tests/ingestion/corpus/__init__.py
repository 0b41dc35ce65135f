"""Bad deliveries as offices send them: a builder for each case, with what must become of it and its Italian lines.

Each `of_…` holds the cases of one group. The
page `docs/casi_difficili.md` is made from them (`python -m corpus.page`), and so are the tests.
"""
