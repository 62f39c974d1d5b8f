"""A place to run the shell commands of examples and guides: this program, and no network.

What would need a network or rights on the machine is a stand-in that writes down what it was asked.
"""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).parent.parent
_NOTE = 'printf "%s\\n" "${0##*/} $*" >> {log}\n'
_STAND_INS = ("pip", "systemctl", "useradd", "chown", "crontab")
_GH = """\
import os, shutil, sys
from pathlib import Path

# The three commands of GitHub's own gh that the workflow uses, on a folder of releases.
store = Path({store!r})
match sys.argv[1:]:
    case ["release", "list", "--limit", _, "--json", "tagName", "--jq", ".[].tagName"]:
        tags = sorted((path.name for path in store.iterdir()), reverse=True)
        print("".join(f"{{tag}}\\n" for tag in tags), end="")
    case ["release", "download", tag, "--pattern", name]:
        shutil.copy(store / tag / name, name)
    case ["release", "create", tag, "--title", title, "--notes-file", notes, *assets]:
        release = store / tag
        release.mkdir()
        (release / "NOTES").write_text(f"{{title}}\\n{{Path(notes).read_text()}}")
        for asset in assets:
            assert not (release / Path(asset).name).exists(), asset
            shutil.copy(asset, release)
    case other:
        sys.exit(f"not a command of this stand-in: {{other}}")
"""


@dataclass
class Shell:
    """A folder with its own commands on the path, and replacements of the machine's folders."""

    folder: Path
    places: dict[str, str] = field(default_factory=dict)

    @property
    def bin(self) -> Path:
        return self.folder / "bin"

    @property
    def releases(self) -> Path:
        return self.folder / "releases"

    @property
    def asked(self) -> list[str]:
        """The commands that the stand-ins received."""
        log = self.folder / "asked"
        return log.read_text(encoding="utf-8").splitlines() if log.exists() else []

    def set_up(self) -> None:
        for each in (self.bin, self.releases):
            each.mkdir(parents=True)
        python = shlex.quote(sys.executable)
        self.command("qt2anki", f'exec {python} -m qt2anki "$@"\n')
        (self.folder / "gh.py").write_text(_GH.format(store=str(self.releases)), encoding="utf-8")
        self.command("gh", f'exec {python} {shlex.quote(str(self.folder / "gh.py"))} "$@"\n')
        log = shlex.quote(str(self.folder / "asked"))
        for name in _STAND_INS:
            self.command(name, _NOTE.replace("{log}", log))

    def command(self, name: str, text: str) -> None:
        path = self.bin / name
        path.write_text(f"#!/usr/bin/env bash\n{text}", encoding="utf-8")
        path.chmod(0o755)

    def placed(self, text: str) -> str:
        """Put folders of ours where *text* names those of a machine."""
        for name, place in self.places.items():
            text = text.replace(name, place)
        return text

    def run(
        self,
        text: str,
        *,
        cwd: Path,
        variables: Mapping[str, str] | None = None,
    ) -> subprocess.CompletedProcess[str]:
        """Run *text* as GitHub's runners do: bash, stopping at the first command that fails."""
        paths = [str(self.bin), os.environ["PATH"]]
        source = str(ROOT / "src")
        environment = os.environ | {
            "PATH": os.pathsep.join(paths),
            "PYTHONPATH": os.pathsep.join([source, os.environ.get("PYTHONPATH", "")]),
            "TERM": "dumb",
            **(variables or {}),
        }
        return subprocess.run(  # noqa: S603  # files of this project
            ["/usr/bin/env", "bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", text],
            cwd=cwd,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=300,
        )
