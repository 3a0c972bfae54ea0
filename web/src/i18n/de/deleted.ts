import type { Topic } from '../en/index.ts';

export const deleted: Topic<'deleted'> = {
  'deleted.title': 'Zuletzt gelöscht',
  'deleted.text': 'Höchstens einen Tag aufbewahrt; kürzer, wenn neue Dateien den Platz brauchen.',
  'deleted.back': 'Zurück zu den Dateien',
  'deleted.empty': 'Hier ist nichts',
  'deleted.emptyText': 'Was du löschst, lässt sich von hier aus einen Tag lang zurückholen.',
  'deleted.row': '{size} · {when} gelöscht · verschwindet {gone}',
  'deleted.restore': 'Zurückholen',
  'deleted.restoreName': '{name} zurückholen',
  'deleted.restored': '„{name}“ ist wieder da, geteilt wie zuvor.',
  'deleted.taken': 'Inzwischen gibt es ein neues „{name}“. Benenne das um, dann hol dieses zurück.',
  'deleted.tooLate': 'Für „{name}“ war es zu spät: Es ist weg.',
};
