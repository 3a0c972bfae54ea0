// Asks anew where a connection has ended, and leads to the new one.
import { useLocation } from 'wouter-preact';
import { type Connection } from '../../api/types.ts';
import { t } from '../../i18n/index.ts';
import { Button } from '../../ui/button.tsx';
import { askAgain } from './acts.ts';
import { namesOf } from './who.ts';

export function AskAgain({ connection, small = false }: { connection: Connection; small?: boolean }) {
  const [, navigate] = useLocation();
  const again = async () => {
    const outcome = await askAgain(connection);
    if ('done' in outcome) navigate(`/people/${outcome.done.id}`);
  };
  return <Button small={small} onClick={again}>{t(connection.direction === 'outgoing' ? 'people.again' : 'people.askThem', namesOf(connection))}</Button>;
}
