"""Rebuild at every save, with a preview in the browser that follows.

Needs the library watchfiles (``qt2anki[watch]``); no other part of the program does.
"""
