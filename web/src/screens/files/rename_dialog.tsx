// A new name for a file. The ending is kept apart, because programs go by it; it can be changed on purpose.
import { useState } from 'preact/hooks';
import { call } from '../../api/client.ts';
import { asProblem } from '../../api/problem.ts';
import { problemText } from '../../api/problem_text.ts';
import { type Asset } from '../../api/types.ts';
import { t } from '../../i18n/index.ts';
import { nameMistake, splitName } from '../../media/names.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { CheckField, TextField } from '../../ui/field.tsx';
import { UserText } from '../../ui/text.tsx';

export function RenameDialog({ item, onDone, onClose }: { item: Asset; onDone: (item: Asset) => void; onClose: () => void }) {
  const { stem, ending } = splitName(item.name);
  const [text, setText] = useState(stem);
  const [whole, setWhole] = useState(ending === '');
  const [mistake, setMistake] = useState<string>();
  const name = (whole ? text : text + ending).trim();

  const change = (value: string) => {
    setText(value);
    setMistake(undefined);
  };
  const setEnding = (own: boolean) => {
    setWhole(own);
    change(own ? text + ending : splitName(text).stem);
  };
  const save = async () => {
    if (name === item.name) return onClose();
    const wrong = text.trim() === '' ? 'empty' : nameMistake(name);
    if (wrong) return setMistake(t(`upload.name.${wrong}`));
    try {
      onDone(await call('patch', '/api/assets/{id}', { path: { id: item.id }, body: { name } }));
      onClose();
    } catch (reason) {
      const problem = asProblem(reason);
      setMistake(problem.status === 409 ? t('files.rename.taken') : problem.status === 404 ? t('media.gone') : problemText(problem));
    }
  };
  return (
    <Dialog title={t('files.rename.title')} onClose={onClose} actions={
      <>
        <Button onClick={onClose}>{t('action.cancel')}</Button>
        <Button kind="primary" onClick={save}>{t('action.rename')}</Button>
      </>
    }>
      <form class="stack" onSubmit={(event) => { event.preventDefault(); void save(); }}>
        <div class="rename-name">
          <TextField label={t('files.rename.name')} value={text} onValue={change} mistake={mistake} autofocus autocomplete="off" spellcheck={false}
            onFocus={(event) => event.currentTarget.select()} />
          {!whole && <span class="rename-ending"><UserText text={ending} /></span>}
        </div>
        {ending && <CheckField label={t('files.rename.ending')} checked={whole} onChecked={setEnding} />}
      </form>
    </Dialog>
  );
}
