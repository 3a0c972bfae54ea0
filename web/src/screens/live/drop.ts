// Files may be dropped anywhere while this screen is shown. `kTakesFiles` on an element of the screen keeps them from being
// uploaded to the server, which is what happens to them elsewhere.
import { useEffect, useRef, useState } from 'preact/hooks';
import { filesIn } from './chosen.ts';

type Take = (dropped: { files: File[]; folders: boolean }) => void;

const isAsked = () => document.querySelector('dialog[open]') !== null;   // first comes the answer

// While one drags files over the page: true.
export function useDrop(take: Take): boolean {
  const [over, setOver] = useState(false);
  const latest = useRef(take);
  latest.current = take;
  useEffect(() => {
    const control = new AbortController();
    const on = (name: 'dragenter' | 'dragover' | 'dragleave' | 'drop', act: (event: DragEvent) => void) =>
      document.addEventListener(name, act, { signal: control.signal });
    // Without this, the browser would leave the page and open the file.
    const allow = (event: DragEvent) => {
      if (!event.dataTransfer?.types.includes('Files')) return;
      event.preventDefault();
      event.dataTransfer.dropEffect = isAsked() ? 'none' : 'copy';
      setOver(!isAsked());
    };
    on('dragenter', allow);
    on('dragover', allow);
    on('dragleave', (event) => { if (!event.relatedTarget) setOver(false); });
    on('drop', (event) => {
      setOver(false);
      if (!event.dataTransfer?.types.includes('Files')) return;
      event.preventDefault();
      if (!isAsked()) latest.current(filesIn(event.dataTransfer.items));
    });
    return () => control.abort();
  }, []);
  return over;
}
