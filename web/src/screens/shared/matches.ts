// Which of somebody's files are wanted: all, or those of a kind, with a text in the name. Their server looks for them
// itself; this is for what it told before.
import { kindOf, type Kind } from '../../media/item.ts';
import { type RemoteItem, type SharedItem } from './groups.ts';

export type PersonItem = SharedItem | RemoteItem;
export interface PersonQuery { kind: Kind | undefined; name: string }
export const kEverything: PersonQuery = { kind: undefined, name: '' };

export function matches(item: PersonItem, { kind, name }: PersonQuery): boolean {
  return (!kind || kindOf(item) === kind) && item.name.toLowerCase().includes(name.toLowerCase());
}
