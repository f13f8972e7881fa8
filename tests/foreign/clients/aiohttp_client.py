"""Plays dialogues with Python's `aiohttp`: aiohttp_client.py URL DIALOGUES"""

import asyncio
import json
import sys

from aiohttp import ClientSession, WSMsgType

PATIENCE = 10


async def hear(socket):
    """The next message, or None once the server has closed."""
    message = await socket.receive(timeout=PATIENCE)
    match message.type:
        case WSMsgType.TEXT | WSMsgType.BINARY:
            return message.data
        case WSMsgType.CLOSE | WSMsgType.CLOSING | WSMsgType.CLOSED:
            return None
        case other:
            raise AssertionError(f"{other!r}: {message.data!r}")


async def play(url, lines):
    async with ClientSession() as session:
        socket = await session.ws_connect(url)
        for line in lines:
            word, _, rest = line.partition(" ")
            match word:
                case "hear":
                    heard = await hear(socket)
                    assert heard == rest, f"{line!r}, but it was {heard!r}"
                case "say":
                    await socket.send_str(rest)
                case "send":
                    await socket.send_bytes(bytes.fromhex(rest))
                case "closed":
                    heard = await hear(socket)
                    assert heard is None, f"{line!r}, but it was {heard!r}"
                    assert socket.close_code == int(rest), f"{line!r}, but it was {socket.close_code}"
                case "leave":
                    await socket.close()
                    assert socket.close_code == 1000, f"left with 1000, answered by {socket.close_code}"
                case "vanish":
                    await session.close()
                case _:
                    raise AssertionError(f"{line!r} is no line of a dialogue")


async def main(url, dialogues):
    with open(dialogues, encoding="utf-8") as file:
        for name, lines in json.load(file):
            await play(url, lines)
            print(f"aiohttp: {name}", flush=True)


asyncio.run(main(*sys.argv[1:]))
