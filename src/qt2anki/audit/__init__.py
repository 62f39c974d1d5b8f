"""Audit finished packages, without knowing how notes are made, to find faults in the gates, too."""
