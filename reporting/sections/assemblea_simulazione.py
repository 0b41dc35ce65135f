"""La simulazione delle soglie ISEE, for the Assembly: what each scenario would bring, where the release has one."""

from reporting.assembly.context import AssemblyContext
from reporting.model import Block


def simulazione(context: AssemblyContext) -> tuple[Block, ...]:
    """The blocks on the scenarios of next year's thresholds; none where the release has no simulation."""
    return ()
