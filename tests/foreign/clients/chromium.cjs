// A real browser, and visitors whose pages open WebSockets in it.

const assert = require("node:assert/strict");
const { chromium } = require("playwright-core");

const PATIENCE = 10_000;

/** Where Debian has it: what playwright would download is another one. */
const PROGRAM = "/usr/bin/chromium";

/** A browser that has never been anywhere. */
function launch() {
  return chromium.launch({
    executablePath: PROGRAM,
    timeout: 2 * PATIENCE,
  });
}

/** Runs in every page: a socket whose messages and whose close can be waited for, one after the other. */
function prepare() {
  globalThis.connect = (url) => {
    const ws = new WebSocket(url);
    ws.binaryType = "arraybuffer";
    const events = new ReadableStream({
      start(events) {
        ws.onopen = () => events.enqueue({ opened: true });
        ws.onmessage = ({ data }) => events.enqueue({ heard: data });
        ws.onclose = ({ code, wasClean }) => events.enqueue({ closed: code, wasClean });
      },
    }).getReader();
    globalThis.socket = { ws, next: async () => (await events.read()).value };
  };
}

/** Somebody with a page open at a server, and with cookies and connections of their own. */
class Visitor {
  static async come(browser, url) {
    const visitor = new Visitor();
    // The certificate is one that the test has just made.
    visitor.context = await browser.newContext({ ignoreHTTPSErrors: true });
    visitor.context.setDefaultTimeout(PATIENCE);
    await visitor.context.addInitScript(prepare);
    visitor.page = await visitor.context.newPage();
    await visitor.page.goto(url);
    return visitor;
  }

  /** Closes the page as it is. */
  leave() {
    return this.context.close();
  }

  async reload() {
    await this.page.reload();
  }

  /** Opens a socket, which takes the place of the one before. */
  async open(url) {
    await this.ask(url);
    assert.deepEqual(await this.next(), { opened: true });
  }

  /** Asks for a socket, which may be refused. */
  ask(url) {
    return this.run((url) => connect(url), url);
  }

  say(text) {
    return this.run((text) => socket.ws.send(text), text);
  }

  send(hex) {
    return this.run((bytes) => socket.ws.send(new Uint8Array(bytes)), [...Buffer.from(hex, "hex")]);
  }

  async hear(text) {
    assert.deepEqual(await this.next(), { heard: text });
  }

  close(code) {
    return this.run((code) => socket.ws.close(code), code);
  }

  /** The closing handshake has come to its end, whoever began it. */
  async closed(code) {
    const { closed, wasClean } = await this.next();
    assert.deepEqual({ closed, wasClean }, { closed: code, wasClean: true });
  }

  /** What happens to the socket next. */
  next() {
    return this.run(() => socket.next());
  }

  /** Runs a function in the page, and has patience with it. */
  async run(action, argument) {
    let timer;
    const late = new Promise((_, reject) => {
      timer = setTimeout(() => reject(new Error(`nothing came for ${PATIENCE} ms`)), PATIENCE);
    });
    try {
      return await Promise.race([this.page.evaluate(action, argument), late]);
    } finally {
      clearTimeout(timer);
    }
  }
}

module.exports = { Visitor, launch };
