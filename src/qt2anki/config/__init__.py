"""Settings, from qt2anki.toml or [tool.qt2anki] in pyproject.toml.

Settings are read in one place and passed on as a value; nothing below asks for a file or for the
environment. Unknown keys are refused: a misspelled key that does nothing is worse.
"""

from qt2anki.config.load import Resolved, resolve_settings
from qt2anki.config.settings import PROFILES, Settings

__all__ = ["PROFILES", "Resolved", "Settings", "resolve_settings"]
