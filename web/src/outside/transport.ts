// How one file gets to the server: small ones with one request, others so that they can go on after a break.
import { type UploadAddress } from './calls.ts';
import { type Cargo } from './cargo.ts';

export interface Sending {
  address: UploadAddress;
  cargo: Cargo;
  signal: AbortSignal;
  place: { url?: string | undefined };      // where it went on, for another attempt
  onProgress: (bytes: number) => void;
  onWaiting: (waiting: boolean) => void;    // for the network, or a busy server
}

const kSmall = 512 * 1024;  // bytes

export async function send(sending: Sending): Promise<void> {
  const { cargo } = sending;
  const way = cargo.size <= kSmall ? (await import('./in_one.ts')).sendInOne : (await import('./resumable.ts')).sendResumably;
  await way(sending);
}
