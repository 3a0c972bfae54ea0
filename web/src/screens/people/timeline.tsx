// The handshake step by step: what is behind, what is being waited for, and where it stands still why, since when, and
// what helps.
import { Check, Circle, CircleDot, type LucideIcon, TriangleAlert } from 'lucide-preact';
import { type Connection } from '../../api/types.ts';
import { t, tMaybe } from '../../i18n/index.ts';
import { formatAgo, formatTime } from '../../i18n/format.ts';
import { UserText, visible } from '../../ui/text.tsx';
import { useMinute } from '../../ui/use_minute.ts';
import { type StepState, type StoryStep, stepsOf, type TimelineEntry } from './story.ts';
import { formatSince, formatSoon } from './times.ts';
import { namesOf } from './who.ts';

const kIcons: Record<StepState, LucideIcon> = { done: Check, now: CircleDot, trouble: TriangleAlert, open: Circle };

// "people.step.outgoing.init.done"; where both sides say the same, "people.step.init.done"; a step this page does not
// know yet goes by its name.
function stepText(connection: Connection, { name, state }: StoryStep): string {
  const names = namesOf(connection);
  const form = state === 'done' ? 'done' : 'open';
  return tMaybe(`people.step.${connection.direction}.${name}.${form}`, names)
    ?? tMaybe(`people.step.${name}.${form}`, names) ?? visible(name);
}

// What went wrong, and what helps, by the stable code; the daemon's own words where there is no text for it.
export function WentWrong({ connection, entry }: { connection: Connection; entry: TimelineEntry }) {
  const code = entry.error_code ?? '';
  const wrong = tMaybe(`people.trouble.${code}`, namesOf(connection)) ?? tMaybe(`error.${code}`);
  return wrong ? <p>{wrong}</p> : <p lang="en"><UserText text={entry.last_error ?? code} /></p>;
}

function Helps({ connection, entry }: { connection: Connection; entry: TimelineEntry }) {
  const helps = tMaybe(`people.help.${entry.error_code ?? ''}`, namesOf(connection));
  if (helps) return <p>{helps}</p>;
  return entry.help ? <p lang="en"><UserText text={entry.help} /></p> : null;
}

function Trouble({ connection, entry }: { connection: Connection; entry: TimelineEntry }) {
  useMinute();
  // With a server that is down this counts from when it was last heard; with anything else from the first try.
  const since = (entry.error_code === 'peer_unreachable' && connection.peer_instance.down_since) || entry.since;
  const next = entry.next_try_at;
  return (
    <div class="stack tight step-trouble">
      <WentWrong connection={connection} entry={entry} />
      <Helps connection={connection} entry={entry} />
      <p class="muted">
        {t('people.tries', { n: entry.attempts, since: formatSince(since), last: formatAgo(entry.at) })}
        {next && ` ${Date.parse(next) > Date.now() ? t('people.nextTry', { when: formatSoon(next) }) : t('people.nextTryNow')}`}
      </p>
      {entry.last_error && (
        <details>
          <summary>{t('problem.details')}</summary>
          <p class="mono" lang="en"><UserText text={entry.last_error} /></p>
        </details>
      )}
    </div>
  );
}

function Step({ connection, step }: { connection: Connection; step: StoryStep }) {
  const Icon = kIcons[step.state];
  return (
    <li class={`step ${step.state}`} aria-current={step.state === 'now' || step.state === 'trouble' ? 'step' : undefined}>
      <span class="step-icon"><Icon aria-hidden="true" /><span class="visually-hidden">{t(`people.stepState.${step.state}`)}</span></span>
      <div class="stack tight grow">
        <p class="row wrap step-head">
          <span class="step-text">{stepText(connection, step)}</span>
          {step.at && <time class="muted" dateTime={step.at}>{formatTime(step.at)}</time>}
        </p>
        {step.state === 'trouble' && step.entry?.error_code && <Trouble connection={connection} entry={step.entry} />}
      </div>
    </li>
  );
}

export function Timeline({ connection }: { connection: Connection }) {
  return (
    <section class="card stack" aria-labelledby="people-timeline">
      <h2 id="people-timeline">{t('people.timeline')}</h2>
      <ol class="timeline">{stepsOf(connection).map((step) => <Step key={step.name} connection={connection} step={step} />)}</ol>
    </section>
  );
}
