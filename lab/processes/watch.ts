import { endedSentence } from "./child";
import type { Child } from "./child";

/** Calls back with a sentence for each process that ends although nobody has stopped it. */
export function onUnexpectedEnd(children: readonly Child[], tell: (sentence: string) => void): void {
  for (const child of children) {
    void child.exited.then((exit) => {
      if (!child.stopping) {
        tell(endedSentence(child, exit));
      }
    });
  }
}
