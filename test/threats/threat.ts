/** One row of docs/security.md. */
export interface Threat {
  /** What somebody might try, without a full stop. */
  readonly threat: string;
  /** What stops it: the setting, the key or the check. */
  readonly mitigation: string;
  /** The test that tries it: its file, and its title, which no other test of that file has. */
  readonly test: { readonly spec: string; readonly title: string };
}
