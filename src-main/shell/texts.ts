/** What menus, tray and system dialogs say. The window has its own texts; these are drawn by the system. */
export interface ShellTexts {
  readonly file: string;
  readonly edit: string;
  readonly view: string;
  readonly go: string;
  readonly window: string;
  readonly help: string;
  readonly lock: string;
  readonly quit: string;
  readonly show: string;
  readonly settings: string;
  readonly palette: string;
  readonly portfolio: string;
  readonly trade: string;
  readonly orders: string;
  readonly alerts: string;
  readonly funds: string;
  readonly activity: string;
  readonly accounts: string;
  readonly hideAmounts: string;
  readonly about: string;
  readonly keysAt: string;
  readonly forgetTitle: string;
  readonly forgetText: string;
  readonly forgetConfirm: string;
  readonly forgetCancel: string;
}

const en: ShellTexts = {
  file: 'File',
  edit: 'Edit',
  view: 'View',
  go: 'Go',
  window: 'Window',
  help: 'Help',
  lock: 'Lock now',
  quit: 'Quit Holdfast',
  show: 'Show Holdfast',
  settings: 'Settings…',
  palette: 'Command palette…',
  portfolio: 'Portfolio',
  trade: 'Trade',
  orders: 'Orders',
  alerts: 'Alerts',
  funds: 'Funds',
  activity: 'Activity',
  accounts: 'Accounts',
  hideAmounts: 'Hide amounts',
  about: 'About Holdfast',
  keysAt: 'API keys at',
  forgetTitle: 'Delete everything that Holdfast has stored?',
  forgetText:
    'Vault, earlier states, history and settings on this machine will be gone. Nobody can bring them back.',
  forgetConfirm: 'Delete everything',
  forgetCancel: 'Keep everything',
};

const de: ShellTexts = {
  file: 'Datei',
  edit: 'Bearbeiten',
  view: 'Ansicht',
  go: 'Gehe zu',
  window: 'Fenster',
  help: 'Hilfe',
  lock: 'Jetzt sperren',
  quit: 'Holdfast beenden',
  show: 'Holdfast zeigen',
  settings: 'Einstellungen…',
  palette: 'Befehlspalette…',
  portfolio: 'Portfolio',
  trade: 'Handel',
  orders: 'Orders',
  alerts: 'Alarme',
  funds: 'Guthaben',
  activity: 'Protokoll',
  accounts: 'Konten',
  hideAmounts: 'Beträge verbergen',
  about: 'Über Holdfast',
  keysAt: 'API-Schlüssel bei',
  forgetTitle: 'Alles löschen, was Holdfast gespeichert hat?',
  forgetText:
    'Tresor, frühere Stände, Verlauf und Einstellungen auf diesem Gerät sind dann weg. Niemand kann sie zurückholen.',
  forgetConfirm: 'Alles löschen',
  forgetCancel: 'Alles behalten',
};

export const SHELL_TEXTS = { en, de } as const;
export type ShellLanguage = keyof typeof SHELL_TEXTS;
