"""Audit finished packages: read them, render their cards, and measure them.

Nothing here knows how notes are made. Of the generator's modules, only the word helpers are used,
so that the audit can find faults in the gates.
"""
