// Choosing files: by the browser's dialog, or dropped anywhere on the page.
import { useEffect, useState } from 'preact/hooks';
import { FilePlus2 } from 'lucide-preact';
import { t } from '../i18n/index.ts';
import { droppedFiles } from '../upload/pick.ts';
import { type Picked } from '../upload/plan.ts';
import { Button } from '../ui/button.tsx';

type TakeFiles = (files: File[]) => void;

function choose(many: boolean, take: TakeFiles): void {
  const input = document.createElement('input');
  input.type = 'file';
  input.multiple = many;
  input.hidden = true;
  input.addEventListener('change', () => { take([...input.files ?? []]); input.remove(); });
  input.addEventListener('cancel', () => input.remove());
  document.body.append(input);
  input.click();
}

// Takes what is dropped anywhere on the page. While one drags files over it: true.
export function useDrop(take: TakeFiles): boolean {
  const [over, setOver] = useState(false);
  useEffect(() => {
    const control = new AbortController();
    const on = (names: ('dragenter' | 'dragover' | 'dragleave' | 'drop')[], act: (event: DragEvent) => void) =>
      names.forEach((name) => document.addEventListener(name, act, { signal: control.signal }));
    // Without this, the browser would leave the page and open the file.
    on(['dragenter', 'dragover'], (event) => {
      if (!event.dataTransfer?.types.includes('Files')) return;
      event.preventDefault();
      event.dataTransfer.dropEffect = 'copy';
      setOver(true);
    });
    on(['dragleave'], (event) => { if (!event.relatedTarget) setOver(false); });
    on(['drop'], (event) => {
      setOver(false);
      if (!event.dataTransfer?.types.includes('Files')) return;
      event.preventDefault();
      void droppedFiles(event.dataTransfer).then((picked: Picked[]) => take(picked.map(({ file }) => file)));
    });
    return () => control.abort();
  });
  return over;
}

export function Picker({ many, empty, over, onFiles }: { many: boolean; empty: boolean; over: boolean; onFiles: TakeFiles }) {
  return (
    <div class={`outside-drop${over ? ' over' : ''}`}>
      <p>{t(many ? 'outside.drop.many' : 'outside.drop.one')}</p>
      <Button icon={FilePlus2} kind={empty ? 'primary' : 'plain'} onClick={() => choose(many, onFiles)}>
        {t(many ? 'outside.choose.many' : 'outside.choose.one')}
      </Button>
    </div>
  );
}
