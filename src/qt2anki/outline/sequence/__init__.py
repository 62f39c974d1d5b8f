"""Is a list a process? Evidence is read off the list and its surroundings, and weighed."""
