import { NoAnswer } from "./http";
import type { Reached } from "./reach";

/** The answer of one replica, by its name. */
export interface Answered<T> {
  readonly name: string;
  readonly answer: T;
}

/** A replica, and where it answers. */
export type Peer = Pick<Reached, "name" | "origin" | "authentication">;

/** How long a replica that gave no answer is not asked, as long as another one answers. */
const restMs = 10_000;

/** The replicas of a server. Some may stop answering during a drill, as long as one answers. */
export class Peers {
  private readonly silent = new Map<string, { readonly since: number; readonly why: string }>();

  constructor(
    public readonly all: readonly Peer[],
    private readonly restsMs = restMs,
  ) {}

  /**
   * Asks all replicas at the same time, and returns the answers. Throws the first error if none answers. A replica that
   * gave no answer rests, because each request would wait for it; `evenResting` asks it too.
   */
  public async ask<T>(
    question: (peer: Peer) => Promise<T>,
    { evenResting = false }: { readonly evenResting?: boolean } = {},
  ): Promise<Answered<T>[]> {
    const awake = this.all.filter(
      ({ name }) => Date.now() - (this.silent.get(name)?.since ?? -Infinity) > this.restsMs,
    );
    const asked = evenResting || awake.length === 0 ? this.all : awake;
    const results = await Promise.allSettled(asked.map(question));
    const answers = results.flatMap((result, index) => {
      const { name } = asked[index]!;
      if (result.status === "fulfilled") {
        this.silent.delete(name);
        return [{ name, answer: result.value }];
      }
      const error: unknown = result.reason;
      if (!(error instanceof NoAnswer)) throw error;
      this.silent.set(name, { since: Date.now(), why: error.message });
      return [];
    });
    if (answers.length === 0) throw (results[0] as PromiseRejectedResult).reason;
    return answers;
  }

  /** The replicas that gave no answer when they were last asked, and why, as sentences. */
  public absent(): string[] {
    return [...this.silent].map(([name, { why }]) => `${name} stopped answering: ${why}`);
  }
}
