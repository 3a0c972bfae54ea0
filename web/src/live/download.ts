// One file of an offer on its way to whoever has the link: asked for, received over connections that break, checked.
import { signal } from '@preact/signals';
import { offline, Problem } from '../api/problem.ts';
import { diskProblem, type Target } from '../media/disk.ts';
import { Meter } from '../media/meter.ts';
import { type Bytes } from '../sealed/bytes.ts';
import { Damaged } from '../sealed/content_coding.ts';
import { follow } from './connection.ts';
import { type Incoming } from './incoming.ts';
import { whenPageGoes } from './leaving.ts';
import { type StreamItem, StreamLines } from './lines.ts';
import { type ListedFile, receiverMac } from './macs.ts';
import { Patience } from './patience.ts';
import { askFor, giveUp, sendReceipt, streamOf, type Ticket } from './receiver_calls.ts';

export type DownloadState =
  | { kind: 'ready' }
  | { kind: 'asking' }            // the daemon
  | { kind: 'waiting' }           // for the sender to answer
  | { kind: 'receiving' }
  | { kind: 'sender_away' }       // their connection broke; it goes on when they are back
  | { kind: 'reconnecting' }      // this page's connection broke
  | { kind: 'checking' }          // all is there and was right; the file is being finished
  | { kind: 'done' }              // only now the file is whole
  | { kind: 'cancelled' }
  // not_authentic, sender_gone, transfer_ended, file_changed, busy, offline, disk_full, disk_refused, too_large, …
  | { kind: 'failed'; problem: Problem };

const kTold = 100;      // milliseconds between two tellings of progress
const kTries = 5;       // of a call that is not the stream
const kCutOff = 4;      // connections in a row that end properly, opened and without a chunk: somebody cuts it off

const kResting = ['ready', 'done', 'cancelled', 'failed'];

export interface From { code: string; secret: Bytes; authKey: Bytes; liveId: string }

export class LiveDownload {
  readonly state = signal<DownloadState>({ kind: 'ready' });
  readonly received = signal(0);                    // bytes, opened and written
  readonly meter = new Meter();                     // of them
  private readonly control = new AbortController();
  private ticket: Ticket | undefined;
  private written = 0;
  private told = 0;

  constructor(private readonly from: From, readonly number: number, readonly file: ListedFile) {}

  // Whether it is on its way: leaving the page would break it off.
  get running(): boolean {
    return !kResting.includes(this.state.value.kind);
  }

  // Once. The target is finished only when all of it was right, and discarded otherwise. `most`: bytes that it takes.
  async start(target: Target, most = Infinity): Promise<void> {
    if (this.state.value.kind !== 'ready') return target.discard();
    this.tell('asking');
    const forget = whenPageGoes(() => this.cancel());
    try {
      const incoming = await this.fetch(target, most);
      this.tell('checking');
      await target.finish();
      this.tell('done');
      void this.acknowledge(incoming.receipt());
    } catch (reason) {
      await target.discard().catch(() => undefined);
      if (!this.control.signal.aborted) this.state.value = { kind: 'failed', problem: problemOf(reason) };
      this.withdraw();
    } finally {
      forget();
    }
  }

  // Also when the page goes away. What is whole can't be cancelled any more.
  cancel(): void {
    if (!this.running || this.state.value.kind === 'checking') return;
    this.state.value = { kind: 'cancelled' };
    this.control.abort();
    this.withdraw();
  }

  private async fetch(target: Target, most: number): Promise<Incoming> {
    const { from: { liveId, authKey, secret, code }, number, file: { size } } = this;
    const { signal } = this.control;
    const room = (bytes: number) => { if (bytes > most) throw new Problem('too_large', 0); };
    room(size ?? 0);
    const [{ Incoming }, { newKeyPair }] = await cryptography();
    const keys = newKeyPair();
    const part = { liveId, file: number, receiverKey: keys.publicKey };
    this.ticket = await severalTimes(signal, () => askFor(code, number, keys.publicKey, receiverMac(authKey, part)));
    if (signal.aborted) this.withdraw();   // cancelled meanwhile
    signal.throwIfAborted();
    const { ticket } = this;
    this.tell('waiting');
    const incoming = new Incoming({ ...part, requestId: ticket.requestId, keys, secret, authKey, size }, async (piece) => {
      room(this.written + piece.length);
      await target.write(piece);
      this.progress(piece.length);
    });
    await this.receive(incoming, ticket);
    this.received.value = this.written;
    return incoming;
  }

