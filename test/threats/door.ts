/** A way in that is closed by default: who would come by it, what closes it, and the test that tried it. */
export interface Door {
  /** What somebody would do, as a sentence without a full stop, such as `Read Prometheus' pages without a password`. */
  readonly door: string;
  /** Who could come by it, such as `whoever reaches the NLB`. */
  readonly who: string;
  /** What they would have then. */
  readonly reach: string;
  /** What stops them, with the setting or the key that does it. */
  readonly stoppedBy: string;
  /** What remains all the same; `nothing known` which does not exist. */
  readonly remains: string;
  /** The test that tries the door: its file, and the words of its title, which no other test of that file has. */
  readonly test: { readonly spec: string; readonly title: string };
  /**
   * How `npm run doors` opens the door in a copy of the program, to see that test fail: in `file`, `find`, which stands
   * there exactly once, becomes `replace`.
   */
  readonly openedBy: { readonly file: string; readonly find: string; readonly replace: string };
}
