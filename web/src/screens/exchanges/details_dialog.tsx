// All that is known of one link. The link itself is not: the server has only kept what recognises it.
import { CircleStop, FolderOpen } from 'lucide-preact';
import { type Exchange } from '../../api/types.ts';
import { formatSize, formatTime } from '../../i18n/format.ts';
import { t, tMaybe } from '../../i18n/index.ts';
import { kindOf } from '../../outside/kinds.ts';
import { Button, LinkButton } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { UserText, visible } from '../../ui/text.tsx';
import { downloadsText, Marks, SituationChip } from './labels.tsx';
import { revoke } from './revoke.ts';
import { SendingList } from './sending_list.tsx';
import { sendingInto } from './sendings.ts';
import { hasEnded, type Situation, situationOf } from './situation.ts';

function Files({ exchange: { files, encrypted } }: { exchange: Exchange }) {
  return (
    <ul class="give-files list" aria-label={t('exchanges.details.files')}>
      {files.map(({ number, name, size, media_type: type }) => {
        const { icon: Icon } = kindOf(encrypted ? '' : type);
        return (
          <li key={number} class="give-file">
            <Icon aria-hidden="true" />
            <span class="grow truncate" title={encrypted ? undefined : visible(name)}>
              {encrypted ? t('exchanges.details.sealed', { number }) : <UserText text={name} />}
            </span>
            <small class="muted nowrap">{formatSize(size)}</small>
          </li>
        );
      })}
    </ul>
  );
}

function roomText({ max_files: files, max_size: most }: Exchange): string {
  return most === null ? t('outside.takes.files', { n: files }) : t('outside.takes.both', { n: files, size: formatSize(most) });
}

function Facts({ exchange, situation }: { exchange: Exchange; situation: Situation }) {
  const { direction, note, downloads_running: now } = exchange;
  return (
    <dl class="facts request-facts exchange-details">
      <dt>{t('exchanges.details.kind')}</dt><dd>{t(`exchanges.kind.${direction}`)}</dd>
      {note && <><dt>{t('outside.note')}</dt><dd class="exchange-note">{note.split('\n').map((line, at) => <p key={at}><UserText text={line} /></p>)}</dd></>}
      <dt>{t('exchanges.details.made')}</dt><dd>{formatTime(exchange.created_at)}</dd>
      <dt>{t(hasEnded(situation) ? 'exchanges.details.would' : 'outside.until')}</dt><dd>{formatTime(exchange.expires_at)}</dd>
      {direction === 'send'
        ? <><dt>{t('exchanges.details.downloads')}</dt><dd>{downloadsText(exchange)}{now > 0 && ` · ${t('exchanges.details.now', { n: now })}`}</dd></>
        : <><dt>{t('outside.takes')}</dt><dd>{roomText(exchange)}</dd></>}
    </dl>
  );
}

export function DetailsDialog({ exchange, onClose }: { exchange: Exchange; onClose: () => void }) {
  const sending = sendingInto(exchange.id);
  const situation = situationOf(exchange, Date.now(), sending !== undefined);
  const ended = hasEnded(situation);
  const landed = exchange.direction === 'receive' && exchange.files.length > 0;
  const why = tMaybe(`exchanges.why.${exchange.direction}.${situation}`);
  return (
    <Dialog wide title={t('exchanges.details')} onClose={onClose} actions={
      <>
        {!ended && <Button kind="danger" icon={CircleStop} onClick={async () => { if (await revoke(exchange)) onClose(); }}>{t('exchanges.end')}</Button>}
        {landed && <LinkButton icon={FolderOpen} href="#/files">{t('exchanges.details.toFiles')}</LinkButton>}
        <Button onClick={onClose}>{t('action.close')}</Button>
      </>
    }>
      <div class="stack">
        <div class="row wrap" role="status"><SituationChip situation={situation} /><Marks exchange={exchange} /></div>
        {why && <p>{why}</p>}
        {sending ? <SendingList sending={sending} /> : exchange.files.length > 0 && <Files exchange={exchange} />}
        <Facts exchange={exchange} situation={situation} />
        <p class="muted">{t('exchanges.details.once')}</p>
      </div>
    </Dialog>
  );
}
