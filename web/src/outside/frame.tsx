// What stands around everything an outsider sees.
import { type ComponentChildren } from 'preact';
import { useEffect } from 'preact/hooks';
import { type LucideIcon } from 'lucide-preact';
import { Languages } from '../ui/languages.tsx';

export function Frame({ title, icon: Icon, intro, children }: {
  title: string; icon?: LucideIcon; intro?: ComponentChildren; children?: ComponentChildren;
}) {
  useEffect(() => { document.title = `${title} – kith`; });
  return (
    <main class="gate">
      <div class="gate-card wide">
        <div class="gate-head">
          {Icon ? <Icon class="outside-icon" aria-hidden="true" /> : <img src="./icon.svg" alt="" width="56" height="56" />}
          <h1 tabIndex={-1}>{title}</h1>
          {intro}
        </div>
        {children}
        <Languages />
      </div>
    </main>
  );
}
