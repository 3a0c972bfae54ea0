// A daemon that carries one live offer, as far as docs/live.md asks of it, and that may be told to meddle.
import { type Bytes, join } from '../src/sealed/bytes.ts';

// What somebody in between does. Chunks come as they were taken from the sender and go out as what is returned.
export interface Meddling {
  listing?: (listing: Fields) => Fields;
  request?: (event: Fields) => Fields;
  opening?: (line: Fields) => Fields;
  chunk?: (number: number, sealed: Bytes) => [number, Bytes][];
  receipt?: (event: Fields) => Fields;
  end?: (number: number) => 'break' | 'end' | undefined;           // of the receiver's connection, before this chunk
  put?: (number: number) => Response | undefined;                  // instead of taking it
}

export type Fields = Record<string, unknown>;

class Out {
  readonly stream: ReadableStream<Uint8Array>;
  private control: ReadableStreamDefaultController<Uint8Array> | undefined;
  private wanted = false;
  private open = true;

  // `more` is called when the reader has taken what there was.
  constructor(signal: AbortSignal, private readonly more: () => void, private readonly gone: () => void) {
    this.stream = new ReadableStream<Uint8Array>({
      start: (control) => { this.control = control; },
      pull: () => { this.wanted = true; this.more(); },
      cancel: () => this.leave(),
    }, { highWaterMark: 1 });
    signal.addEventListener('abort', () => { this.break(); });
  }

  get wants(): boolean { return this.wanted && this.open; }

  put(bytes: Uint8Array): void {
    this.wanted = false;
    if (this.open) this.control?.enqueue(bytes);
  }

  text(text: string): void { this.put(new TextEncoder().encode(text)); }

  end(): void {
    if (this.open) this.control?.close();
    this.leave();
  }

  break(): void {
    if (this.open) this.control?.error(new TypeError('connection reset'));
    this.leave();
  }

  private leave(): void {
    if (!this.open) return;
    this.open = false;
    this.gone();
  }
}

// What was asked for: of …/<id>/<first>/<rid>/<last>/<number>.
interface Asked {
  first: string | undefined; rid: string; last: string | undefined; number: string | undefined;
  body: unknown; url: URL; signal: AbortSignal; token: string | undefined;
}

interface Request {
  id: string; token: string; attempt: number; from: number; head: number; chunks: number;
  queue: Map<number, Bytes>; opening: Fields | undefined; told: Fields | undefined; stream: Out | undefined; ended: string; complete: boolean; receipt: Fields | undefined;
  held: { number: number; answer: () => void }[];
}

const kHere = 'https://kith.example/live/';
const kId = '01jd0f9qv0000000000000000a';
export const kCode = 'abcdefghjkmn';

const json = (value: unknown, status = 200) => new Response(JSON.stringify(value), { status });
export const problem = (status: number, code: string, headers = {}) => new Response(JSON.stringify({ code }), { status, headers });
const nothing = () => new Response(null, { status: 204 });

export class FakeDaemon {
  readonly calls: string[] = [];
  readonly salts: unknown[] = [];
  puts = 0;                 // that are being answered
  mostPuts = 0;
  farthest = 0;             // chunks that were taken from senders, of one request
  private listing: Fields | undefined;
  private events: Out | undefined;
  private readonly requests = new Map<string, Request>();

  constructor(readonly meddling: Meddling = {}) {
    Object.defineProperty(globalThis, 'location', { value: new URL(`${kHere}l`), configurable: true });
    Object.defineProperty(globalThis, 'fetch', { value: (url: URL, options: RequestInit) => this.fetch(new URL(url), options), configurable: true, writable: true });
  }

  breakEvents(): void { this.events?.break(); }
  breakStreams(): void { for (const { stream } of this.requests.values()) stream?.break(); }

