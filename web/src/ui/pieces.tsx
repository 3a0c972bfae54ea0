// Small things that several screens show.
import { type ComponentChildren, Fragment } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { Check, Copy, type LucideIcon } from 'lucide-preact';
import { t } from '../i18n/index.ts';
import { Button } from './button.tsx';
import { visible } from './text.tsx';

export type Tone = 'plain' | 'ok' | 'warn' | 'danger' | 'info' | 'accent';

export function Chip({ tone = 'plain', icon: Icon, children }: { tone?: Tone; icon?: LucideIcon; children: ComponentChildren }) {
  return <span class={`chip ${tone}`}>{Icon && <Icon aria-hidden="true" />}{children}</span>;
}

// The first letter of a name on a colour that is always the same for it.
export function Avatar({ name, small }: { name: string; small?: boolean }) {
  let sum = 0;
  for (const one of name) sum = (sum * 31 + (one.codePointAt(0) ?? 0)) % 9973;
  const letter = [...visible(name)][0] ?? '?';
  return <span class={`avatar tone-${sum % 5}${small ? ' small' : ''}`} aria-hidden="true">{letter.toUpperCase()}</span>;
}

// By the browser's clipboard, or the old way, which works on pages over plain HTTP too. False: neither did.
async function copyText(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    const before = document.activeElement;
    const area = document.createElement('textarea');
    area.value = text;
    area.className = 'visually-hidden';
    (document.querySelector('dialog[open]') ?? document.body).append(area);
    area.select();
    const done = document.execCommand('copy');
    area.remove();
    if (before instanceof HTMLElement) before.focus();
    return done;
  }
}

const kTold = 3000;  // milliseconds

export function CopyButton({ text, label, small = true, kind = 'plain' }: { text: string; label?: string; small?: boolean; kind?: 'plain' | 'primary' }) {
  const [outcome, setOutcome] = useState<'action.copied' | 'action.notCopied'>();
  useEffect(() => {
    const timer = outcome && setTimeout(() => setOutcome(undefined), kTold);
    return () => clearTimeout(timer);
  }, [outcome]);
  const copy = async () => setOutcome(await copyText(text) ? 'action.copied' : 'action.notCopied');
  const told = outcome && t(outcome);
  return (
    <>
      <Button small={small} kind={kind} icon={outcome === 'action.copied' ? Check : Copy} onClick={copy}>{told ?? label ?? t('action.copy')}</Button>
      <span class="visually-hidden" role="status">{told}</span>
    </>
  );
}

// Groups never break in the middle, and are all there: a short form would be easy to imitate.
export function Fingerprint({ text }: { text: string }) {
  const groups = text.split(' ');
  return <p class="fingerprint" translate={false}>{groups.map((group, at) => <Fragment key={at}><span class="nowrap">{group}</span> </Fragment>)}</p>;
}
