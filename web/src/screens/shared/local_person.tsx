// Names somebody on this server, whom no list shows: the daemon tells only admins who lives here.
import { useId, useState } from 'preact/hooks';
import { UserPlus } from 'lucide-preact';
import { call } from '../../api/client.ts';
import { asProblem } from '../../api/problem.ts';
import { problemText } from '../../api/problem_text.ts';
import { me } from '../../api/session.ts';
import { t } from '../../i18n/index.ts';
import { Button } from '../../ui/button.tsx';
import { TextField } from '../../ui/field.tsx';
import { visible } from '../../ui/text.tsx';
import { readPerson, type Recipient } from './recipients.ts';

// What is wrong with naming them, if anything.
async function mistakeAbout(handle: string): Promise<string | undefined> {
  try {
    await call('get', '/api/assets', { query: { owner: handle, limit: 1 } });
    return undefined;
  } catch (reason) {
    const problem = asProblem(reason);
    return problem.status === 404 ? t('shared.local.unknown', { who: visible(handle) }) : problemText(problem);
  }
}

interface LocalPersonProps {
  recipients: readonly Recipient[];
  suggestions: readonly string[];
  onAdd: (address: string) => void;     // somebody who is there
  onFound: (address: string) => void;   // somebody in the list already
}

export function LocalPerson({ recipients, suggestions, onAdd, onFound }: LocalPersonProps) {
  const [typed, setTyped] = useState('');
  const [mistake, setMistake] = useState<string>();
  const [busy, setBusy] = useState(false);
  const listId = useId();

  const take = (act: (address: string) => void, address: string) => {
    act(address);
    setTyped('');
    setMistake(undefined);
  };
  const add = async () => {
    const person = readPerson(typed, me().address);
    if (busy || person.kind === 'nothing') return;
    if (person.kind === 'wrong') return setMistake(t('shared.local.wrong'));
    if (person.kind === 'self') return setMistake(t('shared.local.self'));
    const { address } = person;
    const listed = recipients.find((one) => one.address === address);
    if (listed?.obstacle === 'has') return setMistake(t('shared.local.has', { who: visible(address) }));
    if (listed && !listed.obstacle) return take(onFound, address);
    if (person.kind === 'elsewhere') return setMistake(t('shared.local.elsewhere', { who: visible(address) }));
    setBusy(true);
    const wrong = await mistakeAbout(person.handle);
    setBusy(false);
    if (wrong) setMistake(wrong);
    else take(onAdd, address);
  };
  return (
    <div class="share-local">
      <TextField label={t('shared.local')} value={typed} mistake={mistake} placeholder={t('shared.local.example')}
        list={suggestions.length > 0 ? listId : undefined} onValue={(value) => { setTyped(value); setMistake(undefined); }} autocomplete="off" autocapitalize="none" spellcheck={false}
        onKeyDown={(event) => {
          if (event.key !== 'Enter' || typed.trim() === '') return;
          event.preventDefault();
          void add();
        }} />
      {suggestions.length > 0 && <datalist id={listId}>{suggestions.map((one) => <option key={one} value={one} />)}</datalist>}
      <Button icon={UserPlus} busy={busy} onClick={add}>{t('shared.local.add')}</Button>
    </div>
  );
}
