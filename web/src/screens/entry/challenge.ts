// The proof of work that stands in the place of a CAPTCHA: a number whose hash behind the salt is the one asked for. Done
// in slices on the page's own thread, which stays free in between: the page's policy lets no script start a worker, and
// browsers give pages over plain HTTP no SHA-256, so that it is the audited one of the noble library everywhere.
import { Problem } from '../../api/problem.ts';
import { type Schema } from '../../api/types.ts';

export type Challenge = Schema<'Challenge'>;

const kSlice = 10;       // milliseconds of work until the page has its turn
const kBetweenLooks = 64;  // hashes until the clock is looked at
const kMostNumber = 100_000_000;  // what asks for more is no check any more

export interface Work {
  onPart?: (part: number) => void;  // from 0 to 1, of the most that can be needed
  signal?: AbortSignal;
}

// Lets the page draw and take what is typed; unlike a timer, it is not slowed down in a tab that nobody looks at.
function breathe(): Promise<void> {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => { port1.close(); resolve(); };
    port2.postMessage(undefined);
  });
}

const hex = (bytes: Uint8Array) => [...bytes].map((one) => one.toString(16).padStart(2, '0')).join('');

// A hash that is not the one wanted almost always differs in its first byte.
const firstByte = (wanted: string) => Number.parseInt(wanted.slice(0, 2), 16);

function put(number: number, into: Uint8Array, at: number): number {
  const digits = String(number);
  for (let index = 0; index < digits.length; ++index) into[at + index] = digits.charCodeAt(index);
  return at + digits.length;
}

// Throws a Problem where no number fits, and what the signal says when it was given up.
export async function solve({ algorithm, challenge, salt, maxnumber }: Challenge, { onPart, signal }: Work = {}): Promise<number> {
  const { sha256 } = await import('@noble/hashes/sha2');
  const wanted = challenge.toLowerCase();
  const first = firstByte(wanted);
  const prefix = new TextEncoder().encode(salt);
  const bytes = new Uint8Array(prefix.length + String(kMostNumber).length);
  bytes.set(prefix);
  const most = algorithm === 'SHA-256' && maxnumber <= kMostNumber ? maxnumber : -1;
  let until = performance.now() + kSlice;
  for (let number = 0; number <= most; ++number) {
    const hash = sha256(bytes.subarray(0, put(number, bytes, prefix.length)));
    if (hash[0] === first && hex(hash) === wanted) return number;
    if (number % kBetweenLooks !== 0 || performance.now() < until) continue;
    onPart?.(number / maxnumber);
    await breathe();
    signal?.throwIfAborted();
    until = performance.now() + kSlice;
  }
  throw new Problem('challenge_failed', 0);
}

// What the daemon takes as the proof.
export function proofOf({ algorithm, challenge, salt, signature }: Challenge, number: number): string {
  return btoa(JSON.stringify({ algorithm, challenge, number, salt, signature }));
}
