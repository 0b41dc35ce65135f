"""The pack for the Assemblea dei Sindaci: what it reads, and the one view of a year in which small figures are protected.

`protecting.protected_year` is the way in: figures are read, protected, attacked and registered, and what comes back holds
protected tables only. Whoever is given its result (a recipe, a page) cannot reach an exact count of persons.
"""
