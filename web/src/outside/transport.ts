// How one file gets to the server: small ones with one request, others so that they can go on after a break.
import { here, type UploadAddress } from './calls.ts';
import { type Cargo } from './cargo.ts';

export interface Sending {
  address: UploadAddress;
  cargo: Cargo;
  signal: AbortSignal;
  place: { url?: string | undefined };      // where it went on, for another attempt
  onProgress: (bytes: number) => void;
  onWaiting: (waiting: boolean) => void;    // for the network, or a busy server
}

// Gives up what a resumable upload has brought so far, and its place. Works while the page goes away.
export function abandon(place: { url?: string | undefined }): void {
  const { url } = place;
  place.url = undefined;
  if (url) fetch(here(url), { method: 'DELETE', headers: { 'Tus-Resumable': '1.0.0' }, keepalive: true, credentials: 'omit' }).catch(() => undefined);
}

const kSmall = 512 * 1024;  // bytes

export async function send(sending: Sending): Promise<void> {
  const { cargo } = sending;
  const way = cargo.size <= kSmall ? (await import('./in_one.ts')).sendInOne : (await import('./resumable.ts')).sendResumably;
  await way(sending);
}
