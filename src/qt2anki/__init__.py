"""Turn question-and-answer study pages into Anki decks."""

__version__ = "2.0.0"
