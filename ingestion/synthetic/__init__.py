"""Synthetic deliveries: the Ambito as its offices would send it, for demonstrations, tests and load.

`sql/` holds the model: minors, spells, staff, acts, placements, money, quality, in the order of the file names, and in
`sql/extracts/` one query per extract. The Python modules bring the facts in (`facts`), spoil some rows (`spoil`) and
write the files in the manner of each office (`senders`, `writers`). `generate` is the way in.
"""
