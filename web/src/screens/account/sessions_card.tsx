// Where one is logged in.
import { useRef } from 'preact/hooks';
import { Laptop, LogOut, Smartphone, Terminal, type LucideIcon } from 'lucide-preact';
import { call } from '../../api/client.ts';
import { type Resource, useResource } from '../../data/use_resource.ts';
import { formatAgo, formatTime } from '../../i18n/format.ts';
import { t } from '../../i18n/index.ts';
import { Button } from '../../ui/button.tsx';
import { ProblemNotice } from '../../ui/notice.tsx';
import { Chip } from '../../ui/pieces.tsx';
import { Loading } from '../../ui/progress.tsx';
import { UserText, visible } from '../../ui/text.tsx';
import { useMinute } from '../../ui/use_minute.ts';
import { endAll, endOne, endOthers, type Login } from './sessions.ts';
import { type Program, programOf } from './user_agent.ts';

const kLongest = 80;  // characters of what an unknown program calls itself

function nameOf({ name, system }: Program, userAgent: string): string {
  if (name && system) return t('account.programOn', { name, system });
  const letters = [...userAgent];
  const short = letters.length > kLongest ? `${letters.slice(0, kLongest).join('')} …` : userAgent;
  return name ?? (visible(short) || t('account.programUnknown'));
}

function iconOf({ system }: Program): LucideIcon {
  if (!system) return Terminal;
  return ['iPhone', 'iPad', 'Android'].includes(system) ? Smartphone : Laptop;
}

function Row({ login, onEnd }: { login: Login; onEnd: (name: string) => Promise<void> }) {
  useMinute();
  const program = programOf(login.user_agent);
  const name = nameOf(program, login.user_agent);
  const Icon = iconOf(program);
  return (
    <li class="list-row">
      <span class="kind-icon"><Icon aria-hidden="true" /></span>
      <div class="grow">
        <p class="row wrap account-name"><UserText text={name} />{login.current && <Chip tone="ok">{t('account.sessionThis')}</Chip>}</p>
        <small class="muted row-detail"><UserText text={login.client} /></small>
        <small class="muted row-detail">
          {t('account.sessionTimes', { since: formatTime(login.logged_in_at), renewed: formatAgo(login.renewed_at) })}
        </small>
      </div>
      {!login.current && (
        <Button small icon={LogOut} label={t('account.sessionEndName', { name, since: formatTime(login.logged_in_at) })} onClick={() => onEnd(name)}>
          {t('account.sessionEnd')}
        </Button>
      )}
    </li>
  );
}

export function useLogins(): Resource<Login[]> {
  return useResource(async (signal) => (await call('get', '/api/users/me/sessions', { signal })).items, []);
}

export function SessionsCard({ logins }: { logins: Resource<Login[]> }) {
  const rows = useRef<HTMLUListElement>(null);
  // The button that was pressed goes with its row.
  const after = async (work: Promise<boolean>) => {
    if (!await work) return;
    await logins.reload();
    rows.current?.focus();
  };
  const { data } = logins;
  return (
    <section class="card stack" aria-labelledby="account-sessions">
      <h2 id="account-sessions">{t('account.sessions')}</h2>
      <p class="muted">{t('account.sessionsText')}</p>
      {logins.problem && <ProblemNotice problem={logins.problem} onRetry={logins.reload} />}
      {!data && logins.loading && <Loading />}
      {data && (
        <>
          <ul class="list account-list" ref={rows} tabIndex={-1} aria-labelledby="account-sessions">
            {data.map((login) => <Row key={login.id} login={login} onEnd={(name) => after(endOne(login, name))} />)}
          </ul>
          <div class="row wrap">
            {data.some(({ current }) => !current) && <Button onClick={() => after(endOthers(data))}>{t('account.sessionsOthers')}</Button>}
            <Button kind="danger" onClick={endAll}>{t('account.sessionsAll')}</Button>
          </div>
        </>
      )}
    </section>
  );
}
