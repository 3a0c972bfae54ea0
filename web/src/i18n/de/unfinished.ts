import { type Topic } from '../en/index.ts';

export const unfinished: Topic<'unfinished'> = {
  'unfinished.title': '{n, plural, one {# Upload ist nicht fertig} other {# Uploads sind nicht fertig}}',
  'unfinished.hint': 'Wähle dieselbe Datei noch einmal aus, oder zieh sie auf die Seite: Dann geht es von dort weiter. Was niemand fortsetzt, wird nach einem Tag verworfen.',
  'unfinished.progress': 'Was von {name} schon da ist',
  'unfinished.there': '{part} von {size} sind da',
  'unfinished.elsewhere': 'In einem anderen Browser begonnen, vielleicht läuft es dort noch.',
  'unfinished.choose': 'Datei noch einmal auswählen',
  'unfinished.choose.label': 'Datei noch einmal auswählen: {name}',
  'unfinished.wrong': 'Das ist eine andere Datei, oder sie wurde seitdem geändert.',
  'unfinished.discard': 'Verwerfen, was von {name} da ist',
  'unfinished.discard.title': 'Verwerfen, was von {name} da ist?',
  'unfinished.discard.text': 'Der Upload wurde in einem anderen Browser begonnen. Läuft er dort noch, muss er von vorn beginnen.',
  'unfinished.discard.yes': 'Verwerfen',
  'unfinished.leave': 'Du kannst die Seite verlassen: Was dann noch fehlt, geht einen Tag lang weiter, sobald du die Dateien wieder auswählst.',
};
