// A TCP proxy that breaks: each connection is reset once so many bytes of the client's have gone through. Where, the
// seed decides, so that a failure comes again.

import net from 'node:net';

// mulberry32: small, and the same everywhere.
export function seededRandom(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

// { url, cuts, passed, onBytes, close() }. `between`: least and most bytes of a connection; `letGo` 3 lets every third one go.
export async function startCuttingProxy(port, { seed, between: [least, most], letGo = Infinity }) {
  const random = seededRandom(seed);
  const open = new Set();
  const proxy = { cuts: 0, passed: 0, onBytes: () => {} };
  let connections = 0;
  const server = net.createServer((near) => {
    const far = net.connect(port, '127.0.0.1');
    connections += 1;
    let left = connections % letGo === 0 ? Infinity : Math.floor(least + random() * (most - least));
    const end = () => [near, far].forEach((socket) => socket.resetAndDestroy());
    [near, far].forEach((socket) => {
      open.add(socket);
      socket.on('error', end);
      socket.on('close', () => {
        open.delete(socket);
        end();
      });
    });
    near.on('data', (piece) => {
      const part = piece.subarray(0, Math.min(piece.length, left));
      left -= part.length;
      proxy.passed += part.length;
      proxy.onBytes(proxy.passed);
      const flows = far.write(part);
      if (left === 0) {
        proxy.cuts += 1;
        end();
      } else if (!flows) {
        near.pause();
        far.once('drain', () => near.resume());
      }
    });
    far.pipe(near);
  });
  await new Promise((listening) => server.listen(0, '127.0.0.1', listening));
  server.unref(); // a story that fails closes nothing
  proxy.url = `http://127.0.0.1:${server.address().port}`;
  proxy.close = () => {
    open.forEach((socket) => socket.destroy());
    return new Promise((done) => server.close(done));
  };
  return proxy;
}
