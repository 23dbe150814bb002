import { inspect } from "node:util";

/** A secret in clear, for the one who asks for it: printed, logged or made JSON of, it is a word in its place. */
export class SecretText {
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  /** The text itself. Never into a log, an error or a process' arguments. */
  reveal(): string {
    return this.#text;
  }

  toString(): string {
    return "[secret]";
  }

  toJSON(): string {
    return "[secret]";
  }

  [inspect.custom](): string {
    return "[secret]";
  }
}
