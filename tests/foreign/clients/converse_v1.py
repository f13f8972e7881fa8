"""Speaks `converse.v1` with Python's `websockets`, to a server that is killed again and again: converse_v1.py URL

Prints "kill" where the server is to be killed, and comes back until it is there again. It keeps what docs/protocol.md has a
client keep, and checks that it has seen every output once, and that every input was heard once.
"""

import asyncio
import json
import sys

from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed, InvalidMessage

PATIENCE = 10

SCRIPT = ["Ada", "old", "older", "36"]

DIALOGUE = [
    "What is your name?",
    "And your age?",
    "Please, insert an valid number",
    "And your age?",
    "Please, insert an valid number",
    "And your age?",
    "You're Ada, and you are 36 old.",
]


class Over(Exception):
    """The server has closed properly."""


class Client:
    def __init__(self, url):
        self.url = url
        self.socket = None
        self.hello = {"t": "hello"}
        self.seen = []
        self.acked = 0
        self.unacked = []

    async def come(self):
        """Connects, and says again what may not have been heard."""
        while True:
            try:
                self.socket = await connect(self.url, subprotocols=["converse.v1"], open_timeout=PATIENCE)
                hello = self.hello | {"out": len(self.seen), "in": self.acked}
                await self.socket.send(json.dumps(hello))
                welcome = json.loads(await asyncio.wait_for(self.socket.recv(), PATIENCE))
                break
            except (ConnectionClosed, InvalidMessage, OSError):
                await asyncio.sleep(0.05)  # It is not there yet, or has died once more.
        assert self.socket.subprotocol == "converse.v1"
        if welcome["state"] != "resumed":
            # It has just begun, or the server died before anything of it was stored.
            assert welcome["state"] == "new" and not self.seen and not self.acked, (welcome, self.seen)
        assert welcome["out"] >= len(self.seen), welcome
        self.hello["token"] = welcome["token"]
        self.heard(welcome["in"])
        for n, text in self.unacked:
            await self.send(n, text)

    def heard(self, last):
        self.acked = max(self.acked, last)
        self.unacked = [(n, text) for n, text in self.unacked if n > last]

    async def say(self, n, text):
        self.unacked.append((n, text))
        await self.send(n, text)

    async def send(self, n, text):
        try:
            await self.socket.send(json.dumps({"t": "in", "n": n, "a": len(self.seen), "text": text}))
        except ConnectionClosed:
            pass  # The next frame is not there, either.

    async def hear(self):
        """The next frame, from whatever server is there."""
        while True:
            try:
                frame = json.loads(await asyncio.wait_for(self.socket.recv(), PATIENCE))
            except ConnectionClosed as closed:
                if closed.rcvd is not None:
                    raise Over(closed.rcvd.code) from closed
                await self.come()
                continue
            match frame["t"]:
                case "ack":
                    self.heard(frame["n"])
                case "out":
                    assert frame["n"] == len(self.seen) + 1, f"{frame} behind {self.seen}"
                    self.seen.append(frame["text"])
            return frame

    async def until(self, outputs):
        while len(self.seen) < outputs:
            await self.hear()


async def hold(url, deadly):
    """Holds the dialogue; `deadly` is how the server dies at each input: before it, behind it, or behind what follows."""
    client = Client(url)
    await client.come()
    for n, text in enumerate(SCRIPT, 1):
        await client.until([1, 2, 4, 6][n - 1])
        if deadly == "before":
            print("kill", flush=True)
        await client.say(n, text)
        if deadly == "behind":
            print("kill", flush=True)
        if deadly == "acknowledged":
            while client.acked < n:
                await client.hear()
            print("kill", flush=True)
        if deadly == "cut":
            client.socket.transport.abort()
    try:
        while True:
            await client.hear()
    except Over as over:
        assert over.args == (1000,), over
    assert client.seen == DIALOGUE, client.seen
    print(f"websockets: {deadly}", flush=True)


async def main(url):
    for deadly in ["never", "cut", "before", "behind", "acknowledged"]:
        await hold(url, deadly)


asyncio.run(main(*sys.argv[1:]))
