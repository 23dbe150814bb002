/** One row of docs/security.md. */
export interface Threat {
  /** What somebody might try, without a full stop. */
  readonly threat: string;
  /** What stops it: the setting, the key or the check. */
  readonly mitigation: string;
  /** The tests that try it: file, and title, which no other test of that file has. */
  readonly tests: readonly { readonly spec: string; readonly title: string }[];
}
