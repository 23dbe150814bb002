import type { CliOptions } from "../cli";
import { readStackConfiguration } from "../configuration";
import { readWebLogins, type WebLogin } from "../login";

/** The secrets that open a stack's pages. Nothing is decrypted until one of them is requested. */
export interface WebKeys {
  readonly stack: string;
  /** The logins, the newest first; empty if the stack has no password. Throws an error if they cannot be read. */
  logins(): Promise<readonly WebLogin[]>;
  /**
   * The certificates (PEM) that verify the stack's custom certificate; undefined if there is none. Throws an error if
   * they cannot be read.
   */
  authority(): Promise<string | undefined>;
  /** The logins that have been read so far. */
  read(): readonly WebLogin[];
}

/** Reads each secret with the CLI, at most once. */
export function stackKeys(stack: string, options: CliOptions = {}): WebKeys {
  let logins: Promise<readonly WebLogin[]> | undefined;
  let authority: Promise<string | undefined> | undefined;
  let read: readonly WebLogin[] = [];
  return {
    stack,
    logins: () => (logins ??= readWebLogins(stack, options).then((all) => (read = all))),
    authority: () => (authority ??= readStackConfiguration(stack, options).then(({ certificate }) => certificate?.ca)),
    read: () => read,
  };
}
