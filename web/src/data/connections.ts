// All connections this person may see (an admin: everybody's), newest first. Read once, then kept up to date by events:
// each names the one that changed, and only that one is read again.
import { computed, signal } from '@preact/signals';
import { call } from '../api/client.ts';
import { onEvent } from '../api/events.ts';
import { asProblem, type Problem } from '../api/problem.ts';
import { me, session, whenUserLeaves } from '../api/session.ts';
import { type Connection, type Page } from '../api/types.ts';

export const connections = signal<Connection[]>([]);
export const connectionsRead = signal(false);                              // all are there
export const connectionsProblem = signal<Problem | undefined>(undefined);  // of the last reading

// Those of the person who is logged in.
export const ownConnections = computed(() => connections.value.filter(isOwn));

export function isOwn(connection: Connection): boolean {
  return session.value ? connection.local === me().address : false;
}

const kPage = 500;
const kMostPages = 20;     // 10,000 connections; what is older is not shown
const kMostSingly = 20;    // changed at once: more are read with all others

// What is to be read anew for the person who is logged in. The next one starts with another: what is still being read for
// the one before belongs to nobody.
interface Wanted { all: boolean; ids: Set<string>; running: Promise<void> | undefined }
const nothing = (): Wanted => ({ all: false, ids: new Set(), running: undefined });
let wanted = nothing();

// Takes what an action answered, or a reading. `id` is what was asked for: a request that another has replaced answers
// with that one.
export function putConnection(connection: Connection, id = connection.id): void {
  const others = connections.value.filter((one) => one.id !== connection.id && one.id !== id);
  connections.value = [connection, ...others].sort((a, b) => (a.id < b.id ? 1 : -1));
}

function dropConnection(id: string): void {
  connections.value = connections.value.filter((one) => one.id !== id);
}

// One of them anew; nothing when it is not there any more. Throws a Problem.
export async function readConnection(id: string): Promise<Connection | undefined> {
  const mine = wanted;
  try {
    const connection = await call('get', '/api/connections/{id}', { path: { id } });
    if (mine === wanted) putConnection(connection, id);
    return connection;
  } catch (reason) {
    const problem = asProblem(reason);
    if (problem.status !== 404) throw problem;
    if (mine === wanted) dropConnection(id);
    return undefined;
  }
}

async function readAll(): Promise<void> {
  const mine = wanted;
  const items: Connection[] = [];
  let cursor: string | null = null;
  for (let pages = 0; pages < kMostPages; ++pages) {
    const page: Page<Connection> = await call('get', '/api/connections', { query: { limit: kPage, ...(cursor && { cursor }) } });
    items.push(...page.items);
    cursor = page.next;
    if (!cursor) break;
  }
  if (mine !== wanted) return;
  connections.value = items;
  connectionsRead.value = true;
}

// Until nothing is left that changed meanwhile.
async function readWanted(mine: Wanted): Promise<void> {
  while (mine === wanted && (mine.all || mine.ids.size > 0)) {
    const { ids } = mine;
    const everything = mine.all || ids.size > kMostSingly;
    mine.ids = new Set();
    mine.all = false;
    if (everything) await readAll();
    else for (const id of ids) await readConnection(id);
  }
}

function read(): Promise<void> {
  const mine = wanted;
  mine.running ??= readWanted(mine)
    .then(() => undefined, (reason: unknown) => {
      // What could not be read is read with the rest at the next event, or when somebody tries again.
      mine.all = true;
      return asProblem(reason);
    })
    .then((problem) => {
      mine.running = undefined;
      if (mine === wanted) connectionsProblem.value = problem;
    });
  return mine.running;
}

// All anew.
export function readConnections(): Promise<void> {
  wanted.all = true;
  return read();
}

onEvent('connection', (data) => {
  if (data) wanted.ids.add(data.id);
  else wanted.all = true;
  void read();
});

whenUserLeaves(() => {
  wanted = nothing();
  connections.value = [];
  connectionsRead.value = false;
  connectionsProblem.value = undefined;
});
