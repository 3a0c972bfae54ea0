// HTTP as tests need it: a connection for each request, any Host header, and a small server for pages of others.

import http from 'node:http';

// { status, headers, body (Buffer), json() } of one request; redirects are not followed.
export function request(method, url, { headers = {}, body } = {}) {
  return new Promise((resolve, reject) => {
    const sent = http.request(url, { method, headers, agent: false }, (answer) => {
      const pieces = [];
      answer.on('data', (piece) => pieces.push(piece));
      answer.on('error', reject);
      answer.on('end', () => {
        const whole = Buffer.concat(pieces);
        resolve({ status: answer.statusCode, headers: answer.headers, body: whole, json: () => JSON.parse(whole) });
      });
    });
    sent.on('error', reject);
    sent.end(body);
  });
}

export function listen(server) {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => resolve(server.address().port));
  });
}

export function stopServer(server) {
  server.closeAllConnections();
  return new Promise((done) => server.close(done));
}

// A little website: `pages` maps a path to HTML, or to { status, headers, body }. Every request is kept in `requests`.
export async function servePages(pages) {
  const requests = [];
  const server = http.createServer((asked, answer) => {
    requests.push({ method: asked.method, path: asked.url, headers: asked.headers });
    const path = asked.url.split('?')[0];
    const found = pages[path] ?? (path === '/favicon.ico' ? { status: 204 } : { status: 404 });
    const page = typeof found === 'string' ? { body: found } : found;
    answer.writeHead(page.status ?? 200, { 'content-type': 'text/html; charset=utf-8', ...page.headers });
    answer.end(page.body);
  });
  const port = await listen(server);
  return {
    port,
    url: `http://127.0.0.1:${port}/`,
    // The same site under another name; the browser takes every name below .example to this machine.
    urlAs: (host) => `http://${host}:${port}/`,
    requests,
    close: () => stopServer(server),
  };
}
