// Reads what a sender is told (docs/live.md, "Events"): server-sent events in pieces of any size. What is not known, and what
// is not whole, is passed over.
import { type Bytes, fromBase64url } from '../sealed/bytes.ts';
import { Damaged } from '../sealed/content_coding.ts';

export type SenderEvent =
  | { kind: 'hello'; requests: string[] }
  | { kind: 'request'; requestId: string; file: number; publicKey: Bytes; mac: Bytes; from: number; attempt: number }
  | { kind: 'resume'; requestId: string; from: number; attempt: number }
  | { kind: 'paused'; requestId: string }
  | { kind: 'received'; requestId: string; mac: Bytes }
  | { kind: 'cancel'; requestId: string; reason: string }
  | { kind: 'end'; reason: string };

class Unusable extends Error {}

function unusable(): never {
  throw new Unusable();
}

const requestIdOf = (value: unknown): string => (typeof value === 'string' && /^[0-9a-z]{26}$/.test(value) ? value : unusable());
const countOf = (value: unknown): number => (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : unusable());
const textOf = (value: unknown): string => (typeof value === 'string' ? value : unusable());

function bytes32(value: unknown): Bytes {
  const bytes = fromBase64url(textOf(value));
  return bytes?.length === 32 ? bytes : unusable();
}

function read(kind: string, fields: Record<string, unknown>): SenderEvent | undefined {
  const requestId = () => requestIdOf(fields['request_id']);
  const place = () => ({ from: countOf(fields['from']), attempt: countOf(fields['attempt']) });
  const { requests, reason } = fields;
  switch (kind) {
    case 'hello': return { kind, requests: Array.isArray(requests) ? requests.map(requestIdOf) : unusable() };
    case 'request': return {
      kind, requestId: requestId(), file: countOf(fields['file']), publicKey: bytes32(fields['public_key']), mac: bytes32(fields['mac']), ...place(),
    };
    case 'resume': return { kind, requestId: requestId(), ...place() };
    case 'paused': return { kind, requestId: requestId() };
    case 'received': return { kind, requestId: requestId(), mac: bytes32(fields['mac']) };
    case 'cancel': return { kind, requestId: requestId(), reason: textOf(reason) };
    case 'end': return { kind, reason: textOf(reason) };
    default: return undefined;
  }
}

function senderEvent(kind: string, data: string): SenderEvent | undefined {
  try {
    const fields: unknown = JSON.parse(data);
    return typeof fields === 'object' && fields !== null ? read(kind, fields as Record<string, unknown>) : undefined;
  } catch (reason) {
    if (reason instanceof Unusable || reason instanceof SyntaxError) return undefined;
    throw reason;
  }
}

const kLongest = 65_536;  // characters of one event

export class EventLines {
  private readonly decoder = new TextDecoder();
  private rest = '';
  private kind = '';
  private data: string[] = [];

  // Throws Damaged for an event without end.
  take(bytes: Uint8Array): SenderEvent[] {
    const lines = (this.rest + this.decoder.decode(bytes, { stream: true })).split('\n');
    this.rest = lines.pop() ?? '';
    const events = lines.flatMap((line) => this.line(line.replace(/\r$/, '')) ?? []);
    if (this.rest.length + this.data.join('').length > kLongest) throw new Damaged('an event without end');
    return events;
  }

  private line(line: string): SenderEvent | undefined {
    if (line === '') {
      const event = this.data.length > 0 ? senderEvent(this.kind, this.data.join('\n')) : undefined;
      this.kind = '';
      this.data = [];
      return event;
    }
    const colon = line.indexOf(':');
    const field = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? '' : line.slice(colon + 1).replace(/^ /, '');
    if (field === 'event') this.kind = value;
    if (field === 'data') this.data.push(value);
    return undefined;
  }
}
