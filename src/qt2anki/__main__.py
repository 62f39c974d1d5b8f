"""Run the command line as ``python -m qt2anki``."""

from qt2anki.cli import main

if __name__ == "__main__":
    main(prog_name="qt2anki")
