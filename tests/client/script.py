"""An exchange that answers what a test tells it to."""

from __future__ import annotations

import httpx

Step = httpx.Response | Exception


class Script(httpx.AsyncBaseTransport):
    """Answers the n-th request with the n-th step and remembers what was asked."""

    def __init__(self, *steps: Step) -> None:
        self.steps = list(steps)
        self.asked: list[httpx.Request] = []
        self.signatures: set[str] = set()

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(request)
        self.signatures |= {request.headers.get("signature", "")}
        step = self.steps.pop(0)
        if isinstance(step, Exception):
            raise step
        return step


def ok(**body: object) -> httpx.Response:
    return httpx.Response(200, json={"as_of_seq": 1, **body})


def busy() -> httpx.Response:
    return httpx.Response(503, json={"code": "OVERLOADED"}, headers={"Retry-After": "0"})
