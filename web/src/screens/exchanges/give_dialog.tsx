// Gives files to somebody without an account: own ones, or some from this device, which may be encrypted end to end.
import '../../styles/exchanges.css';
import '../../styles/outside.css';
import { useState } from 'preact/hooks';
import { LockKeyhole } from 'lucide-preact';
import { call } from '../../api/client.ts';
import { type Asset } from '../../api/types.ts';
import { formatSize } from '../../i18n/format.ts';
import { t } from '../../i18n/index.ts';
import { keyText, newKey } from '../../sealed/key.ts';
import { isSlow } from '../../sealed/primitives.ts';
import { CheckField } from '../../ui/field.tsx';
import { UserText, visible } from '../../ui/text.tsx';
import { StripField } from '../shared/strip_field.tsx';
import { AssetPicker } from './asset_picker.tsx';
import { FileChoice } from './file_choice.tsx';
import { MakeDialog } from './make_dialog.tsx';
import { type MadeLink } from './made.tsx';
import { DownloadsField, mistakeIn, NoteField, PasswordField, TimeField } from './options.tsx';
import { startSending } from './sendings.ts';
import { givingNew, givingOwn, kMostFiles, kUsual, type Wishes } from './wishes.ts';

async function linkToOwn(wishes: Wishes, assets: readonly Asset[]): Promise<MadeLink> {
  const made = await call('post', '/api/exchanges', { body: givingOwn(wishes, assets), once: true });
  return { made, link: made.download_page ?? '', sending: undefined };
}

// The files follow while the link is shown already.
async function linkToNew(wishes: Wishes, files: readonly File[], encrypted: boolean): Promise<MadeLink> {
  const key = encrypted ? newKey() : undefined;
  const made = await call('post', '/api/exchanges', { body: givingNew(wishes, files.length, encrypted), once: true });
  const link = `${made.download_page ?? ''}${key ? `.${keyText(key)}` : ''}`;
  return { made, link, sending: startSending(made, files, key, wishes.password) };
}

const kSources = ['device', 'own'] as const;
type Source = (typeof kSources)[number];

function SourceField({ value, onValue }: { value: Source; onValue: (source: Source) => void }) {
  return (
    <fieldset>
      <legend class="visually-hidden">{t('exchanges.source')}</legend>
      <div class="choice-row">
        {kSources.map((one) => (
          <label key={one} class="choice">
            <input type="radio" name="exchange-source" checked={value === one} onChange={() => onValue(one)} />
            <span>{t(`exchanges.source.${one}`)}</span>
          </label>
        ))}
      </div>
    </fieldset>
  );
}

function OwnNames({ assets }: { assets: readonly Asset[] }) {
  return (
    <ul class="give-files list" aria-label={t('exchanges.chosenFiles')}>
      {assets.map(({ id, name, size }) => (
        <li key={id} class="give-file">
          <span class="grow truncate" title={visible(name)}><UserText text={name} /></span>
          <small class="muted nowrap">{formatSize(size)}</small>
        </li>
      ))}
    </ul>
  );
}

function EncryptField({ checked, onChecked }: { checked: boolean; onChecked: (checked: boolean) => void }) {
  return (
    <div class="stack tight">
      <CheckField checked={checked} onChecked={onChecked} label={<><LockKeyhole aria-hidden="true" class="inline-icon" /> {t('exchanges.encrypt')}</>} />
      <small class="muted">{t('exchanges.encrypt.hint')} {checked && isSlow() && t('outside.slow')}</small>
    </div>
  );
}

// `assets`: what was chosen on another screen.
export function GiveDialog({ assets, onClose }: { assets?: readonly Asset[]; onClose: () => void }) {
  const [source, setSource] = useState<Source>(assets ? 'own' : 'device');
  const [chosen, setChosen] = useState<ReadonlyMap<string, Asset>>(() => new Map((assets ?? []).map((asset) => [asset.id, asset])));
  const [files, setFiles] = useState<readonly File[]>([]);
  const [encrypted, setEncrypted] = useState(false);
  const [wishes, setWishes] = useState(kUsual);
  const own = [...chosen.values()];
  const things: readonly { size: number }[] = source === 'own' ? own : files;
  const lack = things.length === 0 ? t('exchanges.nothingChosen')
    : things.length > kMostFiles ? t('exchanges.tooMany', { most: kMostFiles }) : mistakeIn(wishes);
  const options = { wishes, onWishes: setWishes };
  const make = () => (source === 'own' ? linkToOwn(wishes, own) : linkToNew(wishes, files, encrypted));
  return (
    <MakeDialog title={t('exchanges.give.title')} lack={lack} make={make} onClose={onClose}>
      {!assets && <p>{t('exchanges.give.text')}</p>}
      {!assets && <SourceField value={source} onValue={setSource} />}
      {!assets && (source === 'own' ? <AssetPicker chosen={chosen} onChosen={setChosen} /> : <FileChoice files={files} onFiles={setFiles} />)}
      {assets && <OwnNames assets={own} />}
      {(assets || source === 'own') && <p role="status">{t('exchanges.chosen', { n: own.length, size: formatSize(own.reduce((sum, { size }) => sum + size, 0)) })}</p>}
      {source === 'own' && <StripField assets={own} strip={wishes.strip} onStrip={(strip) => setWishes({ ...wishes, strip })} />}
      {source === 'device' && <EncryptField checked={encrypted} onChecked={setEncrypted} />}
      <TimeField {...options} />
      <details class="more-options">
        <summary>{t('exchanges.more')}</summary>
        <div class="stack">
          <div class="option-pair"><DownloadsField {...options} /><PasswordField {...options} /></div>
          <NoteField {...options} />
        </div>
      </details>
    </MakeDialog>
  );
}
