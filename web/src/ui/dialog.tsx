// A modal dialog on the browser's own <dialog>: focus stays inside and goes back where it was, Escape closes.
import { type ComponentChildren } from 'preact';
import { useEffect, useId, useRef } from 'preact/hooks';
import { X } from 'lucide-preact';
import { t } from '../i18n/index.ts';
import { IconButton } from './button.tsx';

interface DialogProps {
  title: string;
  children: ComponentChildren;
  actions?: ComponentChildren;
  onClose: () => void;
  wide?: boolean;
  role?: 'dialog' | 'alertdialog';
}

export function Dialog({ title, children, actions, onClose, wide, role = 'dialog' }: DialogProps) {
  const element = useRef<HTMLDialogElement>(null);
  const heading = useId();
  useEffect(() => {
    const dialog = element.current;
    const before = document.activeElement;
    dialog?.showModal();
    return () => {
      dialog?.close();
      if (before instanceof HTMLElement && before.isConnected) before.focus();
    };
  }, []);
  return (
    <dialog ref={element} class={`dialog${wide ? ' wide' : ''}`} role={role} aria-labelledby={heading}
      onCancel={(event) => { event.preventDefault(); onClose(); }}>
      <div class="dialog-head">
        <h2 id={heading}>{title}</h2>
        <IconButton icon={X} label={t('action.close')} small onClick={onClose} />
      </div>
      <div class="dialog-body">{children}</div>
      {actions && <div class="dialog-foot">{actions}</div>}
    </dialog>
  );
}
