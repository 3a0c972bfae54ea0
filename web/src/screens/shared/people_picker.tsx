// The people one can share with, and those one can't yet, with the reason.
import { useState } from 'preact/hooks';
import { Users } from 'lucide-preact';
import { handleOf } from '../../data/address.ts';
import { connectionsRead } from '../../data/connections.ts';
import { t } from '../../i18n/index.ts';
import { LinkButton } from '../../ui/button.tsx';
import { TextField } from '../../ui/field.tsx';
import { Avatar } from '../../ui/pieces.tsx';
import { Loading } from '../../ui/progress.tsx';
import { UserText, visible } from '../../ui/text.tsx';
import { Reach, WordsChip } from '../people/labels.tsx';
import { wordsAreOpen } from '../people/story.ts';
import { type Recipient } from './recipients.ts';

const kMany = 8;   // people, from which on one can search

function Notes({ recipient: { address, connection, has, obstacle }, count }: { recipient: Recipient; count: number }) {
  const who = visible(handleOf(address));
  return (
    <>
      {!connection && <span>{t('shared.person.local')}</span>}
      {obstacle && <span>{t(`shared.obstacle.${obstacle}`, { who, n: count })}</span>}
      {!obstacle && has > 0 && <span>{t('shared.person.hasSome', { has, n: count })}</span>}
      {obstacle !== 'has' && connection?.state === 'established' && <Reach connection={connection} />}
    </>
  );
}

interface RowProps { recipient: Recipient; count: number; checked: boolean; first: boolean; onChecked: (checked: boolean) => void }

function PersonRow({ recipient, count, checked, first, onChecked }: RowProps) {
  const { address, connection, obstacle } = recipient;
  return (
    <li>
      <label class={`share-person${obstacle ? ' unable' : ''}`}>
        <input type="checkbox" checked={checked && !obstacle} disabled={obstacle !== undefined} autofocus={first && !obstacle}
          onChange={(event) => onChecked(event.currentTarget.checked)} />
        <Avatar name={address} small />
        <span class="grow share-person-text">
          <UserText text={address} />
          <small class="muted"><Notes recipient={recipient} count={count} /></small>
        </span>
        {connection && <WordsChip connection={connection} linked={false} />}
      </label>
    </li>
  );
}

function Nobody() {
  return (
    <div class="share-nobody stack tight">
      <p>{t('shared.dialog.nobody')}</p>
      <div><LinkButton small icon={Users} href="#/people">{t('shared.connect')}</LinkButton></div>
    </div>
  );
}

interface PickerProps {
  recipients: readonly Recipient[];
  chosen: ReadonlySet<string>;
  count: number;                                          // of the files
  onChoose: (address: string, chosen: boolean) => void;
}

export function PeoplePicker({ recipients, chosen, count, onChoose }: PickerProps) {
  const [wanted, setWanted] = useState('');
  const shown = recipients.filter(({ address }) => chosen.has(address) || address.includes(wanted.trim().toLowerCase()));
  const open = recipients.filter(({ address, connection }) => chosen.has(address) && connection && wordsAreOpen(connection));
  const [first] = open;
  return (
    <fieldset class="share-people-field stack tight">
      <legend class="field-label">{t('shared.dialog.whom')}</legend>
      {recipients.length === 0 && (connectionsRead.value ? <Nobody /> : <Loading />)}
      {recipients.length > kMany && <TextField type="search" label={t('shared.dialog.search')} value={wanted} onValue={setWanted} />}
      {shown.length > 0 && (
        <ul class="share-people list">
          {shown.map((one, at) => (
            <PersonRow key={one.address} recipient={one} count={count} first={at === 0} checked={chosen.has(one.address)}
              onChecked={(checked) => onChoose(one.address, checked)} />
          ))}
        </ul>
      )}
      {recipients.length > 0 && shown.length === 0 && <p class="muted" role="status">{t('shared.dialog.noMatch')}</p>}
      {first?.connection && (
        <p class="share-caution">
          {t('shared.words.caution', { who: visible(handleOf(first.address)) })}{' '}
          <a href={`#/people/${first.connection.id}`}>{t('shared.words.compare')}</a>
        </p>
      )}
    </fieldset>
  );
}
