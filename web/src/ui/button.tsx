import { type ComponentChildren, type JSX } from 'preact';
import { useState } from 'preact/hooks';
import { type LucideIcon } from 'lucide-preact';
import { Spinner } from './progress.tsx';

interface ButtonProps {
  children: ComponentChildren;
  icon?: LucideIcon;
  kind?: 'plain' | 'primary' | 'danger' | 'danger primary' | 'ghost';
  small?: boolean;
  wide?: boolean;
  busy?: boolean;  // shows that it works, and takes no second click
  disabled?: boolean;
  submit?: boolean;
  onClick?: ((event: JSX.TargetedMouseEvent<HTMLButtonElement>) => void | Promise<void>) | undefined;
  label?: string;  // for screen readers, where the text alone does not say enough
  title?: string;  // seen when one points at it, where the text is hidden for lack of room
  describedBy?: string;  // id of what else is read with it
  autofocus?: boolean;
}

// A button whose action may take a while: busy until its promise is done.
export function Button(props: ButtonProps) {
  const { children, icon: Icon, kind = 'plain', small, wide, disabled, submit, onClick, label } = props;
  const [running, setRunning] = useState(false);
  const busy = props.busy || running;
  const act = async (event: JSX.TargetedMouseEvent<HTMLButtonElement>) => {
    if (busy || disabled) return event.preventDefault();
    const done = onClick?.(event);
    if (!(done instanceof Promise)) return;
    setRunning(true);
    try {
      await done;
    } finally {
      setRunning(false);
    }
  };
  const classes = ['button', kind, small && 'small', wide && 'wide'].filter(Boolean).join(' ');
  return (
    <button type={submit ? 'submit' : 'button'} class={classes} aria-disabled={disabled || busy || undefined} aria-label={label} title={props.title}
      aria-describedby={props.describedBy} autofocus={props.autofocus} onClick={act}>
      {busy ? <Spinner /> : Icon && <Icon aria-hidden="true" />}
      {children}
    </button>
  );
}

interface IconButtonProps {
  icon: LucideIcon;
  label: string;
  onClick?: (event: JSX.TargetedMouseEvent<HTMLButtonElement>) => void;
  pressed?: boolean;
  small?: boolean;
  disabled?: boolean;
}

export function IconButton({ icon: Icon, label, onClick, pressed, small, disabled }: IconButtonProps) {
  return (
    <button type="button" class={`button icon${small ? ' small' : ''}`} aria-label={label} title={label} aria-pressed={pressed}
      disabled={disabled} onClick={onClick}>
      <Icon aria-hidden="true" />
    </button>
  );
}

// A link that looks like a button.
export function LinkButton({ href, children, icon: Icon, kind = 'plain', small, download }: {
  href: string; children: ComponentChildren; icon?: LucideIcon; kind?: 'plain' | 'primary' | 'ghost'; small?: boolean; download?: string;
}) {
  return (
    <a class={`button ${kind}${small ? ' small' : ''}`} href={href} download={download}>
      {Icon && <Icon aria-hidden="true" />}
      {children}
    </a>
  );
}
