import type { CliOptions } from "../../stack/cli";
import { readStackConfiguration } from "../../stack/configuration";
import { readWebLogins, type WebLogin } from "../../stack/login";

/** The secrets that open a stack's pages, read on demand: until then nothing of the stack is decrypted. */
export interface WebKeys {
  readonly stack: string;
  /** The newest first; none where the stack has no password. Throws a sentence where they cannot be read. */
  logins(): Promise<readonly WebLogin[]>;
  /** The certificates that vouch for the stack's own one, as PEM; undefined where it has none. Throws as above. */
  authority(): Promise<string | undefined>;
  /** The logins that were read so far. */
  read(): readonly WebLogin[];
}

/** Reads each by the CLI, at most once. */
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
