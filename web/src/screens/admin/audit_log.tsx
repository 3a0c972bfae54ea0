// Who did what, when, from where: the newest first, more as one scrolls.
import { useEffect, useMemo, useState } from 'preact/hooks';
import { ScrollText } from 'lucide-preact';
import { call } from '../../api/client.ts';
import { useResource } from '../../data/use_resource.ts';
import { formatTime } from '../../i18n/format.ts';
import { t } from '../../i18n/index.ts';
import { Button } from '../../ui/button.tsx';
import { SelectField, TextField } from '../../ui/field.tsx';
import { EmptyState, ProblemNotice } from '../../ui/notice.tsx';
import { Loading } from '../../ui/progress.tsx';
import { UserText, visible } from '../../ui/text.tsx';
import { VirtualGrid } from '../../ui/virtual.tsx';
import { kActions } from './actions.ts';
import { actionText, auditList, type Filter, type Numbered, whoText } from './audit_entries.ts';

const kAll: Filter = { action: '', actor: '', from: '', to: '' };
const kMostUsers = 500;

type Names = ReadonlyMap<string, string>;

function useNames(): Names {
  const users = useResource(async (signal) => (await call('get', '/api/admin/users', { query: { limit: kMostUsers }, signal })).items, []);
  return useMemo(() => new Map((users.data ?? []).map(({ id, handle, address, is_local }) => [id, is_local ? handle : address])), [users.data]);
}

function Filters({ filter, names, onFilter }: { filter: Filter; names: Names; onFilter: (filter: Filter) => void }) {
  const change = (part: Partial<Filter>) => onFilter({ ...filter, ...part });
  const people = [...names].map(([value, name]) => ({ value, text: visible(name) }));
  const actors = [{ value: '', text: t('admin.all') }, { value: 'shell', text: t('admin.shell') }, { value: 'kithd', text: t('admin.itself') }, ...people];
  return (
    <div class="admin-filters" role="search" aria-label={t('admin.filters')}>
      <SelectField label={t('admin.what')} value={filter.action} onValue={(action) => change({ action })}
        options={[{ value: '', text: t('admin.all') }, ...kActions.map((value) => ({ value: value as string, text: actionText(value) }))]} />
      <SelectField label={t('admin.who')} value={filter.actor} onValue={(actor) => change({ actor })} options={actors} />
      <TextField label={t('admin.from')} type="date" value={filter.from} onValue={(from) => change({ from })} />
      <TextField label={t('admin.to')} type="date" value={filter.to} onValue={(to) => change({ to })} />
    </div>
  );
}

function EntryRow({ entry, names }: { entry: Numbered; names: Names }) {
  const subject = entry.subject && entry.subject !== entry.actor ? whoText(entry.subject, names) : '';
  const rest = [entry.client, entry.detail].filter(Boolean).map(visible).join(' · ');
  return (
    <div class="audit-row">
      <p class="truncate"><strong>{actionText(entry.action)}</strong>{subject && <>{': '}<UserText text={subject} /></>}</p>
      <small class="muted truncate row-detail"><time dateTime={entry.at}>{formatTime(entry.at)}</time>{' · '}<UserText text={whoText(entry.actor, names)} /></small>
      {rest && <small class="muted truncate row-detail" title={rest}><bdi>{rest}</bdi></small>}
    </div>
  );
}

// Of a row, in pixels: three lines of text at the size that people have chosen.
const rowHeight = () => 4.75 * parseFloat(getComputedStyle(document.documentElement).fontSize);

export function AuditLog() {
  const [filter, setFilter] = useState(kAll);
  const names = useNames();
  const list = useMemo(() => auditList(filter), [filter]);
  useEffect(() => {
    void list.restart();
    return () => list.stop();
  }, [list]);
  const entries = list.items.value;
  return (
    <section class="card stack" aria-labelledby="admin-log">
      <h2 id="admin-log">{t('admin.log')}</h2>
      <p class="muted">{t('admin.logText')}</p>
      <Filters filter={filter} names={names} onFilter={setFilter} />
      {list.problem.value && <ProblemNotice problem={list.problem.value} onRetry={() => list.restart()} />}
      {!list.started.value && list.loading.value && <Loading />}
      {list.isEmpty.value && (
        <EmptyState level={3} icon={ScrollText} title={t('admin.logEmpty')} actions={<Button onClick={() => setFilter(kAll)}>{t('admin.filtersOff')}</Button>} />
      )}
      {entries.length > 0 && (
        <VirtualGrid items={entries} keyOf={({ number }) => String(number)} rowHeight={rowHeight} label={t('admin.log')}
          render={(entry) => <EntryRow entry={entry} names={names} />} onNearEnd={() => void list.more()} />
      )}
    </section>
  );
}
