// The name of a new album, or another one.
import { useState } from 'preact/hooks';
import { asProblem } from '../../api/problem.ts';
import { problemText } from '../../api/problem_text.ts';
import { t } from '../../i18n/index.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { TextField } from '../../ui/field.tsx';
import { nameMistakeText } from './name.ts';

interface NameDialogProps {
  title: string;
  yes: string;
  name?: string;
  onName: (name: string) => Promise<void>;   // may throw a Problem
  onClose: () => void;
}

export function NameDialog({ title, yes, name = '', onName, onClose }: NameDialogProps) {
  const [text, setText] = useState(name);
  const [mistake, setMistake] = useState<string>();
  const save = async () => {
    const wrong = nameMistakeText(text);
    if (wrong) return setMistake(wrong);
    try {
      if (text.trim() !== name) await onName(text.trim());
      onClose();
    } catch (reason) {
      setMistake(problemText(asProblem(reason)));
    }
  };
  return (
    <Dialog title={title} onClose={onClose} actions={
      <>
        <Button onClick={onClose}>{t('action.cancel')}</Button>
        <Button kind="primary" onClick={save}>{yes}</Button>
      </>
    }>
      <form onSubmit={(event) => { event.preventDefault(); void save(); }}>
        <TextField label={t('albums.name')} value={text} mistake={mistake} autofocus autocomplete="off"
          onValue={(value) => { setText(value); setMistake(undefined); }} onFocus={(event) => event.currentTarget.select()} />
      </form>
    </Dialog>
  );
}
