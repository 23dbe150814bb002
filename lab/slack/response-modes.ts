import type { AnswerMode } from "./responses";

/** The messages to which a response mode applies. */
export interface AnswerScope {
  /** The path of one webhook. The default is all webhooks that have no mode of their own. */
  readonly path?: string;
  /** The number of messages, after which messages are accepted again. Default: unlimited. */
  readonly times?: number;
}

interface Answering {
  readonly mode: AnswerMode;
  left: number;
}

/** The response mode for each webhook's next message. */
export class AnswerModes {
  private everywhere: Answering = { mode: "ok", left: Infinity };
  private readonly byPath = new Map<string, Answering>();

  /** Sets a mode. Without a path, the mode applies to every webhook, and the modes of single webhooks are removed. */
  public set(mode: AnswerMode, { path, times = Infinity }: AnswerScope = {}): void {
    if (path === undefined) {
      this.everywhere = { mode, left: times };
      this.byPath.clear();
    } else {
      this.byPath.set(path, { mode, left: times });
    }
  }

  /** Returns the mode for a message that has just arrived, and counts the message. */
  public take(path: string): AnswerMode {
    const answering = this.byPath.get(path) ?? this.everywhere;
    if (answering.left <= 0) {
      return "ok";
    }
    answering.left -= 1;
    return answering.mode;
  }
}
