"""Other programs: a running Anki, text files, Dask."""
