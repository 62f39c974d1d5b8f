"""From an answer to its outline: blocks, lists, steps, sections, the summary."""
