// A door to an instance that lets through only so many bytes a second on the way in, and can be shut: for watching
// uploads while they move. What comes back passes at once.

import net from 'node:net';

import { listen } from './http.mjs';

export class SlowDoor {
  rate = Infinity; // bytes a second, for each connection
  mute = false; // keeps answers back for good
  #sockets = new Set();
  #server;

  static async open(port) {
    const door = new SlowDoor();
    door.#server = net.createServer((inside) => door.#pass(inside, net.connect(port, '127.0.0.1')));
    door.port = await listen(door.#server);
    door.#server.unref(); // it goes with the test program
    door.url = `http://127.0.0.1:${door.port}/`;
    return door;
  }

  #pass(browser, daemon) {
    const both = [browser, daemon];
    const end = () => both.forEach((socket) => {
      socket.destroy();
      this.#sockets.delete(socket);
    });
    for (const socket of both) {
      this.#sockets.add(socket);
      socket.setNoDelay(true);
      socket.on('error', end);
      socket.on('close', end);
    }
    daemon.on('data', (piece) => this.mute || browser.write(piece));
    daemon.on('end', () => browser.end());
    browser.on('data', (piece) => {
      browser.pause();
      const paced = new Promise((go) => setTimeout(go, (piece.length * 1000) / this.rate));
      const taken = new Promise((go) => daemon.write(piece, go));
      Promise.all([paced, taken]).then(() => browser.resume());
    });
  }

  // Everything that is on its way breaks; new connections are taken.
  cut() {
    this.#sockets.forEach((socket) => socket.destroy());
  }
}
