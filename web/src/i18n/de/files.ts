import type { Topic } from '../en/index.ts';

export const files: Topic<'files'> = {
  'files.kind.photo': 'Foto',
  'files.kind.video': 'Video',
  'files.kind.audio': 'Audio',
  'files.kind.document': 'Dokument',
  'files.kind.other': 'Datei',

  'media.viewer': 'Ansicht: {name}',
  'media.close': 'Zurück zur Liste',
  'media.previous': 'Vorige',
  'media.next': 'Nächste',
  'media.loaded': '{part} von {size}',
  'media.cantShow': 'Dieser Browser kann diese Art Bild nicht zeigen. Lade es herunter und öffne es mit einem anderen Programm.',
  'media.cantPlay': 'Dieser Browser kann das nicht abspielen. Lade es herunter und öffne es mit einem anderen Programm.',
  'media.gone': 'Diese Datei gibt es nicht mehr.',
  'media.withdrawn': '{owner} teilt das nicht mehr.',
  'media.peerDown': 'Es liegt auf {server}, und der Server antwortet nicht.',
  'media.peerDownSince': 'Es liegt auf {server}, und der Server antwortet seit {since} nicht.',

  'download.title': 'Downloads',
  'download.progress': 'Download von {name}',
  'download.waiting': 'Wartet',
  'download.done': 'Gespeichert',
  'download.notAll': '{n} von {all} lassen sich nicht herunterladen, darunter {name}: {why}',

  'error.broken': 'Es ist mittendrin abgebrochen. Nichts davon wurde behalten.',
  'error.disk_full': 'Auf deinem Datenträger ist nicht genug Platz.',
  'error.disk_refused': 'Dorthin darf dieser Browser nicht schreiben. Wähle einen anderen Ordner.',
};
