import type { AnswerMode } from "./responses";

/** The messages to which a response mode applies. */
export interface AnswerScope {
  /** The path of one webhook. The default is all webhooks that have no mode of their own. */
  readonly path?: string;
  /**
   * The id of the only process to which the mode applies, for example that of one Alertmanager. It is asked for each
   * message, because the program may start again as another process. Modes of processes go before all other modes.
   */
  readonly sender?: () => number | undefined;
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
  private readonly bySender: (Answering & { readonly sender: () => number | undefined })[] = [];

  /**
   * Sets a mode. Without a path or a sender, the mode applies to every message, and the modes of single webhooks and
   * senders are removed.
   */
  public set(mode: AnswerMode, { path, sender, times = Infinity }: AnswerScope = {}): void {
    if (sender !== undefined) {
      this.bySender.unshift({ mode, left: times, sender });
    } else if (path === undefined) {
      this.everywhere = { mode, left: times };
      this.byPath.clear();
      this.bySender.length = 0;
    } else {
      this.byPath.set(path, { mode, left: times });
    }
  }

  /** Returns the mode for a message that has just arrived, and counts the message. */
  public take(path: string, isFrom: (pid: number) => boolean): AnswerMode {
    const ofSender = this.bySender.find(({ sender }) => isFrom(sender() ?? 0));
    const answering = ofSender ?? this.byPath.get(path) ?? this.everywhere;
    if (answering.left <= 0) {
      return "ok";
    }
    answering.left -= 1;
    return answering.mode;
  }
}
