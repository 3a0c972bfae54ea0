// What one can do to a connection. Each act puts the answer into the list; somebody else may have been faster (another
// admin, another window, a double click): then things are read anew, and that is said.
import { call } from '../../api/client.ts';
import { asProblem, type Problem } from '../../api/problem.ts';
import { problemText } from '../../api/problem_text.ts';
import { type Connection } from '../../api/types.ts';
import { putConnection, readConnection } from '../../data/connections.ts';
import { toast } from '../../ui/toasts.tsx';

type Plain = 'reject' | 'retry' | 'rotate' | 'revoke';

type Outcome = { done: Connection } | { failed: Problem };

const kPlain = {
  reject: '/api/connections/{id}/reject',
  retry: '/api/connections/{id}/retry',
  rotate: '/api/connections/{id}/rotate',
  revoke: '/api/connections/{id}/revoke',
} as const;

// Moved on meanwhile, gone, or shown differently than it is: what is on the screen is old.
function isStale(problem: Problem): boolean {
  return ['wrong_state', 'not_found', 'fingerprint_mismatch'].includes(problem.code);
}

async function act(id: string, work: () => Promise<Connection>): Promise<Outcome> {
  try {
    const done = await work();
    putConnection(done, id);
    return { done };
  } catch (reason) {
    const failed = asProblem(reason);
    if (isStale(failed)) await readConnection(id).catch(() => undefined);
    toast({ text: problemText(failed), kind: isStale(failed) ? 'plain' : 'danger' });
    return { failed };
  }
}

export function doPlain(what: Plain, { id }: Connection): Promise<Outcome> {
  return act(id, () => call('post', kPlain[what], { path: { id } }));
}

// `fingerprint` is the one the person has looked at, whatever the daemon has by now.
export function approve({ id }: Connection, fingerprint: string): Promise<Outcome> {
  return act(id, () => call('post', '/api/connections/{id}/approve', { path: { id }, body: { fingerprint } }));
}

export function confirmWords({ id }: Connection, match: boolean): Promise<Outcome> {
  return act(id, () => call('post', '/api/connections/{id}/confirm-words', { path: { id }, body: { match } }));
}

// Asks the same person anew, without an invite that was used before; the new connection.
export async function askAgain({ peer, purpose: before, direction }: Connection): Promise<Outcome> {
  const purpose = direction === 'outgoing' ? before : '';  // the other side's words are not one's own
  try {
    const done = await call('post', '/api/connections', { body: { peer, purpose }, once: true });
    putConnection(done);
    return { done };
  } catch (reason) {
    const failed = asProblem(reason);
    toast({ text: problemText(failed), kind: 'danger' });
    return { failed };
  }
}
