// Files may be dropped and pasted anywhere on the page, on whatever screen; those with `data-takes-files` take them themselves.
import { useEffect, useState } from 'preact/hooks';
import { Upload } from 'lucide-preact';
import { t } from '../i18n/index.ts';
import { upload } from './intake.ts';
import { droppedFiles, pastedFiles } from './pick.ts';

const isElsewhere = () => document.querySelector('[data-takes-files]') !== null;
const hasFiles = (transfer: DataTransfer | null) => !isElsewhere() && (transfer?.types.includes('Files') ?? false);
const isAsked = () => document.querySelector('dialog[open]') !== null;   // first comes the answer

function isWritable(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && (target.isContentEditable || target.matches('input, textarea'));
}

export function DropTarget() {
  const [over, setOver] = useState(false);
  useEffect(() => {
    const control = new AbortController();
    const on = <Name extends keyof DocumentEventMap>(name: Name, act: (event: DocumentEventMap[Name]) => void) =>
      document.addEventListener(name, act, { signal: control.signal });
    // Without this, the browser would leave the page and open the file.
    const allow = (event: DragEvent) => {
      if (!hasFiles(event.dataTransfer) || !event.dataTransfer) return;
      event.preventDefault();
      event.dataTransfer.dropEffect = isAsked() ? 'none' : 'copy';
      setOver(!isAsked());
    };
    on('dragenter', allow);
    on('dragover', allow);
    on('dragleave', (event) => { if (!event.relatedTarget) setOver(false); });
    on('dragend', () => setOver(false));
    on('drop', (event) => {
      setOver(false);
      if (!hasFiles(event.dataTransfer) || !event.dataTransfer) return;
      event.preventDefault();
      if (!isAsked()) void upload(droppedFiles(event.dataTransfer), { dropped: true });
    });
    on('paste', (event) => {
      if (!hasFiles(event.clipboardData) || isWritable(event.target) || isAsked()) return;
      event.preventDefault();
      void upload(pastedFiles(event.clipboardData));
    });
    return () => control.abort();
  }, []);
  if (!over) return null;
  return (
    <div class="drop-target" aria-hidden="true">
      <p><Upload />{t('upload.drop')}</p>
    </div>
  );
}
