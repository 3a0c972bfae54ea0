// A reverse proxy as people put one before their instance: its /kith/… is the instance's /…
// Bodies go through as they come, in both directions, so that uploads and server-sent events stream.

import http from 'node:http';

import { listen, stopServer } from './http.mjs';

// { url, settings, forwardTo(instance), close() }. The proxy comes first, because the instance's settings name it:
//   const proxy = await startProxy();
//   const home = await stage.instance({ settings: proxy.settings });
//   proxy.forwardTo(home);
export async function startProxy(prefix = '/kith/') {
  let port = null;
  const server = http.createServer((asked, answer) => {
    if (asked.url === prefix.slice(0, -1)) {
      answer.writeHead(308, { location: prefix }).end();
    } else if (!asked.url.startsWith(prefix) || port === null) {
      answer.writeHead(404, { 'content-type': 'text/plain' }).end('nothing here');
    } else {
      forward(asked, answer, port, asked.url.slice(prefix.length - 1));
    }
  });
  server.requestTimeout = 0; // uploads and event streams last as long as they last
  const url = `http://127.0.0.1:${await listen(server)}${prefix}`;
  return {
    url,
    settings: { web: { url: url.slice(0, -1) }, trusted_proxies: ['127.0.0.1'] },
    forwardTo: (instance) => {
      port = instance.localPort;
    },
    close: () => stopServer(server),
  };
}

const OF_ONE_HOP = ['connection', 'keep-alive', 'transfer-encoding', 'upgrade', 'te', 'trailer', 'proxy-connection'];

function withoutHopHeaders(headers) {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !OF_ONE_HOP.includes(name)));
}

function forward(asked, answer, port, path) {
  const headers = {
    ...withoutHopHeaders(asked.headers),
    'x-forwarded-for': asked.socket.remoteAddress,
    'x-forwarded-proto': 'http',
    'x-forwarded-host': asked.headers.host,
  };
  const onward = http.request({ host: '127.0.0.1', port, path, method: asked.method, headers, agent: false });
  onward.on('response', (come) => {
    answer.writeHead(come.statusCode, withoutHopHeaders(come.headers));
    answer.flushHeaders();
    come.pipe(answer);
    come.on('error', () => answer.destroy());
  });
  onward.on('error', () => (answer.headersSent ? answer.destroy() : answer.writeHead(502).end()));
  // Whoever goes away takes the other side along.
  answer.on('close', () => onward.destroy());
  onward.flushHeaders(); // the other side may answer before there is a body
  asked.pipe(onward);
}
