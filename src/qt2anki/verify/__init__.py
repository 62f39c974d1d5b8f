"""An import rehearsed in real Anki, in a collection that is thrown away afterwards.

Needs the ``anki`` wheel (``qt2anki[verify]``); nothing else of the program does.
"""
