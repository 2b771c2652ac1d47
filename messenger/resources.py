"""Finds the data files in assets/: in a checkout beside the package, in a wheel inside it."""

from __future__ import annotations

from functools import cache
from pathlib import Path


@cache
def root() -> Path:
    """The folder of the assets. Raises `FileNotFoundError` when the installation is broken."""
    here = Path(__file__).resolve().parent
    for place in (here / "assets", here.parent / "assets"):
        if place.is_dir():
            return place
    raise FileNotFoundError("assets")


def path(name: str) -> Path:
    """The path of an asset, such as ``icons/send.svg``. Raises `ValueError` for a name that leaves the folder."""
    place = (root() / name).resolve()
    if not place.is_relative_to(root()):
        raise ValueError("asset outside its folder")
    return place


def read(name: str) -> bytes:
    """The bytes of an asset. Raises `FileNotFoundError`."""
    return path(name).read_bytes()


def names(folder: str, suffix: str = ".json") -> list[str]:
    """The sorted names (``folder/file``) of a folder's assets that end in `suffix`."""
    return sorted(f"{folder}/{one.name}" for one in path(folder).glob(f"*{suffix}") if one.is_file())
