"""Many people at once on a running dashboard, as their browsers talk to it but without drawing: twenty browsers on two
processors would measure themselves."""

import asyncio
import statistics
import time
from dataclasses import dataclass

from streamlit.proto.Alert_pb2 import Alert
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.asyncio.client import connect

from dashboards.pages import PAGES

PERIODS = ("2021-S2", "2022-S1", "2022-S2", "2023-S1")


@dataclass(frozen=True)
class Crowd:
    """What so many people saw: pages, pages with an error, seconds of the median page and of all of them."""

    pages: int
    errors: int
    median: float
    took: float


def crowd(url: str, users: int, pages_each: int) -> Crowd:
    """Let so many people, at the same time, each look at so many pages one after the other, each at their own."""
    return asyncio.run(_crowd(url, users, pages_each))


async def _crowd(url: str, users: int, pages_each: int) -> Crowd:
    start = time.perf_counter()
    seen = [
        one
        for person in await asyncio.gather(*(_person(url, n, pages_each) for n in range(users)))
        for one in person
    ]
    return Crowd(
        len(seen),
        sum(has_error for _, has_error in seen),
        statistics.median(seconds for seconds, _ in seen),
        time.perf_counter() - start,
    )


async def _person(url: str, number: int, pages_each: int) -> list[tuple[float, bool]]:
    """Seconds of each page that a person asks for, and whether it showed an error."""
    names = list(PAGES)
    address = f"{url.replace('http', 'ws', 1)}/_stcore/stream"
    async with connect(address, subprotocols=["streamlit"], max_size=None, origin=url) as socket:
        seen = []
        for turn in range(pages_each):
            asked = BackMsg()
            asked.rerun_script.page_name = names[(number + turn) % len(names)]
            asked.rerun_script.query_string = f"periodo={PERIODS[(number + turn) % len(PERIODS)]}"
            start = time.perf_counter()
            await socket.send(asked.SerializeToString())
            has_error = False
            while True:
                told = ForwardMsg.FromString(await socket.recv())
                kind = told.WhichOneof("type")
                has_error = has_error or (kind == "delta" and _is_error(told))
                if kind == "script_finished":
                    has_error = has_error or told.script_finished != ForwardMsg.FINISHED_SUCCESSFULLY
                    break
            seen.append((time.perf_counter() - start, has_error))
    return seen


def _is_error(told: ForwardMsg) -> bool:
    """Whether what is to be drawn is an error: of Streamlit, or told by a page of ours."""
    element = told.delta.new_element
    kind = element.WhichOneof("type")
    return kind == "exception" or (kind == "alert" and element.alert.format == Alert.ERROR)
