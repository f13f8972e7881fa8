// Plays dialogues, and what only a browser does, in Chromium: chromium_client.cjs URL DIALOGUES...

const assert = require("node:assert/strict");
const { readFileSync } = require("node:fs");
const { parse } = require("node:path");
const { Visitor, launch } = require("./chromium.cjs");

/** Plays a dialogue as it is written. */
async function play(visitor, lines) {
  for (const line of lines) {
    const [, word, rest] = /^(\w+) ?(.*)$/su.exec(line);
    switch (word) {
      case "hear":
        await visitor.hear(rest);
        break;
      case "say":
        await visitor.say(rest);
        break;
      case "send":
        await visitor.send(rest);
        break;
      case "closed":
        await visitor.closed(Number(rest));
        break;
      case "leave":
        await visitor.close(1000);
        await visitor.closed(1000);
        break;
      case "vanish":
        await visitor.leave();
        break;
      default:
        throw new Error(`${line} is no line of a dialogue`);
    }
  }
}

/** What only a browser does, each with a page of its own. */
const SCENES = {
  async "a page that is loaded again is where it was"(visitor) {
    await visitor.open("/introduction");
    await play(visitor, ["hear What is your name?", "say Ada", "hear And your age?"]);
    await visitor.reload();
    await visitor.open("/introduction");
    await play(visitor, ["hear And your age?", "say 36", "hear You're Ada, and you are 36 old.", "closed 1000"]);
  },

  async "a page of another origin is refused"(visitor, url) {
    const other = url.replace("127.0.0.1", "localhost");
    // Its pages have a connection there, as this one would.
    await visitor.run((other) => fetch(other, { mode: "no-cors", credentials: "include" }).then(() => {}), other);
    await visitor.ask(`${other}/introduction`);
    assert.deepEqual(await visitor.next(), { closed: 1006, wasClean: false });
  },

  async "long messages and many come back in order"(visitor) {
    // Together they are more than a window of HTTP/2 holds.
    const long = Array.from({ length: 5 }, (_, n) => String(n).repeat(60 * 1024));
    const many = Array.from({ length: 1000 }, (_, n) => `message ${n}`);
    await visitor.open("/echo");
    for (const texts of [long, many]) {
      const heard = await visitor.run(async (texts) => {
        texts.forEach((text) => socket.ws.send(text));
        const heard = [];
        while (heard.length < texts.length) {
          heard.push((await socket.next()).heard);
        }
        return heard;
      }, texts);
      assert.deepEqual(heard, texts);
    }
  },

  async "a code of the page's own is answered with itself"(visitor) {
    await visitor.open("/echo");
    await visitor.close(4321);
    await visitor.closed(4321);
  },

  async "who was there when a server stopped is where it was at the next one"(visitor, url) {
    await visitor.open("/introduction");
    await play(visitor, ["hear What is your name?", "say Ada", "hear And your age?"]);
    console.log("replace");
    await visitor.closed(1012);
    // Answered by the next one, and so when nothing is left of the one before.
    await visitor.context.request.get(url);
    await visitor.open("/introduction");
    await visitor.hear("And your age?");
    // That was a connection of its own, since the page's was gone. A page that is loaded again has one.
    await visitor.reload();
    await visitor.open("/introduction");
    await play(visitor, ["hear And your age?", "say 36", "hear You're Ada, and you are 36 old.", "closed 1000"]);
  },
};

async function main(url, ...dialogues) {
  const browser = await launch();
  try {
    const hold = async (name, scene) => {
      const visitor = await Visitor.come(browser, url);
      await scene(visitor, url);
      await visitor.leave();
      console.log(`chromium: ${name}`);
    };
    for (const file of dialogues) {
      const route = `/${parse(file).name}`;
      for (const [name, lines] of JSON.parse(readFileSync(file, "utf8"))) {
        await hold(name, async (visitor) => {
          await visitor.open(route);
          await play(visitor, lines);
        });
      }
    }
    for (const [name, scene] of Object.entries(SCENES)) {
      await hold(name, scene);
    }
  } finally {
    await browser.close();
  }
}

main(...process.argv.slice(2)).catch((error) => {
  console.error(error);
  process.exit(1);
});
