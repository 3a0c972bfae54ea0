// Gives the focus to a file's tile once it is drawn: where one was when something that covered the page closes.
export function focusTile(id: string | undefined): void {
  requestAnimationFrame(() => {
    const tile = id === undefined ? undefined : document.querySelector<HTMLElement>(`[data-id="${CSS.escape(id)}"] .tile-open`);
    (tile ?? document.querySelector<HTMLElement>('main'))?.focus({ preventScroll: tile === undefined || tile === null });
  });
}
