// A door to an instance that lets through only so many bytes a second, in each direction, keeps answers back or breaks
// what is on its way: for watching uploads and downloads while they move.

import net from 'node:net';

import { listen } from './http.mjs';

// Bytes a second: what is left takes longer than any story, however slow the machine is.
export const TRICKLE = 128 * 1024;

export class SlowDoor {
  rate = Infinity; // bytes a second on the way in, for each connection
  backRate = Infinity; // on the way back
  mute = false; // keeps answers back for good
  shut = false; // takes no new connections
  #sockets = new Set();
  #server;

  static async open(port) {
    const door = new SlowDoor();
    door.#server = net.createServer((inside) => (door.shut ? inside.destroy() : door.#pass(inside, net.connect(port, '127.0.0.1'))));
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
    pace(browser, (piece, passed) => daemon.write(piece, passed), () => this.rate);
    pace(daemon, (piece, passed) => (this.mute ? passed() : browser.write(piece, passed)), () => this.backRate);
    daemon.on('end', () => browser.end());
  }

  // Everything that is on its way breaks; new connections are taken.
  cut() {
    this.#sockets.forEach((socket) => socket.destroy());
  }
}

function pace(from, pass, rate) {
  from.on('data', (piece) => {
    from.pause();
    const paced = new Promise((go) => setTimeout(go, (piece.length * 1000) / rate()));
    const passed = new Promise((go) => pass(piece, go));
    Promise.all([paced, passed]).then(() => from.resume());
  });
}
