// Which screen is shown: the gate (log-in, first start) until somebody is logged in, then the shell.
import { useEffect, useRef, useState } from 'preact/hooks';
import { Redirect, Route, Router, Switch } from 'wouter-preact';
import { useHashLocation } from 'wouter-preact/use-hash-location';
import { startEvents } from '../api/events.ts';
import { asProblem, type Problem } from '../api/problem.ts';
import { isAdmin, keepSession, me, refreshSession, session, whenUserLeaves } from '../api/session.ts';
import { ProblemNotice } from '../ui/notice.tsx';
import { Questions } from '../ui/ask.tsx';
import { Toasts } from '../ui/toasts.tsx';
import { UploadDock } from '../upload/dock.tsx';
import { type Arrival, isForGate, takeArrival } from './arrival.ts';
import { farewell } from './farewell.ts';
import { readWelcome } from './instance_name.ts';
import { lazy } from './lazy.tsx';
import { refreshRequests } from './requests.ts';
import { Shell } from './shell.tsx';

const Account = lazy(async () => (await import('../screens/account/account.tsx')).Account);
const Admin = lazy(async () => (await import('../screens/admin/admin.tsx')).Admin);
const Gate = lazy(async () => (await import('../screens/entry/gate.tsx')).Gate);
const Goodbye = lazy(async () => (await import('../screens/entry/goodbye.tsx')).Goodbye);
const Exchanges = lazy(async () => (await import('../screens/exchanges/exchanges.tsx')).Exchanges);
const Albums = lazy(async () => (await import('../screens/albums/albums.tsx')).Albums);
const Files = lazy(async () => (await import('../screens/files/files.tsx')).Files);
const Live = lazy(async () => (await import('../screens/live/live.tsx')).Live);
const People = lazy(async () => (await import('../screens/people/people.tsx')).People);
const Deleted = lazy(async () => (await import('../screens/deleted/deleted.tsx')).Deleted);
const Server = lazy(async () => (await import('../screens/server/server.tsx')).Server);
const Shared = lazy(async () => (await import('../screens/shared/shared.tsx')).Shared);

function Screens({ invite, onInviteTaken }: { invite: string | undefined; onInviteTaken: () => void }) {
  useEffect(() => {
    void refreshRequests();
    return startEvents(me().id);
  }, []);
  return (
    <Shell>
      <Switch>
        <Route path="/files/deleted"><Deleted /></Route>
        <Route path="/files/albums/:id?">{({ id }) => <Albums id={id} />}</Route>
        <Route path="/files/*?"><Files /></Route>
        <Route path="/people/:id?">{({ id }) => <People id={id} invite={invite} onInviteTaken={onInviteTaken} />}</Route>
        <Route path="/shared/*?"><Shared /></Route>
        <Route path="/exchanges"><Exchanges /></Route>
        <Route path="/live"><Live /></Route>
        <Route path="/account/*?"><Account /></Route>
        {isAdmin() && <Route path="/admin/*?"><Admin /></Route>}
        {isAdmin() && <Route path="/server"><Server /></Route>}
        <Route><Redirect to={invite ? '/people' : '/files'} replace /></Route>
      </Switch>
    </Shell>
  );
}

export function App({ arrival: opened }: { arrival: Arrival }) {
  const [problem, setProblem] = useState<Problem>();
  const [arrival, setArrival] = useState(opened);
  const wasThere = useRef(false);
  if (session.value) wasThere.current = true;
  const start = async () => {
    try {
      setProblem(undefined);
      await Promise.all([readWelcome(), refreshSession()]);
    } catch (reason) {
      setProblem(asProblem(reason));
    }
  };
  useEffect(() => {
    keepSession();
    whenUserLeaves(() => setArrival(({ invite: _, ...tokens }) => tokens));  // it was for who opened it
    void start();
    // A link pasted into the address of a page that is open already.
    const changed = () => {
      const next = takeArrival();
      if (Object.keys(next).length > 0) setArrival(next);
    };
    window.addEventListener('hashchange', changed);
    return () => window.removeEventListener('hashchange', changed);
  }, []);
  const who = session.value;
  return (
    <Router hook={useHashLocation}>
      {who === undefined ? problem && <div class="gate"><ProblemNotice problem={problem} onRetry={start} /></div>
        : who === null && farewell.value ? <Goodbye address={farewell.value} />
        : who === null || isForGate(arrival) ? <Gate arrival={arrival} ended={wasThere.current} onDone={() => setArrival({})} />
        : <><Screens key={who.user.id} invite={arrival.invite} onInviteTaken={() => setArrival({})} /><UploadDock /></>}
      <Questions />
      <Toasts />
    </Router>
  );
}
