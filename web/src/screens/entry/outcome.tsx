// How something ended, and where it goes on.
import { type ComponentChildren } from 'preact';
import { CircleAlert, CircleCheck, type LucideIcon, Mail } from 'lucide-preact';
import { StepHeading } from './step_heading.tsx';

type Kind = 'ok' | 'mail' | 'danger';
const kIcons: Record<Kind, LucideIcon> = { ok: CircleCheck, mail: Mail, danger: CircleAlert };

export function Outcome({ kind, title, children }: { kind: Kind; title: string; children: ComponentChildren }) {
  const Icon = kIcons[kind];
  return (
    <div class="card stack outcome">
      <Icon aria-hidden="true" class={`outcome-icon ${kind}`} />
      <StepHeading>{title}</StepHeading>
      {children}
    </div>
  );
}
