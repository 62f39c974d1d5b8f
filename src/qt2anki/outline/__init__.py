"""Turn an answer into its outline: blocks, lists, steps, sections, the summary."""
