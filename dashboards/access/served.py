"""Which files may go to whom: each file that the pages make is known by its content, for the scope that made it.

Streamlit hands a file to whoever knows its address; the guard hands it only to those this register names.
"""

import hashlib
from collections import OrderedDict
from threading import Lock

from osservatorio.access.roles import Scope

# A file is fetched at once after it is made; one forgotten is made again with a click.
_MOST_FILES = 5000

_lock = Lock()
_files: OrderedDict[str, set[str]] = OrderedDict()
_public: set[str] = set()


def allow(content: bytes, scope: Scope) -> None:
    """A file was made for a scope: it may have it."""
    digest = _digest(content)
    with _lock:
        _files.setdefault(digest, set()).add(scope.key)
        _files.move_to_end(digest)
        while len(_files) > _MOST_FILES:
            _files.popitem(last=False)


def publish(content: bytes) -> None:
    """A file that anybody may have: a picture of the page itself."""
    with _lock:
        _public.add(_digest(content))


def is_public(content: bytes) -> bool:
    with _lock:
        return _digest(content) in _public


def is_allowed(content: bytes, scope: Scope) -> bool:
    """Whether a scope may have a file. What nobody made for it is not for it."""
    digest = _digest(content)
    with _lock:
        return digest in _public or scope.key in _files.get(digest, ())


def forget() -> None:
    """Start again, with no file known."""
    with _lock:
        _files.clear()
        _public.clear()


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
