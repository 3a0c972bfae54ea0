// Deleting an album, after asking. True: it is gone.
import { asProblem } from '../../api/problem.ts';
import { problemText } from '../../api/problem_text.ts';
import { type Album } from '../../api/types.ts';
import { formatList } from '../../i18n/format.ts';
import { t } from '../../i18n/index.ts';
import { ask } from '../../ui/ask.tsx';
import { visible } from '../../ui/text.tsx';
import { toast } from '../../ui/toasts.tsx';
import { deleteAlbum } from './acts.ts';

export async function askAndDelete({ id, name, shared_with: who }: Album): Promise<boolean> {
  const text = who.length > 0 ? t('albums.delete.shared', { names: formatList(who.map(visible)), n: who.length }) : t('albums.delete.text');
  if (!await ask({ title: t('albums.delete.title', { name: visible(name) }), text, yes: t('albums.delete.yes'), danger: true })) return false;
  try {
    await deleteAlbum(id);
  } catch (reason) {
    const problem = asProblem(reason);
    if (problem.status !== 404) {
      toast({ kind: 'danger', text: problemText(problem) });
      return false;
    }
  }
  toast({ text: t('albums.deleted', { name: visible(name) }) });
  return true;
}
