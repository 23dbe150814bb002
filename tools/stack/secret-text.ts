import { inspect } from "node:util";

/** A decrypted secret: when it is printed, logged or converted to JSON, a placeholder appears instead. */
export class SecretText {
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  /** The secret itself. It must never go into a log, an error or a process' arguments. */
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
