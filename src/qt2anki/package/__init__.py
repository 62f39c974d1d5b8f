"""Notes to Anki packages and back: note types, the writer, the reader, and files on disk."""