  tell(event: string, data: Fields): void { this.events?.text(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`); }

  private async fetch(url: URL, options: RequestInit): Promise<Response> {
    const method = options.method ?? 'GET';
    const place = url.pathname.replace(/^.*\/live\//, '/').replace(/^.*\/api\/live$/, '/');
    const signal = options.signal ?? new AbortController().signal;
    this.calls.push(`${method} ${url.pathname.includes('/api/') ? '/api/live' : '/live'}${place}${url.search}${options.keepalive ? ' keepalive' : ''}`);
    await new Promise((resolve) => setImmediate(resolve));
    signal.throwIfAborted();
    const body: unknown = typeof options.body === 'string' ? JSON.parse(options.body) : options.body;
    const [, , first, rid = '', last, number] = place.split('/');
    const token = new Headers(options.headers).get('Authorization')?.replace('Bearer ', '');
    const asked: Asked = { first, rid, last, number, body, url, signal, token };
    return url.pathname.includes('/api/') ? this.sender(method, asked) : this.receiver(method, asked);
  }

  private sender(method: string, { first, rid, last, number, body, url, signal }: Asked): Response | Promise<Response> {
    if (method === 'POST' && !first) {
      this.listing = body as Fields;
      return json({ live_id: kId, code: kCode, page: `${kHere}l`, expires_at: '2027-01-01T00:00:00Z' }, 201);
    }
    if (!this.listing) return problem(404, 'not_found');
    if (first === 'events') return this.listen(signal);
    const request = this.requests.get(rid);
    if (!first) return this.close();
    if (!request) return problem(404, 'not_found');
    if (request.ended) return problem(410, 'transfer_ended');
    if (method === 'DELETE') return this.end(request, url.searchParams.get('reason') ?? 'cancelled');
    if (last !== 'chunks') return this.open(request, body as Fields);
    if (Number(url.searchParams.get('attempt')) !== request.attempt) return problem(409, 'transfer_superseded');
    return this.meddling.put?.(Number(number)) ?? this.put(request, Number(number), (body as Bytes).slice(), signal);
  }

  private close(): Response {
    this.listing = undefined;
    for (const one of this.requests.values()) this.end(one, 'sender_gone');
    this.events?.end();
    return nothing();
  }

  private listen(signal: AbortSignal): Response {
    this.events = new Out(signal, () => undefined, () => {
      for (const { stream } of this.requests.values()) stream?.text('{"event":"sender_away"}\n');
    });
    const open = [...this.requests.values()].filter(({ ended }) => !ended);
    this.tell('hello', { requests: open.map(({ id }) => id) });
    for (const { receipt } of this.requests.values()) if (receipt) this.tell('received', receipt);
    for (const { told, opening, stream } of open) {
      if (told && !opening) this.tell('request', told);
      stream?.text('{"event":"sender_back"}\n');
    }
    return new Response(this.events.stream, { headers: { 'Content-Type': 'text/event-stream' } });
  }

  private open(request: Request, body: Fields): Response {
    const { attempt, from, chunks } = body as { attempt: number; from: number; chunks: number };
    if (attempt !== request.attempt) return problem(409, 'transfer_superseded');
    if (from !== request.from) return problem(400, 'bad_request');
    this.salts.push(body['salt']);
    Object.assign(request, { chunks, head: from, opening: body });
    this.pump(request);
    return json({ attempt, from });
  }

  private put(request: Request, number: number, sealed: Bytes, signal: AbortSignal): Promise<Response> | Response {
    if (number >= request.head + 16) return problem(409, 'conflict');
    this.mostPuts = Math.max(this.mostPuts, ++this.puts);
    if (number >= request.head) request.queue.set(number, sealed);
    this.farthest = Math.max(this.farthest, number + 1);
    return new Promise((resolve, reject) => {
      const end = (act: () => void) => () => {
        --this.puts;
        signal.removeEventListener('abort', leave);
        act();
      };
      const one = { number, answer: end(() => resolve(request.ended ? problem(410, 'transfer_ended') : json({ taken: request.head }))) };
      const leave = end(() => {
        request.held.splice(request.held.indexOf(one), 1);
        reject(signal.reason as Error);
      });
      request.held.push(one);
      signal.addEventListener('abort', leave);
      this.pump(request);
      this.answer(request);
    });
  }

  private answer(request: Request): void {
    const room = ({ number }: { number: number }) => request.ended !== '' || Math.min(number + 4, request.chunks - 1) < request.head + 16;
    const free = request.held.filter(room);
    request.held = request.held.filter((one) => !room(one));
    for (const { answer } of free) answer();
  }

  private end(request: Request, reason: string): Response {
    if (request.ended) return nothing();
    const code = reason === 'cancelled' ? 'transfer_ended' : reason;
    request.ended = code;
    request.stream?.text(`${JSON.stringify({ error: { code, detail: '' } })}\n`);
    request.stream?.end();
    this.answer(request);
    return nothing();
  }

  // What goes to the receiver next, when it has taken what came before.
  private pump(request: Request): void {
    const { stream, opening } = request;
    if (!stream?.wants || !opening) return;
    if (request.told !== opening) {
      request.told = opening;
      const line = { ...opening, attempt: request.attempt };
      return stream.text(`${JSON.stringify(this.meddling.opening?.(line) ?? line)}\n`);
    }
    if (request.complete) return stream.end();
    const sealed = request.queue.get(request.head);
    if (!sealed) return;
    const end = this.meddling.end?.(request.head);
    if (end) return end === 'break' ? stream.break() : stream.end();
    request.queue.delete(request.head);
    const out = this.meddling.chunk?.(request.head, sealed) ?? [[request.head, sealed] as [number, Bytes]];
    ++request.head;
    request.complete = request.head === request.chunks;
    const encoder = new TextEncoder();
    const parts = out.flatMap(([number, bytes]) => [encoder.encode(`${JSON.stringify({ chunk: number, bytes: bytes.length })}\n`), bytes]);
    stream.put(join(parts));
    this.answer(request);
  }

  private receiver(method: string, { first, rid, last, body, url, signal, token }: Asked): Response {
    if (!this.listing) return problem(404, 'not_found');
    if (!first) {
      const { files, mac } = this.listing;
      const listing = { live_id: kId, files, mac, from: { person: 'Anna', instance: 'Home' }, sender_here: true, expires_at: '2027-01-01T00:00:00Z' };
      return json(this.meddling.listing?.(listing) ?? listing);
    }
    if (method === 'POST' && !rid) return this.ask(body as Fields);
    const request = this.requests.get(rid);
    if (!request || request.token !== token) return problem(404, 'not_found');
    if (last === 'received') {
      const event = { request_id: rid, ...body as Fields };
      request.receipt = this.meddling.receipt?.(event) ?? event;
      this.tell('received', request.receipt);
      return nothing();
    }
    if (request.ended) return problem(410, request.ended);
    if (method === 'DELETE') {
      if (!request.complete) this.tell('cancel', { request_id: rid, reason: 'cancelled' });
      return this.end(request, 'cancelled');
    }
    return this.attach(request, Number(url.searchParams.get('from')), signal);
  }

  private ask(asked: Fields): Response {
    const id = `01jd0f9qw0000000000000${String(this.requests.size).padStart(4, '0')}`;
    const request: Request = {
      id, token: `token ${id}`, attempt: 1, from: 0, head: 0, chunks: 0, queue: new Map(), opening: undefined, told: undefined,
      stream: undefined, ended: '', complete: false, receipt: undefined, held: [],
    };
    this.requests.set(id, request);
    const event = { request_id: id, ...asked, from: 0, attempt: 1 };
    request.told = this.meddling.request?.(event) ?? event;
    this.tell('request', request.told);
    return json({ request_id: id, token: request.token }, 201);
  }

  private attach(request: Request, from: number, signal: AbortSignal): Response {
    if (request.stream) {
      Object.assign(request, { attempt: request.attempt + 1, from, head: from, opening: undefined, complete: false });
      request.queue.clear();
      this.tell('resume', { request_id: request.id, from, attempt: request.attempt });
    }
    const stream = new Out(signal, () => this.pump(request), () => {
      if (request.stream === stream && !request.complete && !request.ended) this.tell('paused', { request_id: request.id });
    });
    request.stream = stream;
    return new Response(stream.stream);
  }
}
