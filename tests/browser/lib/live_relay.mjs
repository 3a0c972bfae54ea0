// Somebody between a receiver's page and the daemon, who carries live transfers and changes what passes.
//
//   const relay = await startLiveRelay(home.publicPort);
//   relay.tricks = { chunk: (number, sealed) => [[number, flipped(sealed)]] };
//
// Tricks, each of them may be left out, and counts in `relay.played`:
//   listing(json), request(json), opening(json)    what goes on in its place
//   chunk(number, sealed)                          a list of [number, sealed]; null ends the stream there

import http from 'node:http';

import { listen, stopServer } from './http.mjs';

// Lines and the bytes behind them, out of a stream.
class Pieces {
  #source;
  #rest = Buffer.alloc(0);

  constructor(stream) {
    this.#source = stream[Symbol.asyncIterator]();
  }

  async #more() {
    const { value, done } = await this.#source.next();
    if (!done) this.#rest = Buffer.concat([this.#rest, value]);
    return !done;
  }

  #cut(length, behind = 0) {
    const piece = this.#rest.subarray(0, length);
    this.#rest = this.#rest.subarray(length + behind);
    return piece;
  }

  // Undefined at the end.
  async line() {
    for (;;) {
      const end = this.#rest.indexOf(0x0a);
      if (end >= 0) return this.#cut(end, 1).toString();
      if (!await this.#more()) return undefined;
    }
  }

  async bytes(length) {
    while (this.#rest.length < length && await this.#more());
    return this.#cut(length);
  }
}

async function whole(stream) {
  const pieces = [];
  for await (const piece of stream) pieces.push(piece);
  return Buffer.concat(pieces);
}

export async function startLiveRelay(port) {
  const relay = { tricks: {}, played: 0, close: () => stopServer(server) };
  const play = (trick, ...values) => {
    const act = relay.tricks[trick];
    if (act) relay.played += 1;
    return act ? act(...values) : undefined;
  };

  async function carryStream(come, answer) {
    const pieces = new Pieces(come);
    for (let line; (line = await pieces.line()) !== undefined;) {
      const told = line === '' ? {} : JSON.parse(line);
      if (told.chunk === undefined) {
        answer.write(`${told.public_key ? JSON.stringify(play('opening', told) ?? told) : line}\n`);
        continue;
      }
      const sealed = await pieces.bytes(told.bytes);
      const instead = relay.tricks.chunk ? play('chunk', told.chunk, sealed) : [[told.chunk, sealed]];
      if (instead === null) break;
      for (const [chunk, bytes] of instead) {
        answer.write(`${JSON.stringify({ chunk, bytes: bytes.length })}\n`);
        answer.write(bytes);
      }
    }
    answer.end();
    come.destroy();
  }

  async function carry(asked, answer) {
    let body = await whole(asked);
    if (asked.method === 'POST' && asked.url.endsWith('/requests')) {
      const json = JSON.parse(body);
      body = Buffer.from(JSON.stringify(play('request', json) ?? json));
    }
    const headers = { ...asked.headers, 'content-length': body.length };
    const onward = http.request({ host: '127.0.0.1', port, path: asked.url, method: asked.method, headers, agent: false });
    answer.on('close', () => onward.destroy());
    const come = await new Promise((resolve, reject) => onward.on('response', resolve).on('error', reject).end(body));
    const { 'content-length': _, 'transfer-encoding': __, connection: ___, ...kept } = come.headers;
    if (come.headers['content-type'] === 'application/vnd.kith.live') {
      answer.writeHead(come.statusCode, kept);
      answer.flushHeaders();
      return carryStream(come, answer);
    }
    let content = await whole(come);
    if (/^\/live\/[0-9a-z]{12}$/.test(asked.url) && come.statusCode === 200) {
      const json = JSON.parse(content);
      content = Buffer.from(JSON.stringify(play('listing', json) ?? json));
    }
    answer.writeHead(come.statusCode, { ...kept, 'content-length': content.length }).end(content);
  }

  const server = http.createServer((asked, answer) => {
    carry(asked, answer).catch(() => answer.destroy()); // one of the two went away
  });
  relay.url = `http://127.0.0.1:${await listen(server)}/`;
  server.unref(); // it goes with the test program
  return relay;
}
