import { looksLikeKey } from "../conventions/secret-forms";
import type { Fault } from "../validation/faults";
import { inClear, secretMap } from "./secrets";

const key = "alerting:credentials";
const setOne = (name: string) => `pulumi config set --secret --path ${key}.${name}`;

const namePattern = /^[a-z0-9]([-a-z0-9_.]{0,61}[a-z0-9])?$/;

/**
 * Whether a credential may have this name, which becomes a key of a Secret and the name of a file. A name that looks
 * like a key is refused, because names are not secret.
 */
export function isCredentialName(name: string): boolean {
  return namePattern.test(name) && !looksLikeKey(name);
}

/** The rule for names, as a part of the error about an invalid name. */
export const nameRule =
  "at most 63 lower-case letters, digits, dots, dashes and underscores, because it becomes a file's name, and nothing that looks like a key";

/**
 * An invalid name as an error shows it. A very long one is hidden: it may be a credential that was pasted as the name.
 */
export function shownName(name: string): string {
  return name.length <= 12 ? JSON.stringify(name) : "(not shown, as it may be the credential itself)";
}

/**
 * Reads `alerting:credentials`: those of receivers besides Slack and of the long-term engine, by name. No error sentence
 * contains a value.
 */
export function checkCredentials(
  text: string | undefined,
  isSecret: boolean,
): { credentials: Readonly<Record<string, string>>; faults: Fault[] } {
  const credentials: Record<string, string> = {};
  if (text === undefined) return { credentials, faults: [] };
  const fault = (sentence: string, name?: string): Fault => ({ key: name ? `${key}.${name}` : key, sentence });
  const read = secretMap(text);
  const set = `Set each by its name: \`${setOne("<name>")}\``;
  if (read === undefined)
    return { credentials, faults: [fault(`is not a map of names to secrets (the value is not shown). ${set}.`)] };
  if (!isSecret) return { credentials, faults: [fault(inClear(set, "make new ones"))] };
  const faults: Fault[] = [];
  for (const [name, value] of Object.entries(read)) {
    if (!isCredentialName(name)) {
      const sentence = `is not a name for a credential; accepted: ${nameRule}. Remove it from the stack's file, and run \`${setOne("<name>")}\`.`;
      faults.push(fault(sentence, shownName(name)));
    } else if (typeof value !== "string") {
      faults.push(fault(`is not a string (the value is a secret and not shown). Run \`${setOne(name)}\`.`, name));
    } else if (value.trim() === "") {
      faults.push(fault(`is empty. Run \`${setOne(name)}\`, and paste the credential there.`, name));
    } else {
      credentials[name] = value.trim();
    }
  }
  return { credentials, faults };
}
