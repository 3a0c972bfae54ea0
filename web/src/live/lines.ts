// Reads a receiver's stream (docs/live.md): lines of JSON, and behind a chunk's line its bytes. Takes it in pieces of any
// size; holds one line and one chunk at most. Throws Damaged for what can't be one.
import { type Bytes, fromBase64url } from '../sealed/bytes.ts';
import { Damaged } from '../sealed/content_coding.ts';
import { kSealedPiece } from './chunks.ts';

export const kLongestLine = 4096;  // bytes, its end included

export interface Opening {
  readonly kind: 'opening';
  readonly publicKey: Bytes;
  readonly mac: Bytes;
  readonly salt: Bytes;
  readonly chunks: number | null;   // null: nobody knows yet
  readonly from: number;
}

export type StreamItem =
  | Opening
  | { readonly kind: 'chunk'; readonly number: number; readonly sealed: Bytes }
  | { readonly kind: 'sender_away' | 'sender_back' }
  | { readonly kind: 'error'; readonly code: string; readonly detail: string };

type Fields = Record<string, unknown>;

function fieldsOf(value: unknown): Fields {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new Damaged('a line that is no object');
  return value as Fields;
}

function parse(line: Bytes): Fields {
  try {
    return fieldsOf(JSON.parse(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(line)));
  } catch {
    throw new Damaged('a line that is no JSON');
  }
}

function count(value: unknown): number {
  if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < 0) throw new Damaged('a number that is none');
  return value;
}

function bytes32(value: unknown): Bytes {
  const bytes = typeof value === 'string' ? fromBase64url(value) : undefined;
  if (bytes?.length !== 32) throw new Damaged('32 bytes that are none');
  return bytes;
}

function openingOf({ public_key: publicKey, mac, salt, chunks, from }: Fields): Opening {
  return {
    kind: 'opening', publicKey: bytes32(publicKey), mac: bytes32(mac), salt: bytes32(salt),
    chunks: chunks === null ? null : count(chunks), from: count(from),
  };
}

const text = (value: unknown): string => (typeof value === 'string' ? value : '');

function errorOf(value: unknown): StreamItem {
  const { code, detail } = fieldsOf(value);
  return { kind: 'error', code: text(code) || 'unknown', detail: text(detail) };
}

export class StreamLines {
  private readonly line = new Uint8Array(kLongestLine);
  private length = 0;
  private chunk: { number: number; sealed: Bytes; filled: number } | undefined;

  // Empty lines, and what is not known, are passed over.
  take(bytes: Uint8Array): StreamItem[] {
    const items: StreamItem[] = [];
    for (let at = 0; at < bytes.length;) {
      at += this.chunk ? this.fill(bytes.subarray(at), items) : this.read(bytes.subarray(at), items);
    }
    return items;
  }

  private read(bytes: Uint8Array, items: StreamItem[]): number {
    const end = bytes.indexOf(0x0a);
    const part = bytes.subarray(0, end < 0 ? bytes.length : end);
    if (this.length + part.length >= kLongestLine) throw new Damaged('a line without end');
    this.line.set(part, this.length);
    this.length += part.length;
    if (end < 0) return part.length;
    const line = this.line.subarray(0, this.length);
    this.length = 0;
    const item = line.length > 0 ? this.itemOf(parse(line)) : undefined;
    if (item) items.push(item);
    return part.length + 1;
  }

  private fill(bytes: Uint8Array, items: StreamItem[]): number {
    const { chunk } = this;
    if (!chunk) return 0;
    const { number, sealed } = chunk;
    const part = bytes.subarray(0, sealed.length - chunk.filled);
    sealed.set(part, chunk.filled);
    chunk.filled += part.length;
    if (chunk.filled === sealed.length) {
      this.chunk = undefined;
      items.push({ kind: 'chunk', number, sealed });
    }
    return part.length;
  }

  private itemOf(fields: Fields): StreamItem | undefined {
    if (fields['chunk'] !== undefined) {
      const length = count(fields['bytes']);
      if (length === 0 || length > kSealedPiece) throw new Damaged('a chunk of a wrong size');
      this.chunk = { number: count(fields['chunk']), sealed: new Uint8Array(length), filled: 0 };
      return undefined;
    }
    if (fields['public_key'] !== undefined) return openingOf(fields);
    if (fields['error'] !== undefined) return errorOf(fields['error']);
    const { event } = fields;
    return event === 'sender_away' || event === 'sender_back' ? { kind: event } : undefined;
  }
}
