// Who can be shown files, and why others can't. Pure.
import { type Connection } from '../../api/types.ts';
import { domainOf } from '../../data/address.ts';
import { cleaned } from '../people/peer_input.ts';

// Why somebody can't receive now.
type Obstacle = 'has' | 'youDecide' | 'theyDecide' | 'connecting';

export interface Recipient {
  address: string;
  connection: Connection | undefined;  // none: somebody on this server
  has: number;                         // of the files, so many already
  obstacle: Obstacle | undefined;
}

function obstacleOf(connection: Connection | undefined): Obstacle | undefined {
  switch (connection?.state) {
    case 'pending_in': return 'youDecide';
    case 'pending_out': return 'theyDecide';
    case 'exchanging':
    case 'verifying': return 'connecting';
    default: return undefined;
  }
}

const kNotAnyMore: readonly Connection['state'][] = ['rejected', 'revoked', 'failed'];

// Which of two connections with the same person counts.
function better(one: Connection | undefined, other: Connection): Connection {
  return !one || (one.state !== 'established' && (other.state === 'established' || other.id > one.id)) ? other : one;
}

// People elsewhere whose connection stands or comes to be, and `locals`, who are on this server. Who can receive comes
// first.
export function recipientsOf(connections: readonly Connection[], locals: readonly string[], assets: readonly { shared_with: readonly string[] }[]): Recipient[] {
  const people = new Map<string, Connection | undefined>();
  for (const connection of connections) {
    if (!kNotAnyMore.includes(connection.state)) people.set(connection.peer, better(people.get(connection.peer), connection));
  }
  for (const address of locals) if (!people.has(address)) people.set(address, undefined);
  const all = [...people].map(([address, connection]): Recipient => {
    const has = assets.filter((asset) => asset.shared_with.includes(address)).length;
    return { address, connection, has, obstacle: has === assets.length ? 'has' : obstacleOf(connection) };
  });
  const rank = (one: Recipient) => (one.obstacle === undefined ? 0 : one.obstacle === 'has' ? 1 : 2);
  return all.sort((a, b) => rank(a) - rank(b) || (a.address < b.address ? -1 : 1));
}

// Those on the server `domain` with whom one of the files is shared.
export function localsAmong(addresses: readonly string[], domain: string): string[] {
  return [...new Set(addresses.filter((address) => domainOf(address) === domain))];
}

type TypedPerson =
  | { kind: 'nothing' }
  | { kind: 'wrong' }
  | { kind: 'self' }
  | { kind: 'local'; handle: string; address: string }
  | { kind: 'elsewhere'; address: string };

const kHandle = /^[a-z0-9._-]{1,64}$/;

// What somebody typed to name a person: "carol", "@carol", or a whole address. `self` is their own address.
export function readPerson(typed: string, self: string): TypedPerson {
  const text = cleaned(typed).toLowerCase().replace(/^(mailto:|@)+/, '');
  if (!text) return { kind: 'nothing' };
  const own = domainOf(self);
  const at = text.indexOf('@');
  const handle = at < 0 ? text : text.slice(0, at);
  const domain = at < 0 ? own : text.slice(at + 1);
  if (!kHandle.test(handle) || !domain) return { kind: 'wrong' };
  const address = `${handle}@${domain}`;
  if (address === self) return { kind: 'self' };
  return domain === own ? { kind: 'local', handle, address } : { kind: 'elsewhere', address };
}
