// Which fingerprints of a pair of people have been looked at. The first one that is shown counts as looked at; another
// one for the same two people (a request asked anew with another key, or two at once) has to be acknowledged before it
// can be approved, so that nothing changes under somebody's finger. So has one that differs from that of a connection
// with the same server.
import { signal } from '@preact/signals';
import { whenUserLeaves } from '../../api/session.ts';
import { type Connection } from '../../api/types.ts';
import { domainOf } from '../../data/address.ts';
import { connections } from '../../data/connections.ts';

const looked = signal<ReadonlyMap<string, readonly string[]>>(new Map());

function pairOf({ local, peer }: Connection): string {
  return `${local} ${peer}`;
}

function trustedOf({ peer }: Connection): string[] {
  return connections.value.flatMap((one) =>
    one.state === 'established' && domainOf(one.peer) === domainOf(peer) && one.fingerprint ? [one.fingerprint] : []);
}

function knownOf(connection: Connection): readonly string[] {
  return [...trustedOf(connection), ...(looked.value.get(pairOf(connection)) ?? [])];
}

export function acknowledge(connection: Connection): void {
  const pair = pairOf(connection);
  const before = looked.value.get(pair) ?? [];
  if (!connection.fingerprint || before.includes(connection.fingerprint)) return;
  looked.value = new Map(looked.value).set(pair, [...before, connection.fingerprint]);
}

// The one known before, if this connection shows another.
export function earlierFingerprint(connection: Connection): string | undefined {
  const known = knownOf(connection);
  if (!connection.fingerprint || known.includes(connection.fingerprint)) return undefined;
  return known.at(-1);
}

whenUserLeaves(() => { looked.value = new Map(); });