  // Connection after connection, until all is there.
  private async receive(incoming: Incoming, ticket: Ticket): Promise<void> {
    const { signal } = this.control;
    const patience = new Patience();
    for (let cut = 0; !incoming.whole;) {
      const before = incoming.next;
      const problem = await this.connect(incoming, ticket);
      signal.throwIfAborted();
      if (incoming.whole) return;
      if (problem && !problem.passing) {
        if (problem.status > 0) this.ticket = undefined;   // it is over there
        throw problem;
      }
      if (incoming.next > before) patience.reset();
      cut = problem || !incoming.opened || incoming.next > before ? 0 : cut + 1;
      if (cut >= kCutOff) throw new Damaged('it ends before its end');
      this.tell('reconnecting');
      await patience.wait(signal, problem?.retryAfter);
    }
  }

  // One connection; the problem that ended it, if one did.
  private async connect(incoming: Incoming, ticket: Ticket): Promise<Problem | undefined> {
    const lines = new StreamLines();
    incoming.connected();
    try {
      await follow({
        ...streamOf(ticket, incoming.next), credentials: 'omit', signal: this.control.signal,
        take: async (bytes) => {
          for (const item of lines.take(bytes)) await this.take(item, incoming);
          return !incoming.whole;
        },
      });
      return undefined;
    } catch (reason) {
      if (reason instanceof Problem) return reason;
      throw reason;
    }
  }

  private async take(item: StreamItem, incoming: Incoming): Promise<void> {
    this.control.signal.throwIfAborted();
    switch (item.kind) {
      case 'error':
        this.ticket = undefined;   // it is over there
        throw new Problem(item.code, 0, item.detail);
      case 'sender_away': return this.tell('sender_away');
      case 'sender_back': return this.tell(incoming.opened ? 'receiving' : 'waiting');
      default:
        await incoming.take(item);
        this.control.signal.throwIfAborted();
        this.tell('receiving');
    }
  }

  private progress(bytes: number): void {
    this.written += bytes;
    const now = performance.now();
    this.meter.note(this.written, now);
    if (now - this.told < kTold) return;
    this.told = now;
    this.received.value = this.written;
  }

  private tell(kind: Exclude<DownloadState['kind'], 'failed'>): void {
    if (this.state.value.kind !== kind && !this.control.signal.aborted) this.state.value = { kind };
  }

  private async acknowledge(mac: Bytes): Promise<void> {
    const { ticket } = this;
    if (ticket) await severalTimes(this.control.signal, () => sendReceipt(ticket, mac)).catch(() => undefined);
  }

  // It may have ended already.
  private withdraw(): void {
    if (this.ticket) giveUp(this.ticket).catch(() => undefined);
    this.ticket = undefined;
  }
}

// Loaded when it is needed: the list of files is to be seen soon.
const cryptography = () => Promise.all([import('./incoming.ts'), import('./keys.ts')]).catch(() => { throw offline(); });

async function severalTimes<Answer>(signal: AbortSignal, act: () => Promise<Answer>): Promise<Answer> {
  const patience = new Patience();
  for (;;) {
    try {
      return await act();
    } catch (reason) {
      signal.throwIfAborted();
      if (!(reason instanceof Problem) || !reason.passing || patience.tries + 1 >= kTries) throw reason;
      await patience.wait(signal, reason.retryAfter);
    }
  }
}

function problemOf(reason: unknown): Problem {
  if (reason instanceof Damaged) return new Problem('not_authentic', 0, reason.message);
  const problem = diskProblem(reason);
  return problem.code === 'not_found' ? new Problem('sender_gone', problem.status, problem.detail) : problem;
}
