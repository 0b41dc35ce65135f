"""Colours, type and server options: the one home of how the dashboard looks and behaves."""

from typing import Any

# Bootstrap Italia, the palette of the Italian public administration.
PRIMARY = "#0066CC"
TEXT = "#1A1A1A"
SUCCESS = "#008055"
WARNING = "#995C00"
DANGER = "#CC334D"
MUTED = "#5C6F82"
GRID = "#E3E7EB"
PALE = "#99C2EB"
BACKGROUND = "#FFFFFF"
SOFT = "#F2F7FC"

# Series, in order of use: told apart with every common colour blindness and never the only cue (labels are direct).
SERIES = (PRIMARY, WARNING, SUCCESS, "#7A4DB3", MUTED, DANGER)

# Categories with an order, from less to more.
ORDERED = (PALE, PRIMARY, "#17324D")

FONT = "Titillium Web, sans-serif"

# Options of the Streamlit server. Set here and not in a file, so that no stray configuration changes them.
OPTIONS: dict[str, Any] = {
    "browser.gatherUsageStats": False,
    "client.disableDataExport": True,
    "client.showErrorDetails": "none",
    "client.showErrorLinks": False,
    "client.toolbarMode": "minimal",
    "logger.hideWelcomeMessage": True,
    "runner.magicEnabled": False,
    # After each run Streamlit would look through all the memory, which takes longer than most pages (see `warming`).
    "runner.postScriptGC": False,
    "server.enableAgentApi": False,
    "server.enableStaticServing": False,
    "server.fileWatcherType": "none",
    "server.headless": True,
    "server.runOnSave": False,
    "server.showEmailPrompt": False,
    "theme.base": "light",
    "theme.primaryColor": PRIMARY,
    "theme.backgroundColor": BACKGROUND,
    "theme.secondaryBackgroundColor": SOFT,
    "theme.textColor": TEXT,
    "theme.linkColor": PRIMARY,
    "theme.borderColor": "#C5D3E0",
    "theme.greenColor": SUCCESS,
    "theme.orangeColor": WARNING,
    "theme.redColor": DANGER,
    "theme.blueColor": PRIMARY,
    "theme.grayColor": MUTED,
    "theme.baseRadius": "4px",
    "theme.showWidgetBorder": True,
    "theme.font": FONT,
    "theme.headingFont": FONT,
    "theme.headingFontSizes": ["2rem", "1.1875rem", "1.125rem", "1rem", "1rem", "1rem"],
    "theme.headingFontWeights": [700, 600, 600, 600, 600, 600],
    "theme.metricValueFontSize": "1.875rem",
    "theme.metricValueFontWeight": 700,
    "theme.sidebar.backgroundColor": SOFT,
}
