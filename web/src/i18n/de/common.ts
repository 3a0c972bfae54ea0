import type { Topic } from '../en/index.ts';

export const common: Topic<'common'> = {
  'nav.label': 'Hauptmenü',
  'nav.files': 'Dateien',
  'nav.people': 'Personen',
  'nav.shared': 'Geteilt',
  'nav.exchanges': 'Links',
  'nav.live': 'Direkt',
  'nav.skip': 'Zum Inhalt springen',
  'nav.liveOpen': 'ein Link ist offen',
  'nav.requests': '{n, plural, one {# Anfrage wartet auf dich} other {# Anfragen warten auf dich}}',

  'account.menu': 'Konto und Einstellungen',
  'account.logOut': 'Abmelden',
  'account.language': 'Sprache',
  'account.theme': 'Aussehen',
  'account.theme.auto': 'Wie das System',
  'account.theme.light': 'Hell',
  'account.theme.dark': 'Dunkel',

  'action.cancel': 'Abbrechen',
  'action.close': 'Schließen',
  'action.retry': 'Noch einmal',
  'action.copy': 'Kopieren',
  'action.copied': 'Kopiert',
  'action.notCopied': 'Nicht kopiert',
  'action.undo': 'Rückgängig',
  'action.delete': 'Löschen',
  'action.rename': 'Umbenennen',
  'action.download': 'Herunterladen',
  'action.share': 'Teilen',
  'action.save': 'Speichern',
  'action.back': 'Zurück',
  'action.later': 'Später',
  'action.show': 'Zeigen',
  'action.handOn': 'Weitergeben …',
  'action.loadMore': 'Mehr laden',

  'state.loading': 'Wird geladen …',
  'state.offline': 'Keine Verbindung zu diesem Server. Die Seite macht von selbst weiter, sobald er wieder da ist.',

  'time.justNow': 'gerade eben',
  'time.left': 'noch {time}',

  'password.show': 'Passwort zeigen',
  'password.hide': 'Passwort verbergen',

  'problem.details': 'Einzelheiten für die, die diesen Server betreuen',
  'problem.requestId': 'Anfrage {id}',
  'problem.retryIn': 'Es geht wieder {when}.',
};
