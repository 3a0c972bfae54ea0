// Names for people: an address is a handle, "@" and the domain of their server.
import { isOwn } from '../../data/connections.ts';
import { type Connection } from '../../api/types.ts';
import { visible } from '../../ui/text.tsx';

export function handleOf(address: string): string {
  return visible(address.split('@', 1)[0] ?? address);
}

export function domainOf(address: string): string {
  return visible(address.slice(address.indexOf('@') + 1));
}

// What most sentences about a connection need. `you` is for texts that tell an admin about somebody else's.
export function namesOf(connection: Connection) {
  return {
    peer: handleOf(connection.peer),
    address: visible(connection.peer),
    domain: domainOf(connection.peer),
    local: handleOf(connection.local),
    localAddress: visible(connection.local),
    you: isOwn(connection) ? 'yes' : 'no',
  };
}
