/** An entry of one of Alertmanager's lists that comes from this program, or from one of its settings. */
export interface BuiltInEntry<Entry> {
  readonly entry: Entry;
  /**
   * Where a finding about the entry is reported: its name, or the setting, such as
   * `alerting:slack.channels[0].credential`.
   */
  readonly at: string;
}

export function entries<Entry>(own: readonly BuiltInEntry<Entry>[]): Entry[] {
  return own.map(({ entry }) => entry);
}
