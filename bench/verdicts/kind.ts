import type { Finding } from "../../validation/finding";
import type { Random } from "../random";
import type { Tool } from "./tools";

/** A kind of inputs: what they are made of, what the checks here say of one, and the file that the tool reads. */
export interface Kind<Input = unknown> {
  readonly name: string;
  readonly tool: Tool;
  /** Inputs as they are meant to be. */
  readonly seeds: readonly Input[];
  readonly mutated: (seed: Input, next: Random) => Input;
  readonly check: (input: Input) => readonly Finding[];
  readonly file: (input: Input) => string;
}

/** A kind among others: what it makes is given back to nobody else. */
export const kind = <Input>(one: Kind<Input>) => one as Kind;
