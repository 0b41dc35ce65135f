"""Reports without exact counts of few persons: the one view of a period in which small figures are protected.

`protecting.protected_view` is the way in: a kind's own figures are read, protected, attacked and registered, and what
comes back holds protected tables only. Whoever is given its result (a recipe, a page) cannot reach an exact count.
"""
