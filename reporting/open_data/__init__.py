"""Open data of a year: figures rounded together, the tables that come out of them, and their descriptions."""
