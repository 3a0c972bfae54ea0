// A live link that can't be used, now or any more: what happened, and what to do.
import { Hourglass, Link2Off, ShieldAlert, WifiOff } from 'lucide-preact';
import { type Problem } from '../api/problem.ts';
import { problemText } from '../api/problem_text.ts';
import { t } from '../i18n/index.ts';
import { Frame } from '../outside/frame.tsx';
import { type Say, SayScreen } from '../outside/problem_screen.tsx';
import { Notice } from '../ui/notice.tsx';

function sayAbout(problem: Problem): Say {
  switch (problem.code) {
    case 'not_found': return { icon: Link2Off, title: t('livePage.gone.title'), text: t('livePage.gone.text') };
    case 'too_many_requests': return { icon: Hourglass, title: t('livePage.many.title'), text: t('livePage.many.text') };
    case 'offline': return { icon: WifiOff, title: t('outside.offline.title'), text: t('outside.offline.text') };
    default: return { icon: Link2Off, title: t('outside.problem.title'), text: problemText(problem) };
  }
}

export function ProblemScreen({ problem, onRetry }: { problem: Problem; onRetry: () => Promise<void> }) {
  if (problem.code === 'not_authentic') return <Forged />;
  return <SayScreen say={sayAbout(problem)} problem={problem} onRetry={problem.code === 'not_found' ? undefined : onRetry} />;
}

// Nothing of what the server said is shown.
function Forged() {
  return (
    <Frame title={t('livePage.forged.title')} icon={ShieldAlert}>
      <Notice kind="danger" role="alert">
        <p>{t('livePage.forged.text')}</p>
        <p>{t('livePage.forged.help')}</p>
      </Notice>
    </Frame>
  );
}
