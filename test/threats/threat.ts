/** One row of docs/security.md. */
export interface Threat {
  /** What an attacker might try, or what might go wrong, as a phrase without a full stop. */
  readonly threat: string;
  /** What prevents it: the setting, the key or the check. */
  readonly mitigation: string;
  /** The tests of the mitigation. Each title is unique in its spec file. */
  readonly tests: readonly { readonly spec: string; readonly title: string }[];
}
