import type { AnswerMode } from "./responses";

/** To what an answer applies. */
export interface AnswerScope {
  /** The path of one webhook, which is one channel; all that have no separate answer unless given. */
  readonly path?: string;
  /** To how many messages; then they are taken again. Without end unless given. */
  readonly times?: number;
}

interface Answering {
  readonly mode: AnswerMode;
  left: number;
}

/** How each webhook's next message is answered. */
export class AnswerModes {
  private everywhere: Answering = { mode: "ok", left: Infinity };
  private readonly byPath = new Map<string, Answering>();

  /** Without a path it is for every webhook, and what single ones were set to is forgotten. */
  public set(mode: AnswerMode, { path, times = Infinity }: AnswerScope = {}): void {
    if (path === undefined) {
      this.everywhere = { mode, left: times };
      this.byPath.clear();
    } else {
      this.byPath.set(path, { mode, left: times });
    }
  }

  /** The answer to a message that is there now: one of those that were asked for is used up. */
  public take(path: string): AnswerMode {
    const answering = this.byPath.get(path) ?? this.everywhere;
    if (answering.left <= 0) {
      return "ok";
    }
    answering.left -= 1;
    return answering.mode;
  }
}
