// Files on their way from this page into exchanges. They go on whatever screen is shown, until the page is closed: token and
// key are nowhere else.
import { effect, type Signal, signal } from '@preact/signals';
import { call } from '../../api/client.ts';
import { asProblem } from '../../api/problem.ts';
import { whenUserLeaves } from '../../api/session.ts';
import { type MadeExchange } from '../../api/types.ts';
import { type Access, finish } from '../../outside/calls.ts';
import { Sender } from '../../outside/sender.ts';
import { until } from '../../outside/waiting.ts';
import { type LinkKey } from '../../sealed/key.ts';

export interface Sending {
  readonly id: string;              // of the exchange
  readonly sender: Sender;
  readonly done: Signal<boolean>;   // nothing more comes from here
}

interface Started extends Sending {
  readonly access: Access;
  readonly places: number;
  readonly control: AbortController;
  closing: boolean;
}

const kPause = 2000;   // milliseconds
const running = signal<readonly Started[]>([]);

export const sendingInto = (id: string): Sending | undefined => running.value.find((one) => one.id === id);

const askBeforeLeaving = (event: BeforeUnloadEvent) => event.preventDefault();
effect(() => {
  if (running.value.length > 0) window.addEventListener('beforeunload', askBeforeLeaving);
  else window.removeEventListener('beforeunload', askBeforeLeaving);
});

export function startSending(made: MadeExchange, files: readonly File[], key: LinkKey | undefined, password: string): Sending {
  const access = { token: made.upload_token ?? '', password };
  const sender = new Sender({ access, key });
  sender.add(files);
  const started: Started = { id: made.id, sender, done: signal(false), access, places: made.max_files, control: new AbortController(), closing: false };
  running.value = [...running.value, started];
  sender.start();
  const stop = effect(() => {
    void sender.changed.value;
    if (isThrough(started)) void close(started);
  });
  started.control.signal.addEventListener('abort', stop);
  return started;
}

// What failed is there to be tried again or taken out.
function isThrough({ sender: { items }, closing }: Started): boolean {
  return !closing && items.every(({ state }) => state === 'done');
}

// What was taken out will not come any more; when that was everything, the link is good for nothing.
async function close(started: Started): Promise<void> {
  started.closing = true;
  const { access, places, sender, control } = started;
  try {
    if (sender.items.length === 0) await call('delete', '/api/exchanges/{id}', { path: { id: started.id } });
    else if (sender.items.length < places) await finishPatiently(access, control.signal);
  } catch {
    // The files are there all the same, and the link ends at its time.
  }
  end(started);
}

async function finishPatiently(access: Access, stop: AbortSignal): Promise<void> {
  for (;;) {
    try {
      return await finish(access);
    } catch (reason) {
      const problem = asProblem(reason);
      if (!problem.passing) throw reason;
      await until(kPause, stop, problem.retryAfter);
    }
  }
}

function end(started: Started): void {
  started.closing = true;
  started.control.abort();
  started.sender.pause();
  started.done.value = true;
  running.value = running.value.filter((one) => one !== started);
}

// The exchange was ended: nothing goes there any more.
export function stopSending(id: string): void {
  for (const one of running.value) if (one.id === id) end(one);
}

whenUserLeaves(() => running.value.forEach(end));
