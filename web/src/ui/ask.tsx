// Questions asked from anywhere: `if (await ask({…})) …`. <Questions/> stands once in the page.
import { signal } from '@preact/signals';
import { type ComponentChildren } from 'preact';
import { whenUserLeaves } from '../api/session.ts';
import { t } from '../i18n/index.ts';
import { Button } from './button.tsx';
import { Dialog } from './dialog.tsx';

interface Question {
  title: string;
  text: ComponentChildren;
  yes: string;         // says what will happen: "Delete 3 files", never "OK"
  no?: string;         // default: Cancel
  danger?: boolean;
}

const waiting = signal<{ question: Question; answer: (yes: boolean) => void }[]>([]);

export function ask(question: Question): Promise<boolean> {
  return new Promise((resolve) => {
    waiting.value = [...waiting.value, { question, answer: resolve }];
  });
}

whenUserLeaves(() => {
  const unanswered = waiting.value;
  waiting.value = [];
  for (const { answer } of unanswered) answer(false);
});

export function Questions() {
  const first = waiting.value[0];
  if (!first) return null;
  const answer = (yes: boolean) => {
    waiting.value = waiting.value.filter((one) => one !== first);
    first.answer(yes);
  };
  const { title, text, yes, no, danger } = first.question;
  return (
    <Dialog key={title} title={title} role="alertdialog" onClose={() => answer(false)} actions={
      <>
        <Button autofocus onClick={() => answer(false)}>{no ?? t('action.cancel')}</Button>
        <Button kind={danger ? 'danger primary' : 'primary'} onClick={() => answer(true)}>{yes}</Button>
      </>
    }>
      <div class="stack tight">{text}</div>
    </Dialog>
  );
}
