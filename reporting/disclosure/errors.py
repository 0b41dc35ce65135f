"""Why tables could not leave, for the person who must act."""

from osservatorio.errors import EXIT_WITHHELD, UserError


class DisclosureError(UserError):
    """Tables that would give something away: nothing was written. The message says which cell, and from which tables."""

    exit_code = EXIT_WITHHELD
