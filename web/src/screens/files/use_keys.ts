// Keys that work wherever the focus is on this screen, unless somebody writes, a question is open, or the viewer.
import { useEffect } from 'preact/hooks';
import { type FilesModel } from './model.ts';

function isBusy(target: EventTarget | null): boolean {
  const writes = target instanceof HTMLElement && (target.isContentEditable || target.matches('input, textarea, select'));
  return writes || document.querySelector('dialog[open], .menu-list') !== null;
}

export function useKeys(model: FilesModel): void {
  useEffect(() => {
    const { list, selection, removal } = model;
    const onKeyDown = (event: KeyboardEvent) => {
      if (event.defaultPrevented || isBusy(event.target)) return;
      const command = (event.ctrlKey || event.metaKey) && !event.altKey;
      const viewing = model.viewing.value !== undefined;
      const items = selection.items;
      const act = command && event.key === 'z' && !event.shiftKey ? () => removal.undoLast()
        : viewing ? undefined
        : command && event.key === 'a' ? () => selection.all(list.items.value)
        : command || event.altKey || items.length === 0 ? undefined
        : event.key === 'Escape' ? () => selection.clear()
        : event.key === 'Delete' ? () => void model.remove(items)
        : event.key === 'F2' && items.length === 1 && items[0] ? rename(model, items[0].id)
        : undefined;
      if (!act) return;
      event.preventDefault();
      act();
    };
    document.addEventListener('keydown', onKeyDown);
    return () => document.removeEventListener('keydown', onKeyDown);
  }, [model]);
}

function rename(model: FilesModel, id: string): (() => void) | undefined {
  const item = model.list.items.value.find((one) => one.id === id);
  return item && (() => { model.dialog.value = { kind: 'rename', item }; });
}
