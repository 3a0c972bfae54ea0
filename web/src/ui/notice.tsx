import { type ComponentChildren } from 'preact';
import { CircleAlert, CircleCheck, Info, type LucideIcon, TriangleAlert } from 'lucide-preact';
import { type Problem } from '../api/problem.ts';
import { problemText } from '../api/problem_text.ts';
import { t } from '../i18n/index.ts';
import { formatIn } from '../i18n/format.ts';
import { Button } from './button.tsx';
import { visible } from './text.tsx';

type Kind = 'info' | 'ok' | 'warn' | 'danger';
const kIcons: Record<Kind, LucideIcon> = { info: Info, ok: CircleCheck, warn: TriangleAlert, danger: CircleAlert };

export function Notice({ kind = 'info', title, children, role }: {
  kind?: Kind; title?: string; children?: ComponentChildren; role?: 'alert' | 'status';
}) {
  const Icon = kIcons[kind];
  return (
    <div class={`notice ${kind}`} role={role}>
      <Icon aria-hidden="true" />
      <div class="stack tight grow">
        {title && <p class="title">{title}</p>}
        {children}
      </div>
    </div>
  );
}

// What went wrong, what helps, a way to try again, and the daemon's own words for whoever looks after it.
export function ProblemNotice({ problem, onRetry }: { problem: Problem; onRetry?: () => void | Promise<void> }) {
  const wait = problem.retryAfter;
  return (
    <Notice kind={problem.passing ? 'warn' : 'danger'} title={problemText(problem)} role="alert">
      {wait !== undefined && wait > 3 && <p>{t('problem.retryIn', { when: formatIn(wait) })}</p>}
      {onRetry && <div><Button small onClick={onRetry}>{t('action.retry')}</Button></div>}
      {(problem.detail || problem.requestId) && (
        <details>
          <summary>{t('problem.details')}</summary>
          <p lang="en">{visible(problem.detail)}</p>
          {problem.requestId && <p class="mono">{t('problem.requestId', { id: problem.requestId })}</p>}
        </details>
      )}
    </Notice>
  );
}

// `level` is of its heading, where it stands inside of something that has one itself.
export function EmptyState({ icon: Icon, title, children, actions, level = 2 }: {
  icon: LucideIcon; title: string; children?: ComponentChildren; actions?: ComponentChildren; level?: 2 | 3;
}) {
  const Heading = `h${level}` as const;
  return (
    <div class="empty">
      <Icon aria-hidden="true" />
      <Heading>{title}</Heading>
      {children && <p>{children}</p>}
      {actions && <div class="row wrap">{actions}</div>}
    </div>
  );
}
