"""A build again at every save, and a preview that follows it in the browser.

Needs the library watchfiles (``qt2anki[watch]``); nothing else of the program does.
"""
