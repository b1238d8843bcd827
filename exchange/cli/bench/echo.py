"""The floor of an HTTP request: FastAPI and pydantic as anybody would use them, which echo the body of an order.

``python -m exchange.cli.bench.echo PORT`` serves until its standard input closes. The settings of uvicorn are those of
the exchange (uvloop, httptools, no access log); nothing is checked but the fields' types, nothing is done.
"""

from __future__ import annotations

import asyncio
import os
import sys
from typing import Literal

import uvicorn
import uvloop
from fastapi import FastAPI
from pydantic import BaseModel

app = FastAPI()


class Order(BaseModel):
    """The fields of an order that the load client sends."""

    instrument: str
    side: Literal["BUY", "SELL"]
    time_in_force: Literal["GFD", "GTC", "GTD", "IOC", "FOK"]
    price: str
    quantity: int


@app.post("/v1/orders", status_code=201)
async def echo(order: Order) -> Order:
    """The same again."""
    return order


@app.get("/ready")
async def ready() -> str:
    """Whether requests are answered."""
    return "yes"


async def serve(port: int) -> None:
    """Serve until standard input closes."""
    config = uvicorn.Config(
        app,
        port=port,
        http="httptools",
        ws="none",
        loop="none",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
    )
    server = uvicorn.Server(config)
    asyncio.get_running_loop().add_reader(sys.stdin.fileno(), lambda: _stop_at_end(server))
    await server.serve()


def _stop_at_end(server: uvicorn.Server) -> None:
    if not os.read(sys.stdin.fileno(), 4096):
        server.should_exit = True


if __name__ == "__main__":
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(serve(int(sys.argv[1])))
