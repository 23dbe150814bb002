import type { Finding } from "../../validation/finding";
import type { Random } from "../random";
import type { Tool } from "./tools";

/** A kind of inputs: how to make them, how this program judges one, and how to write it to a file for the tool. */
export interface Kind<Input = unknown> {
  readonly name: string;
  readonly tool: Tool;
  /** Typical inputs, before mutation. */
  readonly seeds: readonly Input[];
  readonly mutated: (seed: Input, next: Random) => Input;
  readonly check: (input: Input) => readonly Finding[];
  readonly file: (input: Input) => string;
}

/**
 * A kind without its type parameter, which no other code needs: only the kind itself reads the inputs that it makes.
 */
export const kind = <Input>(one: Kind<Input>) => one as Kind;
