import { type Connection } from '../../api/types.ts';
import { domainOf, handleOf } from '../../data/address.ts';
import { isOwn } from '../../data/connections.ts';
import { visible } from '../../ui/text.tsx';

// The names most sentences about a connection need. `you` is for texts that tell an admin about somebody else's.
export function namesOf(connection: Connection) {
  return {
    peer: visible(handleOf(connection.peer)),
    address: visible(connection.peer),
    domain: visible(domainOf(connection.peer)),
    local: visible(handleOf(connection.local)),
    localAddress: visible(connection.local),
    you: isOwn(connection) ? 'yes' : 'no',
  };
}
