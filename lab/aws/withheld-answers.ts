import { actionOf } from "./actions";
import type { Step } from "./proxy";

/** Keeps answers back for ever: the work is done, and who asked for it dies before it hears of that. */
export class WithheldAnswers {
  private awaited = new Set<string>();
  private withheld = new Set<string>();
  private allAreDone: () => void = () => undefined;

  /** For the proxy. */
  public readonly step: Step = async (request, next) => {
    const answer = await next(request);
    const action = actionOf(request);
    if (!this.withheld.has(action) || answer.status >= 300) return answer;
    this.awaited.delete(action);
    if (this.awaited.size === 0) this.allAreDone();
    return new Promise(() => undefined);
  };

  /** To IAM actions such as `elasticfilesystem:CreateFileSystem`, and to no other; resolves once each has done its work. */
  public of(actions: readonly string[]): Promise<void> {
    this.withheld = new Set(actions);
    this.awaited = new Set(actions);
    return new Promise((resolve) => {
      this.allAreDone = resolve;
      if (actions.length === 0) resolve();
    });
  }
}
