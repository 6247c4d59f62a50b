"""The release manifest: the SHA-256 of every file of the program and of the libraries it stands on.

``manifest.json`` lies in the package with the program's own files; ``libraries.json`` beside it holds the larger list and is named by its hash. Both are
made when the program is installed, after its byte-code was compiled, because altered byte-code runs as well as altered source does. A release is signed
(``manifest.sig``, Ed25519 over the bytes of the manifest) with a key whose public half the station's policy pins; a source tree carries an unsigned one.
"""

from __future__ import annotations

import compileall
import hashlib
import importlib.util
import json
import os
import re
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path
from typing import Any, Final

import jope
from jope.kernel.canonical import canonical_text
from jope.kernel.crypto.signing import SigningKey, VerifyingKey
from jope.kernel.store.migrations import schema_folder

FORMAT: Final = 1
MANIFEST: Final = "manifest.json"
SIGNATURE: Final = "manifest.sig"
LIBRARIES: Final = "libraries.json"
_OWN: Final = frozenset({MANIFEST, SIGNATURE, LIBRARIES})
_STARTERS: Final = ("sitecustomize.py", "usercustomize.py", "*.pth")
"""Files of a library folder that the interpreter runs by itself at start."""
_BYTE_CODE: Final = f".{sys.implementation.cache_tag}.pyc"
_NAME = re.compile(r"[A-Za-z0-9._-]+")

Files = Mapping[str, str]
"""Relative path with ``/`` -> SHA-256 in hex."""


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a release consists of. ``components`` by name (``jope``, ``jope_ui``, ``sql``, ...); ``libraries`` is the hash of the list of libraries."""

    version: str
    components: Mapping[str, Files]
    libraries: str


def home() -> Path:
    """Where the manifest lies: in the package, which is where the program is."""
    return Path(jope.__file__).resolve().parent


def component_folders() -> dict[str, Path]:
    """The folders of the program's own files. Parts that are not installed are left out; a manifest that names them finds them missing."""
    folders = {"jope": home()}
    for name in ("jope_ui", "jope_drivers"):
        spec = importlib.util.find_spec(name)
        if spec is not None and spec.submodule_search_locations:
            folders[name] = Path(next(iter(spec.submodule_search_locations))).resolve()
    sql = schema_folder()
    if not sql.is_relative_to(folders["jope"]):
        folders["sql"] = sql
    resources = home().parent / "resources"
    if "sql" in folders and resources.is_dir():
        folders["resources"] = resources
    return folders


def digest_of(path: str | os.PathLike[str]) -> str:
    """SHA-256 of a file in hex."""
    with open(path, "rb", buffering=0) as file:
        return hashlib.sha256(file.read()).hexdigest()


def files_of(folder: Path) -> Iterator[str]:
    """Every file below a folder that this interpreter may load or the program may read; byte-code of other interpreters is neither.

    Yields:
        Relative paths with ``/``. Plain texts: objects for each would double the time of a start's look at them.
    """
    top = str(folder)
    own = _OWN if folder == home() else frozenset()
    for where, _folders, names in os.walk(top):
        below = where[len(top) + 1 :].replace(os.sep, "/")
        for name in names:
            if name.endswith(".pyc") and not name.endswith(_BYTE_CODE):
                continue
            if below or name not in own:
                yield f"{below}/{name}" if below else name


def library_files() -> Iterator[tuple[str, Path]]:
    """The files of the installed libraries the program stands on, directly or through another, and what a library folder runs by itself at start.

    Yields:
        Relative path and path.
    """
    sites = set()
    for found in _closure("jope"):
        for entry in found.files or ():
            path = Path(str(found.locate_file(entry))).resolve()
            if ".." in entry.parts or not path.is_file():
                continue
            sites.add(Path(str(found.locate_file(""))).resolve())
            yield entry.as_posix(), path
            compiled = path.parent / "__pycache__" / f"{path.stem}{_BYTE_CODE}"
            if path.suffix == ".py" and compiled.is_file():
                yield (Path(entry).parent / "__pycache__" / compiled.name).as_posix(), compiled
    for site in sorted(sites):
        for pattern in _STARTERS:
            yield from ((path.name, path) for path in sorted(site.glob(pattern)))


def library_folder() -> Path:
    """Where the libraries are installed."""
    return Path(str(distribution("sqlalchemy").locate_file(""))).resolve()


def starters() -> set[str]:
    """The names of files in the library folder that the interpreter runs by itself at start."""
    return {path.name for pattern in _STARTERS for path in library_folder().glob(pattern)}


def digest_of_bytes(raw: bytes) -> str:
    """SHA-256 of bytes in hex."""
    return hashlib.sha256(raw).hexdigest()


def make(*, key: SigningKey | None = None) -> Path:
    """Compile the byte-code, then write manifest, list of libraries and, where a release key is given, the signature.

    Returns:
        The manifest's path.
    """
    folder = home()
    for root in component_folders().values():
        compileall.compile_dir(root, quiet=1)
    listed = {name: digest_of(path) for name, path in library_files()}
    libraries = canonical_text({"format": FORMAT, "files": listed}).encode()
    (folder / LIBRARIES).write_bytes(libraries)
    components = {
        name: {file: digest_of(os.path.join(root, file)) for file in sorted(files_of(root))} for name, root in component_folders().items()
    }
    content = {
        "format": FORMAT,
        "version": jope.__version__,
        "components": components,
        "libraries": digest_of_bytes(libraries),
    }
    text = canonical_text(content).encode()
    (folder / MANIFEST).write_bytes(text)
    signature = folder / SIGNATURE
    signature.unlink(missing_ok=True)
    if key is not None:
        signature.write_text(key.sign(text).hex(), "ascii")
    return folder / MANIFEST


def read(raw: bytes) -> Manifest:
    """Understand a manifest.

    Raises:
        ValueError: it is not one.
    """
    value = json.loads(raw)
    if not isinstance(value, dict) or value.get("format") != FORMAT:
        raise ValueError("not a manifest of this form")
    components = {str(name): _files(files) for name, files in value["components"].items()}
    return Manifest(str(value["version"]), components, str(value["libraries"]))


def read_libraries(raw: bytes) -> Files:
    """Understand a list of libraries.

    Raises:
        ValueError: it is not one.
    """
    value = json.loads(raw)
    if not isinstance(value, dict) or value.get("format") != FORMAT:
        raise ValueError("not a list of this form")
    return _files(value["files"])


def is_signed_by(raw: bytes, signature: str, public_hex: str) -> bool:
    """Whether the manifest carries the release key's signature."""
    try:
        return VerifyingKey(bytes.fromhex(public_hex)).accepts(bytes.fromhex(signature), raw)
    except ValueError:
        return False


def _files(value: Any) -> Files:
    if not isinstance(value, dict) or not all(isinstance(name, str) and isinstance(digest, str) for name, digest in value.items()):
        raise ValueError("not a list of files")
    return value


def _closure(root: str) -> Iterator[Distribution]:
    """The installed distributions that ``root`` needs, without itself."""
    waiting, seen = [root], set[str]()
    while waiting:
        name = waiting.pop()
        if name in seen:
            continue
        seen.add(name)
        try:
            found = distribution(name)
        except PackageNotFoundError:
            continue  # needed on another platform only; what is missing here is not loaded here
        if name != root:
            yield found
        for requirement in found.requires or ():
            match = _NAME.match(requirement)
            if match is not None and "extra ==" not in requirement:
                waiting.append(match.group().lower().replace("_", "-"))
