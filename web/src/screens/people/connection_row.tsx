// One person in the list: who, how far it has come, whether their server answers.
import { type ComponentChildren } from 'preact';
import { type Connection } from '../../api/types.ts';
import { handleOf } from '../../data/address.ts';
import { isOwn } from '../../data/connections.ts';
import { t } from '../../i18n/index.ts';
import { Avatar } from '../../ui/pieces.tsx';
import { UserText } from '../../ui/text.tsx';
import { Reach, TrustChip, WordsChip } from './labels.tsx';
import { trouble, turnOf } from './story.ts';
import { namesOf } from './who.ts';

export function ConnectionRow({ connection, children }: { connection: Connection; children?: ComponentChildren }) {
  const stuck = trouble(connection) !== undefined && turnOf(connection) !== 'nobody' && !connection.peer_instance.down_since;
  return (
    <li class="list-row person">
      <Avatar name={handleOf(connection.peer)} />
      <div class="grow person-text">
        <a class="person-link" href={`#/people/${connection.id}`}><UserText text={connection.peer} /></a>
        {!isOwn(connection) && <small class="muted">{t('people.row.of', namesOf(connection))}</small>}
        <small class="muted person-more">
          {children}
          <Reach connection={connection} />
          {stuck && <span class="reach down">{t('people.row.stuck')}</span>}
        </small>
      </div>
      <div class="person-chips">
        <WordsChip connection={connection} />
        <TrustChip connection={connection} />
      </div>
    </li>
  );
}
