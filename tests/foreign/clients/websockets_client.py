"""Plays dialogues with Python's `websockets`: websockets_client.py URL DIALOGUES"""

import asyncio
import json
import sys

from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed

PATIENCE = 10


async def hear(socket):
    """The next message, or None once the server has closed."""
    try:
        return await asyncio.wait_for(socket.recv(), PATIENCE)
    except ConnectionClosed:
        return None


async def play(url, lines):
    async with connect(url, open_timeout=PATIENCE, close_timeout=PATIENCE) as socket:
        for line in lines:
            word, _, rest = line.partition(" ")
            match word:
                case "hear":
                    heard = await hear(socket)
                    assert heard == rest, f"{line!r}, but it was {heard!r}"
                case "say":
                    await socket.send(rest)
                case "send":
                    await socket.send(bytes.fromhex(rest))
                case "closed":
                    heard = await hear(socket)
                    assert heard is None, f"{line!r}, but it was {heard!r}"
                    assert socket.close_code == int(rest), f"{line!r}, but it was {socket.close_code}"
                case "leave":
                    await socket.close()
                    assert socket.close_code == 1000, f"left with 1000, answered by {socket.close_code}"
                case "vanish":
                    socket.transport.abort()
                case _:
                    raise AssertionError(f"{line!r} is no line of a dialogue")


async def main(url, dialogues):
    with open(dialogues, encoding="utf-8") as file:
        for name, lines in json.load(file):
            await play(url, lines)
            print(f"websockets: {name}", flush=True)


asyncio.run(main(*sys.argv[1:]))
