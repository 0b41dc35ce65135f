"""The gate between the landing and the release: suites, checkpoint, Data Docs and the verdict.

Great Expectations costs seconds to import: import `expectations.checkpoint` only where the checks run.
"""

import os

# Great Expectations reads this when a context is made. Nothing of ours is ever reported to anybody.
os.environ["GX_ANALYTICS_ENABLED"] = "false"
