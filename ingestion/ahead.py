"""Work done ahead: items of a stream are made in a thread while those before them are in use."""

from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

T = TypeVar("T")

_END = object()


class Ahead(Iterator[T]):
    """The same items, up to `depth` of them made beforehand; the first is begun at once.

    `was_ready`: all that may be made beforehand was there when the last item was taken, so that its thread had nothing
    to do. What making an item raises is raised where it would have come. To be closed by who may leave it before its end: its
    thread has ended then.
    """

    def __init__(self, items: Iterable[T], depth: int = 1) -> None:
        self._source = iter(items)
        self._pool = ThreadPoolExecutor(1)
        self._coming = deque(self._begun() for _ in range(depth))
        self.was_ready = False

    def _begun(self) -> Future[T]:
        return self._pool.submit(next, self._source, _END)

    def __next__(self) -> T:
        self.was_ready = all(coming.done() for coming in self._coming)
        item = self._coming.popleft().result()
        self._coming.append(self._begun())
        if item is _END:
            raise StopIteration
        return item

    def close(self) -> None:
        """Begin no other item, and wait for the one being made."""
        self._pool.shutdown(cancel_futures=True)
