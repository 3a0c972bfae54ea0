// What a connection's state means to the people at its two ends: one plain sentence, whose turn it is, and the steps
// behind and before them. Pure.
import { type Connection, type Schema } from '../../api/types.ts';

export type TimelineEntry = Schema<'TimelineEntry'>;

// Who can do something now. servers: it goes on by itself.
type Turn = 'you' | 'them' | 'servers' | 'nobody';

const kEnded: readonly Connection['state'][] = ['rejected', 'revoked', 'failed'];

export function hasEnded(connection: Connection): boolean {
  return kEnded.includes(connection.state);
}

function entryOf(connection: Connection, step: string): TimelineEntry | undefined {
  return connection.timeline.find((one) => one.step === step);
}

export function isDone(connection: Connection, step: string): boolean {
  return entryOf(connection, step)?.done === true;
}

// Known, and not yet said to be the same. They can be compared while the last steps are still running.
export function wordsAreOpen(connection: Connection): boolean {
  return connection.words !== null && !hasEnded(connection) && !connection.verified && !isDone(connection, 'words');
}

export function turnOf(connection: Connection): Turn {
  if (hasEnded(connection)) return 'nobody';
  if (connection.state === 'pending_in' || wordsAreOpen(connection)) return 'you';
  if (connection.state === 'pending_out' && isDone(connection, 'init')) return 'them';
  return connection.state === 'established' ? 'nobody' : 'servers';
}

// The steps every connection goes through, in their order.
const kOutgoing = ['discovery', 'init', 'exchange', 'verify', 'complete', 'words'];
const kIncoming = ['approval', 'discovery', 'exchange', 'verify', 'complete', 'words'];

function orderOf(connection: Connection): readonly string[] {
  return connection.direction === 'outgoing' ? kOutgoing : kIncoming;
}

function isReached(connection: Connection, step: string): boolean {
  return step === 'complete' ? connection.established_at !== null : isDone(connection, step);
}

// Whether a later step was reached: then it does not matter any more how this one went.
function isPassed(connection: Connection, step: string): boolean {
  const order = orderOf(connection);
  const at = order.indexOf(step);
  return at >= 0 && order.slice(at + 1).some((later) => isReached(connection, later));
}

function isTrouble(connection: Connection, entry: TimelineEntry): boolean {
  if (entry.done || entry.error_code === null || isPassed(connection, entry.step)) return false;
  // A server that nobody can reach asks for its news itself.
  const unreachable = entry.step === 'discovery' && connection.peer_delivery === 'poll' && connection.state === 'exchanging';
  return !unreachable || entry.error_code === 'peer_blocked';
}

// The step that stands still, with what went wrong.
export function trouble(connection: Connection): TimelineEntry | undefined {
  return connection.timeline.find((one) => isTrouble(connection, one));
}

// Which sentence says how things stand; the texts are people.now.<this>.
export function situation(connection: Connection) {
  switch (connection.state) {
    case 'pending_out':
      if (isDone(connection, 'init')) return 'theyDecide';
      return trouble(connection) ? 'notDelivered' : 'onItsWay';
    case 'pending_in': return 'youDecide';
    case 'exchanging':
    case 'verifying': return trouble(connection) ? 'stuck' : 'connecting';
    case 'established': return wordsAreOpen(connection) ? 'compare' : 'connected';
    case 'rejected': return connection.direction === 'incoming' ? 'youDeclined' : 'theyDeclined';
    case 'revoked': return 'ended';
    case 'failed': return 'failed';
  }
}

// Whether POST …/retry may do something: a step waits for its next try, or for a person.
export function canRetry(connection: Connection): boolean {
  const stuck = trouble(connection);
  if (!stuck) return false;
  return !hasEnded(connection) || stuck.next_try_at !== null || (connection.state === 'failed' && connection.expires_at !== null);
}

// Whether asking for a new connection makes sense where this one has ended.
export function canAskAgain(connection: Connection): boolean {
  return hasEnded(connection) && !(connection.state === 'failed' && connection.expires_at !== null);
}

// open: not there yet; now: what is waited for; trouble: it was tried and did not work.
export type StepState = 'done' | 'now' | 'trouble' | 'open';
export interface StoryStep {
  name: string;
  state: StepState;
  at?: string | undefined;
  entry?: TimelineEntry | undefined;
}

const kBesides = ['poll'];      // of interest only when it fails
const kSaidAlready = ['init'];  // for who was asked: when the request came

// Some steps go by another name for how they went.
function nameOf({ state, reason }: Connection, step: string): string {
  if (step === 'approval' && state === 'rejected') return 'declined';
  return step === 'words' && reason === 'words_differ' ? 'words_differ' : step;
}

// One that was passed without a trace is left out; of an ended connection only what happened is told.
function mainSteps(connection: Connection): StoryStep[] {
  // What failed may still go on; nothing else comes of what was ended or declined, though the other server is yet to be told.
  const ended = hasEnded(connection) && !(connection.state === 'failed' && canRetry(connection));
  let waiting = !ended;
  const steps: StoryStep[] = [];
  for (const name of orderOf(connection)) {
    const entry = entryOf(connection, name);
    const done = isReached(connection, name);
    const differ = entry !== undefined && !done && nameOf(connection, name) === 'words_differ';
    const failed = differ || (entry !== undefined && isTrouble(connection, entry));
    if (!done && !failed && (ended || isPassed(connection, name))) continue;
    if (name === 'words' && !done && (connection.verified || !connection.words)) continue;
    const state: StepState = done ? 'done' : failed ? 'trouble' : waiting ? 'now' : 'open';
    if (!done) waiting = false;
    const at = done || differ ? entry?.at ?? connection.established_at ?? undefined : undefined;
    steps.push({ name: nameOf(connection, name), state, at, entry });
  }
  return steps;
}

export function stepsOf(connection: Connection): StoryStep[] {
  const known = [...orderOf(connection), ...(connection.direction === 'incoming' ? kSaidAlready : [])];
  const others = connection.timeline
    .filter((one) => !known.includes(one.step) && (isTrouble(connection, one) || !kBesides.includes(one.step)))
    .map((entry): StoryStep => {
      const state = entry.done ? 'done' : isTrouble(connection, entry) ? 'trouble' : 'now';
      return { name: entry.step, state, at: entry.done ? entry.at : undefined, entry };
    });
  return [{ name: 'asked', state: 'done', at: connection.created_at }, ...mainSteps(connection), ...others];
}
