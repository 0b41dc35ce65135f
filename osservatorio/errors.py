"""Errors that end a command, with the message for the person who must act."""

EXIT_DONE = 0
EXIT_WITHHELD = 1
EXIT_USAGE = 2


class UserError(Exception):
    """Bad usage or bad input: one Italian sentence that says what happened and what to do.

    The command line prints the message alone, without a traceback, and ends with exit code 2.
    """

    exit_code = EXIT_USAGE

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class StageError(Exception):
    """A stage failed for a reason of ours (a test of the warehouse, a crashed check): nothing is published."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message
