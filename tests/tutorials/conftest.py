"""A reader with a folder, a folder for the exchange's data, and one for the registry's."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

import pytest

from exchange.store.embedded import temporary_home
from tests.docs.pages import page
from tests.support.reading import EXCHANGE, REGISTRY, Reader

Read = Callable[[str], AbstractContextManager[Reader]]


@pytest.fixture(scope="package")
def read(tmp_path_factory: pytest.TempPathFactory) -> Read:
    """Do everything that a page says; while the block is open, what it started goes on running."""

    @contextmanager
    def reading(path: str) -> Iterator[Reader]:
        with temporary_home() as data:
            places = {"~/carbon-tutorial": data, "~/carbon-registry": tmp_path_factory.mktemp("registry")}
            reader = Reader(tmp_path_factory.mktemp("reader"), places, (REGISTRY, EXCHANGE))
            try:
                reader.read(page(path))
                yield reader
            finally:
                reader.close_all()

    return reading
