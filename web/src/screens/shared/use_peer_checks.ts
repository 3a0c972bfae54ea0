// Looks after the people of a screen: asks each server once it is shown, those that are down again and again, all of
// them when somebody comes back to the window.
import { useEffect } from 'preact/hooks';
import { useEvent } from '../../api/events.ts';
import { type Connection } from '../../api/types.ts';
import { checkPeer, checks } from './peer_checks.ts';
import { isOutOfReach } from './reach.tsx';

const kFresh = 120_000;   // milliseconds for which an answer counts
const kAgain = 15_000;    // milliseconds between questions to a server that is down

const ageOf = (address: string) => Date.now() - (checks.peek().get(address)?.at ?? 0);
const isDown = (address: string) => checks.peek().get(address)?.standing?.kind === 'down';

// News of somebody whose server was thought to be down: it is back.
function hear(data: { owner?: string } | undefined): void {
  if (data?.owner !== undefined && isDown(data.owner)) void checkPeer(data.owner);
}

export function usePeerChecks(connections: readonly Connection[]): void {
  useEvent('shared_with_me', hear);
  const addresses = connections.map(({ peer }) => peer);
  const all = addresses.join(' ');
  useEffect(() => {
    // Who was down last is asked last.
    const wasDown = ({ peer_instance: { down_since: since } }: Connection) => Number(since !== null);
    const known = connections.filter((one) => !isOutOfReach(one)).sort((a, b) => wasDown(a) - wasDown(b));
    const look = (again: boolean) => {
      if (document.hidden) return;
      for (const { peer } of known) if (ageOf(peer) > kFresh || (again && isDown(peer))) void checkPeer(peer);
    };
    const lookAgain = () => look(true);
    look(false);
    const timer = setInterval(lookAgain, kAgain);
    document.addEventListener('visibilitychange', lookAgain);
    return () => {
      clearInterval(timer);
      document.removeEventListener('visibilitychange', lookAgain);
    };
  }, [all]);
}
