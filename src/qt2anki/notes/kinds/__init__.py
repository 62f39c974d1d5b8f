"""The kinds of notes: what each asks of an outline, and which of its sentences can answer."""
