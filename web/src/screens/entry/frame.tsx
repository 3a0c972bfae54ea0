// What stands around everything before the log-in.
import { type ComponentChildren } from 'preact';
import { useEffect } from 'preact/hooks';
import { instanceName } from '../../shell/instance_name.ts';
import { Languages } from '../../ui/languages.tsx';

export function GateFrame({ title, wide, children }: { title: string; wide?: boolean; children: ComponentChildren }) {
  useEffect(() => { document.title = `${title} – ${instanceName.value}`; });
  return (
    <main class="gate">
      <div class={`gate-card${wide ? ' wide' : ''}`}>
        <div class="gate-head">
          <img src="./icon.svg" alt="" width="56" height="56" />
          <h1>{title}</h1>
        </div>
        {children}
        <Languages />
      </div>
    </main>
  );
}
