// Everything before the log-in: the form, a one-time link, the first start.
import { useState } from 'preact/hooks';
import { session } from '../../api/session.ts';
import '../../styles/entry.css';
import { t } from '../../i18n/index.ts';
import { type Arrival } from '../../shell/arrival.ts';
import { LinkLogIn } from './link.tsx';
import { LogIn } from './log_in.tsx';
import { SetUp } from './set_up.tsx';

// `onDone` is called when the link that was opened needs no more attention.
export function Gate({ arrival, ended, onDone }: { arrival: Arrival; ended: boolean; onDone: () => void }) {
  const [note, setNote] = useState<string>();
  const spent = (text: string) => {
    setNote(text);
    onDone();
  };
  if (arrival.setUpToken) return <SetUp token={arrival.setUpToken} onDone={onDone} onSpent={() => spent(t('setUp.spent'))} />;
  if (arrival.logInToken) {
    const cancel = session.value ? onDone : undefined;
    return <LinkLogIn token={arrival.logInToken} onDone={onDone} onSpent={() => spent(t('link.spent'))} onCancel={cancel} />;
  }
  return <LogIn ended={ended} note={note} />;
}
