"""A reader with a folder, a folder for the exchange's data, and one for the registry's."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Final

import pytest

from exchange.store.embedded import temporary_home
from tests.docs.pages import page
from tests.support.reading import EXCHANGE, REGISTRY, Reader

EXCHANGES: Final = ("~/carbon-tutorial", "~/buyer-exchange")
REGISTRIES: Final = ("~/carbon-registry", "~/buyer-registry")
"""The folders that the pages name, of the exchange and of the registry: each page has its own."""

Read = Callable[[str], AbstractContextManager[Reader]]


@pytest.fixture(scope="package")
def read(tmp_path_factory: pytest.TempPathFactory) -> Read:
    """Do everything that a page says; while the block is open, what it started goes on running."""

    @contextmanager
    def reading(path: str) -> Iterator[Reader]:
        with temporary_home() as data:
            registry = tmp_path_factory.mktemp("registry")
            places = dict.fromkeys(EXCHANGES, data) | dict.fromkeys(REGISTRIES, registry)
            reader = Reader(tmp_path_factory.mktemp("reader"), places, (REGISTRY, EXCHANGE))
            try:
                reader.read(page(path))
                yield reader
            finally:
                reader.close_all()

    return reading


def left_behind(reader: Reader) -> set[str]:
    """The files that a page has made in the reader's folder, without what the terminals showed."""
    return {path.name for path in reader.folder.iterdir() if path.is_file() and path.suffix != ".log"}


def cleaned_up(path: str) -> set[str]:
    """The files that a page tells its reader to remove at its end."""
    lines = [line for block in page(path).blocks("text") for line in block.lines]
    return {name for line in lines if line.startswith("rm -f ") for name in line.split()[2:]}
