// Files that are offered live from this page (docs/live.md): to whoever has the link, for as long as the page stays.
//
//   const offer = new LiveOffer(files);
//   await offer.open();              // never throws: `phase` says what came of it
//   offer.link.value                 // to pass on
//   offer.leave();                   // ends it for everybody; the page's going away does the same
import { computed, type ReadonlySignal, signal } from '@preact/signals';
import { asProblem, Problem } from '../api/problem.ts';
import { isStill, userId } from '../api/session.ts';
import { type Bytes } from '../sealed/bytes.ts';
import { isSlow } from '../sealed/primitives.ts';
import { takenName } from '../outside/cargo.ts';
import { follow } from './connection.ts';
import { EventLines, type SenderEvent } from './events.ts';
import { whenPageGoes } from './leaving.ts';
import { liveLinkText, newSecret } from './link.ts';
import { authKey, filesMac, type ListedFile } from './macs.ts';
import { Patience } from './patience.ts';
import { Requests } from './requests.ts';
import { endOffer, eventsUrl, offerFiles } from './sender_calls.ts';
import { type LiveTransfer } from './transfer.ts';

export type { EndReason, LiveTransfer, TransferState } from './transfer.ts';

type Ended = { kind: 'ended'; reason: 'left' | 'expired' | 'closed' } | { kind: 'ended'; reason: 'failed'; problem: Problem };

export type OfferPhase =
  | { kind: 'opening' }
  | { kind: 'open' }
  | { kind: 'away'; problem: Problem }              // the connection broke; it is tried again
  | Ended;

const kNoType = 'application/octet-stream';

// As the listing has it: names that servers take, and a type for each.
const listed = ({ name, size, type }: File): ListedFile => ({ name: takenName(name), size, type: /^[ -~]{1,100}$/.test(type) ? type : kNoType });

export class LiveOffer {
  readonly phase = signal<OfferPhase>({ kind: 'opening' });
  readonly link = signal<string | undefined>(undefined);          // with the secret
  readonly expiresAt = signal<string | undefined>(undefined);     // RFC 3339
  readonly transfers = signal<readonly LiveTransfer[]>([]);       // the newest first; the oldest finished ones are let go
  readonly notAuthentic = signal(0);                              // what was refused because it was not from who has the link
  readonly slow = isSlow();                                       // encryption is JavaScript's, which takes its time

  // Whether something is on its way: leaving would break it off.
  readonly busy: ReadonlySignal<boolean> = computed(() => this.transfers.value.some(({ over }) => !over.value));

  private readonly secret: Bytes = newSecret();
  private readonly control = new AbortController();
  private requests: Requests | undefined;
  private liveId: string | undefined;
  private farewell: Promise<void> = Promise.resolve();
  private forgetPage: () => void = () => undefined;

  constructor(readonly files: readonly File[]) {}

  async open(): Promise<void> {
    const files = this.files.map(listed);
    const key = authKey(this.secret);
    try {
      const { liveId, code, page, expiresAt } = await offerFiles(files, filesMac(key, files));
      this.liveId = liveId;
      if (this.over) return void endOffer(liveId).catch(() => undefined);   // left meanwhile
      this.requests = new Requests({ liveId, secret: this.secret, authKey: key, names: files.map(({ name }) => name) }, this.files, this);
      this.expiresAt.value = expiresAt;
      this.link.value = liveLinkText(page, { code, secret: this.secret });
      this.forgetPage = whenPageGoes(() => void this.leave());
      void this.listen(liveId);
    } catch (reason) {
      this.finish({ kind: 'ended', reason: 'failed', problem: asProblem(reason) });
    }
  }

  cancel(requestId: string): void {
    this.requests?.end(requestId, 'cancelled_by_sender');
  }

  // Resolved when the daemon knows of it, or can't be told.
  leave(): Promise<void> {
    this.finish({ kind: 'ended', reason: 'left' });
    return this.farewell;
  }

  private get over(): boolean {
    return this.phase.value.kind === 'ended';
  }

  private finish(phase: Ended): void {
    if (this.over) return;
    this.phase.value = phase;
    this.control.abort();
    const told = phase.reason === 'expired' || phase.reason === 'closed';
    if (this.liveId && !told) this.farewell = endOffer(this.liveId).catch(() => undefined);
    this.requests?.endAll();
    this.forgetPage();
  }

  // As long as the offer is there. A connection that breaks is made again.
  private async listen(liveId: string): Promise<void> {
    const { signal: stop } = this.control;
    const who = userId();
    const patience = new Patience();
    while (!this.over) {
      const problem = await this.hear(liveId, patience);
      if (this.over) return;
      if (problem.status === 404 || problem.status === 410) return this.finish({ kind: 'ended', reason: 'closed' });
      const loggedOut = problem.status === 401 && !await isStill(who).catch(() => true);
      if (loggedOut || !(problem.passing || problem.status === 401)) return this.finish({ kind: 'ended', reason: 'failed', problem });
      this.phase.value = { kind: 'away', problem };
      await patience.wait(stop, problem.retryAfter).catch(() => undefined);
    }
  }

  // One connection; the problem that it ended with.
  private async hear(liveId: string, patience: Patience): Promise<Problem> {
    const lines = new EventLines();
    try {
      await follow({
        url: eventsUrl(liveId), headers: { Accept: 'text/event-stream' }, credentials: 'same-origin', signal: this.control.signal,
        take: async (bytes) => {
          for (const event of lines.take(bytes)) this.take(event, patience);
          return !this.over;
        },
      });
      return new Problem('offline', 0);
    } catch (reason) {
      return asProblem(reason);
    }
  }

  private take(event: SenderEvent, patience: Patience): void {
    if (this.over) return;
    if (event.kind === 'end') return this.finish({ kind: 'ended', reason: event.reason === 'expired' ? 'expired' : 'closed' });
    if (event.kind === 'hello') {
      patience.reset();
      this.phase.value = { kind: 'open' };
    }
    this.requests?.take(event);
  }
}
