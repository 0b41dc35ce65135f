"""Work done ahead: each item of a stream is made in a thread while the one before it is in use."""

from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

T = TypeVar("T")


def one_ahead(items: Iterable[T]) -> Iterator[T]:
    """The same items, one of them made beforehand; what making them raises is raised here.

    To be closed by who may leave it before its end: its thread has ended then.
    """
    source = iter(items)
    end = object()
    with ThreadPoolExecutor(1) as pool:
        following = pool.submit(next, source, end)
        while (item := following.result()) is not end:
            following = pool.submit(next, source, end)
            yield item
            del item  # not kept while the next one is waited for
