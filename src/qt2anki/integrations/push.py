"""Import packages into a running Anki through its add-on AnkiConnect.

Protocol: AnkiConnect's documentation, version 6 of its interface. A request is a POST of
``{"action", "version", "params", "key"}``; the answer is ``{"result", "error"}``, one of them null.
``requestPermission`` is the only action that needs no key.
"""

from __future__ import annotations

import base64
import contextlib
import http.client
import ipaddress
import json
import secrets
import socket
import threading
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterable, Iterator
from concurrent.futures import Future
from dataclasses import dataclass, replace
from pathlib import Path

from qt2anki.errors import PushError, refused

DEFAULT_URL = "http://127.0.0.1:8765"
_VERSION = 6  # of the interface; since 2018
_PATIENCE = 10.0  # seconds to reach the address at all
_MOST = 1 << 20  # bytes of an answer; real ones are a few words long
_UNKNOWN = "unsupported action"  # how the add-on's error for an unknown action begins


@dataclass(frozen=True, slots=True)
class Address:
    """Where AnkiConnect listens, and how to talk to it."""

    url: str = DEFAULT_URL
    key: str | None = None  # what the add-on's setting "apiKey" says
    timeout: float = 300.0  # seconds for a complete answer; an import answers when done

    @property
    def is_this_machine(self) -> bool:
        """Whether Anki can read our files by their paths."""
        host = urllib.parse.urlsplit(self.url).hostname or ""
        try:
            return host == "localhost" or ipaddress.ip_address(host).is_loopback
        except ValueError:
            return False

    def error(self, text: str, hint: str, package: Path | None = None) -> PushError:
        """Make an error about this address, and about a package."""
        place = f"{self.url}: {package.as_posix()}" if package else self.url
        return PushError(text, hint=hint, source=place)


def push(packages: Iterable[Path], address: Address, *, by_upload: bool) -> Iterator[Path]:
    """Import packages one by one, as *File > Import* would, and yield each when it is imported.

    *by_upload* sends the bytes through the collection's media folder and deletes them afterwards,
    for an Anki that cannot read our files.
    """
    _greet(address)
    for package in packages:
        try:
            if by_upload:
                _import_uploaded(package, address)
            else:
                _import(str(package.resolve()), package, address)
        except _Refused as error:
            raise _refusal(address, str(error), package) from error
        yield package


def _greet(address: Address) -> None:
    """Ask for permission; if Anki has to ask the user, it answers after that."""
    parts = urllib.parse.urlsplit(address.url)
    port = parts.port or (443 if parts.scheme == "https" else 80)
    patience = min(_PATIENCE, address.timeout)  # an import may be slow, a connection must not be
    try:
        socket.create_connection((parts.hostname or "", port), timeout=patience).close()
    except OSError as error:
        raise _not_there(address, error) from error
    try:
        answer = _call("requestPermission", {}, address)
    except _Refused as error:
        if not str(error).startswith(_UNKNOWN):
            raise _refusal(address, str(error)) from error
        raise address.error(*_TOO_OLD) from error
    if not isinstance(answer, dict):
        raise address.error(*_NOT_OURS)
    if answer.get("permission") != "granted":
        raise address.error(
            "Anki did not grant permission",
            "answer its question with Yes, or check webCorsOriginList and"
            " ignoreOriginList in the settings of AnkiConnect (Tools > Add-ons > Config)",
        )
    if not isinstance(answer.get("version"), int) or answer["version"] < _VERSION:
        raise address.error(*_TOO_OLD)
    if answer.get("requireApiKey") and not address.key:
        hint = 'pass the value of "apiKey" in its settings (Tools > Add-ons > Config) with --key'
        raise address.error("AnkiConnect requires a key", hint)


