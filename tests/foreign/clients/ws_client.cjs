// Plays dialogues with Node's `ws`: ws_client.cjs URL DIALOGUES

const assert = require("node:assert/strict");
const { once } = require("node:events");
const { readFileSync } = require("node:fs");
const WebSocket = require("ws");

const PATIENCE = 10_000;

/** A socket whose messages and whose close can be waited for, one after the other. */
class Socket {
  #queue = [];
  #wake = () => {};

  constructor(url) {
    this.ws = new WebSocket(url, { handshakeTimeout: PATIENCE });
    this.ws.on("message", (data, isBinary) => this.#push({ heard: isBinary ? data : data.toString() }));
    this.ws.on("close", (code) => this.#push({ closed: code }));
  }

  #push(event) {
    this.#queue.push(event);
    this.#wake();
  }

  async next() {
    const deadline = AbortSignal.timeout(PATIENCE);
    while (this.#queue.length === 0) {
      await new Promise((resolve, reject) => {
        this.#wake = resolve;
        deadline.addEventListener("abort", () => reject(new Error("nothing came for 10 s")));
      });
    }
    return this.#queue.shift();
  }
}

async function play(url, lines) {
  const socket = new Socket(url);
  await once(socket.ws, "open");
  for (const line of lines) {
    const [, word, rest] = /^(\w+) ?(.*)$/su.exec(line);
    switch (word) {
      case "hear":
        assert.deepEqual(await socket.next(), { heard: rest });
        break;
      case "say":
        socket.ws.send(rest);
        break;
      case "send":
        socket.ws.send(Buffer.from(rest, "hex"));
        break;
      case "closed":
        assert.deepEqual(await socket.next(), { closed: Number(rest) });
        break;
      case "leave":
        socket.ws.close(1000);
        assert.deepEqual(await socket.next(), { closed: 1000 });
        break;
      case "vanish":
        socket.ws.terminate();
        break;
      default:
        throw new Error(`${line} is no line of a dialogue`);
    }
  }
}

async function main(url, dialogues) {
  for (const [name, lines] of JSON.parse(readFileSync(dialogues, "utf8"))) {
    await play(url, lines);
    console.log(`ws: ${name}`);
  }
}

main(...process.argv.slice(2)).catch((error) => {
  console.error(error);
  process.exit(1);
});
