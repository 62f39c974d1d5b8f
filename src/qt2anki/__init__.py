"""Turn question-and-answer study pages into Anki decks."""

__version__ = "2.1.0"
