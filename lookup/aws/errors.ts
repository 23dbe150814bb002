import { ConfigurationError, type Fault } from "../../validation/faults";
import { outsideText } from "../../conventions/outside-text";

/** The error message of AWS, without what the engine and the provider add: a function's name, a count and a bullet. */
export function reason(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  const lines = message
    .split("\n")
    .map((line) => line.trim())
    .filter(Boolean);
  const said = lines.find((line) => line.startsWith("* "))?.slice(2) ?? lines[0] ?? "it gave no reason";
  return outsideText(said.replace(/^.*returned an error: (invoking \S+: )?/, "")).replace(/[.:]+$/, "");
}

// Error messages of AWS, its SDK and the network if access was refused or AWS not reached. The messages for "not found"
// come from the provider; they differ by look-up and provider version, so every message that is not listed here counts
// as "not found".
const noAnswer = [
  /account ID not allowed/i,
  /Unauthorized|AccessDenied|not authorized|AuthFailure|SignatureDoesNotMatch|OptInRequired/i,
  /Expired|InvalidClientToken|UnrecognizedClient|credential|SSO session|assume role/i,
  /Throttl|RequestLimitExceeded|ServiceUnavailable|InternalError/i,
  /ECONN|ENOTFOUND|connection refused|no such host|timed? ?out|deadline exceeded|TLS|certificate/i,
];

/** Whether AWS answered that the object does not exist. False if AWS refused to answer or did not answer. */
export function isUnknown(error: unknown): boolean {
  return !noAnswer.some((words) => words.test(reason(error)));
}

/** Says that the settings exclude the account of the credentials, and what to do about it. */
export function keptOutAccount(account: string): { readonly what: string; readonly todo: string } {
  return {
    what: `the credentials are those of account ${account}, which aws:allowedAccountIds or aws:forbiddenAccountIds excludes.`,
    todo: "Sign in to another account, by aws:profile or aws:assumeRoles, or change the list.",
  };
}

/** One problem if AWS refuses or does not answer, no matter how many look-ups failed. */
export function awsFault(error: unknown): Fault {
  const key = "alerting:aws";
  const account = /account ID not allowed: *(\d+)/i.exec(reason(error))?.[1];
  if (account !== undefined) {
    const { what, todo } = keptOutAccount(account);
    return { key, sentence: `${what} ${todo}` };
  }
  const sentence =
    `AWS did not answer: ${reason(error)}. Sign in (\`aws sts get-caller-identity\` shows as whom), ` +
    "and check alerting:aws.profile and alerting:aws.region.";
  return { key, sentence };
}

/** The answer of AWS. Throws a {@link ConfigurationError} if AWS refuses or does not answer. */
export async function answered<T>(answer: Promise<T>): Promise<T> {
  try {
    return await answer;
  } catch (error) {
    throw new ConfigurationError([awsFault(error)]);
  }
}

/**
 * The object that AWS finds, or the reason why it finds none. Throws a {@link ConfigurationError} if AWS refuses or
 * does not answer.
 */
export async function ifKnown<T>(answer: Promise<T>): Promise<{ readonly found?: T; readonly unknown: string }> {
  try {
    return { found: await answer, unknown: "" };
  } catch (error) {
    if (!isUnknown(error)) throw new ConfigurationError([awsFault(error)]);
    return { unknown: reason(error) };
  }
}
