"""Turn question-and-answer study pages into Anki decks."""

__version__ = "1.1.0"
