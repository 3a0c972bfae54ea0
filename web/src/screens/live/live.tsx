// Files straight from this page to whoever has the link, for as long as both pages are open.
import '../../styles/live.css';
import { useEffect, useRef } from 'preact/hooks';
import { t } from '../../i18n/index.ts';
import { type LiveOffer } from '../../live/offer.ts';
import { ScreenHead } from '../../shell/shell.tsx';
import { Choice } from './choice.tsx';
import { news } from './news.ts';
import { Open, Stop } from './open.tsx';
import { Over } from './over.tsx';
import { offer } from './running.ts';

type Stage = 'choice' | 'open' | 'over';

// Without a link there was nothing yet that could be over.
function stageOf(one: LiveOffer | undefined): Stage {
  if (!one?.link.value) return 'choice';
  return one.phase.value.kind === 'ended' ? 'over' : 'open';
}

// What had the focus went with the stage before: it goes on where the next one begins.
function useFocusAtStart(stage: Stage) {
  const root = useRef<HTMLDivElement>(null);
  const before = useRef(stage);
  useEffect(() => {
    const lost = document.activeElement === document.body || root.current?.contains(document.activeElement);
    if (before.current !== stage && lost) root.current?.querySelector<HTMLElement>('[data-start]')?.focus();
    before.current = stage;
  }, [stage]);
  return root;
}

export function Live() {
  const one = offer.value;
  const stage = stageOf(one);
  const root = useFocusAtStart(stage);
  const phase = one?.phase.value;
  const link = one?.link.value;
  const problem = phase?.kind === 'ended' && phase.reason === 'failed' ? phase.problem : undefined;
  // What had been told before is no news.
  useEffect(() => () => { news.value = ''; }, []);
  return (
    <div ref={root} class="live stack" data-takes-files>
      <ScreenHead title={t('live.title')}>{stage === 'open' && one && <Stop offer={one} />}</ScreenHead>
      <p class="visually-hidden" role="status">{news.value}</p>
      {stage === 'choice' && <Choice problem={problem} opening={phase?.kind === 'opening'} />}
      {stage === 'open' && one && link && <Open offer={one} link={link} />}
      {stage === 'over' && one && phase?.kind === 'ended' && <Over offer={one} phase={phase} />}
    </div>
  );
}
