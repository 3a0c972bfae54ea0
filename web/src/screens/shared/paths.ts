// The places of this screen:
//   /shared                     with me, by person        /shared/with-me/<address>   one person
//   /shared/by-me               by person                 /shared/by-me/<address>     one person
//   /shared/by-me/files         by file
type Place =
  | { kind: 'with-me' | 'by-me' | 'by-file' }
  | { kind: 'with-me-person' | 'by-me-person'; address: string };

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

export function placeOf(path: string): Place {
  const [, , tab, ...rest] = path.split('/');
  const address = decoded(rest.join('/'));
  if (tab === 'with-me' && address) return { kind: 'with-me-person', address };
  if (tab !== 'by-me') return { kind: 'with-me' };
  if (address === 'files') return { kind: 'by-file' };
  return address ? { kind: 'by-me-person', address } : { kind: 'by-me' };
}

export function personHref(tab: 'with-me' | 'by-me', address: string): string {
  return `#/shared/${tab}/${encodeURIComponent(address)}`;
}
