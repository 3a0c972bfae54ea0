// People elsewhere, and how far the trust between them and this person has come.
//   #/people            everybody        #/people/<id>      one, and what comes next
//   #/people/servers    for admins: the servers they live on
import { useEffect } from 'preact/hooks';
import { isAdmin } from '../../api/session.ts';
import { readConnections } from '../../data/connections.ts';
import '../../styles/people.css';
import { Instances } from './instances.tsx';
import { PeopleList } from './people_list.tsx';
import { Person } from './person.tsx';

// `invite`: from a link that was opened; it is offered once.
export function People({ id, invite, onInviteTaken }: { id?: string | undefined; invite: string | undefined; onInviteTaken: () => void }) {
  // Whether a server answers is told by no event: look again when somebody comes back to the window.
  useEffect(() => {
    const look = () => { if (!document.hidden) void readConnections(); };
    document.addEventListener('visibilitychange', look);
    return () => document.removeEventListener('visibilitychange', look);
  }, []);
  if (id === 'servers' && isAdmin()) return <Instances />;
  if (id) return <Person key={id} id={id} />;
  return <PeopleList invite={invite} onInviteTaken={onInviteTaken} />;
}
