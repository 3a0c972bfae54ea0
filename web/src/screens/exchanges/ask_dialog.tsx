// Asks somebody without an account for files: they land among one's own.
import { useState } from 'preact/hooks';
import { call } from '../../api/client.ts';
import { t } from '../../i18n/index.ts';
import { MakeDialog } from './make_dialog.tsx';
import { mistakeIn, NoteField, PasswordField, RoomFields, TimeField } from './options.tsx';
import { asking, kUsual } from './wishes.ts';

export function AskDialog({ onClose }: { onClose: () => void }) {
  const [wishes, setWishes] = useState(kUsual);
  const options = { wishes, onWishes: setWishes };
  const make = async () => {
    const made = await call('post', '/api/exchanges', { body: asking(wishes), once: true });
    return { made, link: made.upload_page ?? '', sending: undefined };
  };
  return (
    <MakeDialog title={t('exchanges.ask.title')} lack={mistakeIn(wishes)} make={make} onClose={onClose}>
      <p>{t('exchanges.ask.text')}</p>
      <NoteField asking {...options} />
      <TimeField {...options} />
      <details class="more-options">
        <summary>{t('exchanges.more')}</summary>
        <div class="stack">
          <div class="option-pair"><RoomFields {...options} /></div>
          <PasswordField {...options} />
        </div>
      </details>
    </MakeDialog>
  );
}
