// A button that opens a list of actions. Arrow keys, Home, End and Escape work as in menus of the system.
import { type ComponentChildren } from 'preact';
import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import { type LucideIcon } from 'lucide-preact';

export interface MenuItem {
  text: string;
  icon?: LucideIcon;
  danger?: boolean;
  checked?: boolean;   // makes it one of several choices
  group?: string;      // a heading above the first item of each group
  onSelect: () => void;
}

interface MenuProps {
  label: string;
  button: ComponentChildren;
  buttonClass?: string;
  items: MenuItem[];
  up?: boolean;
  start?: boolean;     // aligned with the start of the button
  named?: boolean;     // what the button shows says what it is
}

// Items that follow each other with the same heading.
function groupsOf(items: MenuItem[]): [string | undefined, MenuItem[]][] {
  const groups: [string | undefined, MenuItem[]][] = [];
  for (const item of items) {
    const last = groups.at(-1);
    if (last && last[0] === item.group) last[1].push(item);
    else groups.push([item.group, [item]]);
  }
  return groups;
}

export function Menu({ label, button, buttonClass = 'button icon', items, up, start, named }: MenuProps) {
  const [open, setOpen] = useState(false);
  const root = useRef<HTMLDivElement>(null);
  const trigger = useRef<HTMLButtonElement>(null);
  const entries = () => [...(root.current?.querySelectorAll<HTMLButtonElement>('.menu-item') ?? [])];
  useLayoutEffect(() => {
    if (!open) return undefined;
    entries()[0]?.focus();
    const outside = (event: PointerEvent) => {
      if (event.target instanceof Node && !root.current?.contains(event.target)) setOpen(false);
    };
    document.addEventListener('pointerdown', outside);
    return () => document.removeEventListener('pointerdown', outside);
  }, [open]);
  const close = () => {
    setOpen(false);
    trigger.current?.focus();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (!open) return;
    const all = entries();
    const at = all.indexOf(document.activeElement as HTMLButtonElement);
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: all.length - 1 }[event.key];
    if (to !== undefined) {
      event.preventDefault();
      all.at(to % all.length)?.focus();
    } else if (event.key === 'Escape') {
      event.stopPropagation();
      close();
    } else if (event.key === 'Tab') {
      setOpen(false);
    }
  };
  return (
    <div class="menu" ref={root} onKeyDown={onKeyDown}>
      <button ref={trigger} type="button" class={buttonClass} aria-haspopup="menu" aria-expanded={open} aria-label={named ? undefined : label} title={label}
        onClick={() => setOpen(!open)}>{button}</button>
      {open && (
        <div class={`menu-list${up ? ' up' : ''}${start ? ' start' : ''}`} role="menu" aria-label={label}>
          {groupsOf(items).map(([heading, group]) => (
            <div key={heading} role="group" class="menu-group" aria-label={heading}>
              {heading && <p class="menu-heading" aria-hidden="true">{heading}</p>}
              {group.map(({ text, icon: Icon, danger, checked, onSelect }) => (
                <button key={text} type="button" class={`menu-item${danger ? ' danger' : ''}`} tabIndex={-1}
                  role={checked === undefined ? 'menuitem' : 'menuitemradio'} aria-checked={checked}
                  onClick={() => { close(); onSelect(); }}>
                  {Icon && <Icon aria-hidden="true" />}
                  <span class="grow">{text}</span>
                  {checked && <span aria-hidden="true">✓</span>}
                </button>
              ))}
            </div>
          ))}
        </div>
      )}
    </div>
  );
}