def _import_uploaded(package: Path, address: Address) -> None:
    """Put the file into the media folder, where Anki looks for a name without a path."""
    with refused("the package cannot be read", package):
        data = base64.b64encode(package.read_bytes()).decode("ascii")
    name = f"_qt2anki-{secrets.token_hex(8)}.apkg"  # Check Media ignores names with "_"
    try:
        stored = _call("storeMediaFile", {"filename": name, "data": data}, address)
        name = stored if isinstance(stored, str) else name
        _import(name, package, address)
    finally:
        with contextlib.suppress(_Refused, PushError):  # an earlier error is the one to report
            _call("deleteMediaFile", {"filename": name}, replace(address, timeout=_PATIENCE))


def _import(path: str, package: Path, address: Address) -> None:
    if _call("importPackage", {"path": path}, address) is not True:
        raise _refusal(address, "it does not say why", package)


class _Refused(Exception):  # noqa: N818  # never leaves this module
    """AnkiConnect has answered with an error."""


def _call(action: str, params: dict[str, str], address: Address) -> object:
    request = {"action": action, "version": _VERSION, "params": params}
    request |= {"key": address.key} if address.key else {}
    answer = _exchange(json.dumps(request).encode("utf-8"), address)
    if not isinstance(answer, dict) or not {"result", "error"} <= answer.keys():
        raise address.error(*_NOT_OURS)
    if answer["error"] is not None:
        raise _Refused(str(answer["error"]))
    return answer["result"]


def _exchange(data: bytes, address: Address) -> object:
    """Send a request and return the answer, which must be complete before the timeout."""
    answer = Future[object]()

    def ask() -> None:
        try:
            answer.set_result(_answer(data, address))
        except Exception as error:  # noqa: BLE001  # raised by the thread that waits
            answer.set_exception(error)

    # With a server that sends a byte now and then, a read never times out.
    threading.Thread(target=ask, daemon=True).start()
    try:
        return answer.result(address.timeout)
    except TimeoutError:
        raise _late(address) from None


def _answer(data: bytes, address: Address) -> object:
    request = urllib.request.Request(  # noqa: S310  # the command has checked the scheme
        address.url, data=data, headers={"Content-Type": "application/json"}
    )
    # Ignore proxies from the environment: Anki is on the local network.
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(request, timeout=address.timeout) as response:
            return json.loads(response.read(_MOST))
    except urllib.error.HTTPError as error:
        error.close()
        text = f"a server answers at this address, but with HTTP {error.code} {error.reason}"
        raise address.error(text, _NOT_OURS[1]) from error
    except TimeoutError as error:
        raise _late(address) from error
    except OSError as error:  # URLError, too
        is_late = isinstance(getattr(error, "reason", None), TimeoutError)
        raise (_late(address) if is_late else _not_there(address, error)) from error
    except (ValueError, RecursionError, http.client.HTTPException) as error:
        raise address.error(*_NOT_OURS) from error


_NOT_OURS = (
    "a server answers at this address, but it is not AnkiConnect",
    "pass the address of AnkiConnect with --url; Anki shows it under Tools > Add-ons",
)
_TOO_OLD = ("this AnkiConnect is too old", "update it in Anki: Tools > Add-ons > Check for Updates")


def _late(address: Address) -> PushError:
    return address.error(
        f"Anki has not answered within {address.timeout:g} s",
        "check whether a dialog in Anki is waiting for an answer; --timeout allows more time."
        " The import may still be running; importing again does no harm",
    )


def _not_there(address: Address, error: Exception) -> PushError:
    reason = error.reason if isinstance(error, urllib.error.URLError) else error
    text = reason.strerror if isinstance(reason, OSError) and reason.strerror else str(reason)
    return address.error(
        f"cannot reach Anki at this address ({text})",
        "start Anki, with the add-on AnkiConnect (code 2055492159) installed, or pass a"
        " different address with --url. Without the add-on: File > Import",
    )


def _refusal(address: Address, text: str, package: Path | None = None) -> PushError:
    if "api key" in text.casefold():
        text, hint = "AnkiConnect does not accept this key", "compare it with its apiKey setting"
    else:
        text, hint = f"Anki refuses: {text}", ""
        if package:
            hint = "if Anki cannot read files on this machine (it runs in a container or elsewhere)"
            hint += ", use --upload"
    return address.error(text, hint, package)
