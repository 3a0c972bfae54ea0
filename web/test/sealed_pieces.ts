// What the tests of sealing share.
import { webcrypto } from 'node:crypto';
import { type Bytes, join } from '../src/sealed/bytes.ts';
import { type Decoder } from '../src/sealed/decoder.ts';
import { browserPrimitives, type Primitives } from '../src/sealed/primitives.ts';
import { scriptPrimitives } from '../src/sealed/script_primitives.ts';

// Node 18 has it, but not for everybody.
if (!('crypto' in globalThis)) Object.defineProperty(globalThis, 'crypto', { value: webcrypto });

export const bothPrimitives: { browser: Primitives; script: Primitives } = { browser: browserPrimitives(webcrypto.subtle), script: scriptPrimitives };

// Content that differs everywhere.
export function content(length: number): Bytes {
  const bytes = new Uint8Array(length);
  for (let at = 0, value = 7; at < length; ++at) {
    value = (value * 1_103_515_245 + 12_345) & 0x7fffffff;
    bytes[at] = value >> 16;
  }
  return bytes;
}

export async function decode(decoder: Decoder, sealed: Bytes, piece = sealed.length): Promise<Bytes> {
  const parts: Bytes[] = [];
  for (let at = 0; at < sealed.length; at += piece) parts.push(...await decoder.take(sealed.subarray(at, at + piece)));
  return join([...parts, ...await decoder.end()]);
}
