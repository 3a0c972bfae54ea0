// Asks once for a batch what is to happen with names that exist already.
import { signal } from '@preact/signals';
import { whenUserLeaves } from '../api/session.ts';
import { t } from '../i18n/index.ts';
import { Button } from '../ui/button.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { UserText } from '../ui/text.tsx';
import { type Answer } from './plan.ts';

interface Question { names: string[]; count: number; answer: (answer: Answer | undefined) => void }

const question = signal<Question | undefined>(undefined);

// Undefined: nothing of the batch is wanted. `count` is how many files the batch has.
export function askAboutConflicts(names: string[], count: number): Promise<Answer | undefined> {
  return new Promise((resolve) => {
    question.value = { names, count, answer: (answer) => { question.value = undefined; resolve(answer); } };
  });
}

whenUserLeaves(() => question.value?.answer(undefined));

const kShown = 5;  // names

export function Conflicts() {
  const asked = question.value;
  if (!asked) return null;
  const { names, count, answer } = asked;
  const n = names.length;
  return (
    <Dialog title={t('upload.exists.title', { n })} onClose={() => answer(undefined)} actions={
      <>
        <Button onClick={() => answer('skip')}>{t(n === count ? 'upload.exists.skipAll' : 'upload.exists.skip', { n })}</Button>
        <Button onClick={() => answer('both')}>{t('upload.exists.both')}</Button>
        <Button kind="primary" autofocus onClick={() => answer('version')}>{t('upload.exists.version', { n })}</Button>
      </>
    }>
      <div class="stack tight">
        <ul class="conflict-names">
          {names.slice(0, kShown).map((name) => <li key={name} class="truncate"><UserText text={name} /></li>)}
          {n > kShown && <li class="muted">{t('upload.exists.more', { n: n - kShown })}</li>}
        </ul>
        <p class="muted">{t('upload.exists.hint', { n })}</p>
      </div>
    </Dialog>
  );
}
