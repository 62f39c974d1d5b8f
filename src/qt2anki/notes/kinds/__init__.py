"""The kinds of notes: the questions that each makes from an outline, and their answers."""
