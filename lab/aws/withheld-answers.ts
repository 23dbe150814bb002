import { actionOf } from "./actions";
import type { Step } from "./proxy";

/** Withholds answers forever: AWS performs the call, but the caller never learns this. */
export class WithheldAnswers {
  private awaited = new Set<string>();
  private withheld = new Set<string>();
  private allAreDone: () => void = () => undefined;

  /** The proxy step that withholds answers. */
  public readonly step: Step = async (request, next) => {
    const answer = await next(request);
    const action = actionOf(request);
    if (!this.withheld.has(action) || answer.status >= 300) return answer;
    this.awaited.delete(action);
    if (this.awaited.size === 0) this.allAreDone();
    return new Promise(() => undefined);
  };

  /**
   * From now on, withholds the answers only to these IAM actions, for example `elasticfilesystem:CreateFileSystem`.
   * Resolves when each action was performed.
   */
  public of(actions: readonly string[]): Promise<void> {
    this.withheld = new Set(actions);
    this.awaited = new Set(actions);
    return new Promise((resolve) => {
      this.allAreDone = resolve;
      if (actions.length === 0) resolve();
    });
  }
}
