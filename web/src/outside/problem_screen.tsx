// A link that can't be used, now or any more: what happened, and what to do.
import { Hourglass, Link2Off, type LucideIcon, WifiOff } from 'lucide-preact';
import { type Problem } from '../api/problem.ts';
import { formatIn } from '../i18n/format.ts';
import { t } from '../i18n/index.ts';
import { Button } from '../ui/button.tsx';
import { Frame } from './frame.tsx';
import { sentence } from './sentences.ts';

export interface Say { icon: LucideIcon; title: string; text: string }

function sayAbout(problem: Problem): Say {
  switch (problem.code) {
    case 'unauthorized': return { icon: Link2Off, title: t('outside.unknown.title'), text: t('outside.unknown.text') };
    case 'gone': return { icon: Hourglass, title: t('outside.ended.title'), text: t('outside.ended.text') };
    case 'offline': return { icon: WifiOff, title: t('outside.offline.title'), text: t('outside.offline.text') };
    default: return { icon: Link2Off, title: t('outside.problem.title'), text: sentence(problem) };
  }
}

export function ProblemScreen({ problem, onRetry }: { problem: Problem; onRetry: () => Promise<void> }) {
  const final = problem.code === 'unauthorized' || problem.code === 'gone';
  return <SayScreen say={sayAbout(problem)} problem={problem} onRetry={final ? undefined : onRetry} />;
}

export function SayScreen({ say: { icon, title, text }, problem, onRetry }: { say: Say; problem: Problem; onRetry: (() => Promise<void>) | undefined }) {
  return (
    <Frame title={title} icon={icon}>
      <div class="card stack outside-say" role="alert">
        <p>{text}</p>
        {problem.retryAfter !== undefined && <p>{t('problem.retryIn', { when: formatIn(problem.retryAfter) })}</p>}
        {onRetry && <div><Button kind="primary" onClick={onRetry}>{t('action.retry')}</Button></div>}
      </div>
    </Frame>
  );
}

// The part behind the '#' is missing or cut.
export function BrokenLink({ text }: { text?: string }) {
  return (
    <Frame title={t('outside.unknown.title')} icon={Link2Off}>
      <div class="card outside-say" role="alert"><p>{text ?? t('outside.broken')}</p></div>
    </Frame>
  );
}
