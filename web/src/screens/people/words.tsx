// The six words both people compare, large enough to be read aloud. No answer is suggested, and none can be given by a
// stray key or a click that was meant for something else.
import { useId } from 'preact/hooks';
import { useLocation } from 'wouter-preact';
import { type Connection } from '../../api/types.ts';
import { isOwn } from '../../data/connections.ts';
import { t } from '../../i18n/index.ts';
import { ask } from '../../ui/ask.tsx';
import { Button } from '../../ui/button.tsx';
import { UserText } from '../../ui/text.tsx';
import { confirmWords } from './acts.ts';
import { useSettled } from './use_settled.ts';
import { namesOf } from './who.ts';

function Answers({ connection }: { connection: Connection }) {
  const [, navigate] = useLocation();
  const settled = useSettled(connection.id);
  const names = namesOf(connection);
  const same = async () => {
    const outcome = await confirmWords(connection, true);
    if ('done' in outcome) document.querySelector('main')?.focus();  // what had the focus is gone
  };
  const differ = async () => {
    const sure = await ask({
      title: t('people.differ.title'), text: t('people.differ.text', names), yes: t('people.differ.yes'), no: t('people.differ.no'), danger: true,
    });
    if (sure) await confirmWords(connection, false);
  };
  return (
    <div class={`words-answers${settled}`}>
      <Button onClick={same}>{t('people.words.same')}</Button>
      <Button onClick={differ}>{t('people.words.differ')}</Button>
      <Button onClick={() => navigate('/people')}>{t('action.later')}</Button>
    </div>
  );
}

export function Words({ connection }: { connection: Connection }) {
  const heading = useId();
  const names = namesOf(connection);
  const own = isOwn(connection);
  return (
    <section class="card stack" aria-labelledby={heading}>
      <h2 id={heading}>{t('people.words.title')}</h2>
      <p>{own ? t('people.words.how', names) : t('people.words.other', names)}</p>
      <p class="words-pair">
        <strong><UserText text={connection.local} /></strong> <span aria-hidden="true">↔</span> <strong><UserText text={connection.peer} /></strong>
      </p>
      <ol class="words-list" lang="en" translate={false}>
        {connection.words?.map((word, at) => <li key={at}>{word}</li>)}
      </ol>
      {own && <Answers connection={connection} />}
    </section>
  );
}
