// A row that goes takes the focus along: it goes to the row that comes in its place, else to the list's head.
const kRow = '.share-row';

export async function stopKeepingFocus(button: HTMLElement, stop: () => Promise<unknown>): Promise<void> {
  const around: ParentNode = button.closest('dialog') ?? document;
  const rows = [...around.querySelectorAll(kRow)];
  const at = rows.findIndex((row) => row.contains(button));
  const done = stop();
  requestAnimationFrame(() => {
    if (button.isConnected) return;
    const left = [...around.querySelectorAll(kRow)];
    const next = left[Math.min(at, left.length - 1)]?.querySelector<HTMLElement>('.share-row-acts button:last-child');
    (next ?? document.querySelector<HTMLElement>('main'))?.focus();
  });
  await done;
}
