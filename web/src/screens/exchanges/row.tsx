// One link in the list: what it gives or asks for, how it stands, until when. Opens its details.
import { CircleStop, Inbox, Send } from 'lucide-preact';
import { type Exchange } from '../../api/types.ts';
import { formatSize, formatTime } from '../../i18n/format.ts';
import { t } from '../../i18n/index.ts';
import { Button } from '../../ui/button.tsx';
import { UserText } from '../../ui/text.tsx';
import { downloadsText, Marks, SituationChip, titleOf } from './labels.tsx';
import { revoke } from './revoke.ts';
import { sendingInto } from './sendings.ts';
import { SendingBar } from './sending_list.tsx';
import { hasEnded, situationOf } from './situation.ts';

function Facts({ exchange, ended }: { exchange: Exchange; ended: boolean }) {
  const { direction, files, size } = exchange;
  return (
    <small class="muted exchange-facts">
      <span>{t(`exchanges.kind.${direction}`)}</span>
      {files.length > 0 && <span>{t('exchanges.files', { n: files.length, size: formatSize(size) })}</span>}
      {direction === 'send' && <span>{downloadsText(exchange)}</span>}
      <span>{t(ended ? 'exchanges.made' : 'exchanges.until', { when: formatTime(ended ? exchange.created_at : exchange.expires_at) })}</span>
    </small>
  );
}

// The button goes with it; the focus stays on the row.
async function end(exchange: Exchange, button: HTMLElement) {
  const row = button.closest('li');
  if (await revoke(exchange)) row?.querySelector<HTMLElement>('.exchange-open')?.focus();
}

export function ExchangeRow({ exchange, onOpen }: { exchange: Exchange; onOpen: () => void }) {
  const sending = sendingInto(exchange.id);
  const situation = situationOf(exchange, Date.now(), sending !== undefined);
  const ended = hasEnded(situation);
  const Icon = exchange.direction === 'send' ? Send : Inbox;
  const title = titleOf(exchange, sending?.sender.items.map(({ file }) => file));
  return (
    <li class={`list-row exchange${ended ? ' ended' : ''}`} data-id={exchange.id}>
      <Icon class="exchange-icon" aria-hidden="true" />
      <div class="grow exchange-text">
        <button type="button" class="exchange-open" title={title} onClick={onOpen}><UserText class="truncate" text={title} /></button>
        <Facts exchange={exchange} ended={ended} />
        {sending && <SendingBar sending={sending} />}
      </div>
      <div class="exchange-chips">
        <Marks exchange={exchange} />
        <SituationChip situation={situation} />
      </div>
      <div class="exchange-acts">
        {!ended && <Button small icon={CircleStop} label={t('exchanges.end.which', { title })} 
          onClick={(event) => void end(exchange, event.currentTarget)}>{t('exchanges.end')}</Button>}
      </div>
    </li>
  );
}
