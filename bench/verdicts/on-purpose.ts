import type { Finding } from "../../validation/finding";

/**
 * Inputs that this program refuses although the tool accepts them, recognized by the key and the words of the finding.
 */
interface OnPurpose {
  readonly kind: string;
  readonly words: RegExp;
  readonly reason: string;
}

const fails = "each evaluation of the rule would fail";
const inClear = "the configuration is stored in a ConfigMap in plain text, so secrets are accepted only as files";
const whenSent = "amtool does not check this; the message would fail when it is sent";

/**
 * The kinds of inputs for which test/fixtures/corpus/{rules,alertmanager}/verdicts.ts has examples, and further kinds
 * for Prometheus' file.
 */
export const onPurpose: readonly OnPurpose[] = [
  { kind: "expression that yields no series", words: /: has to yield|label_replace\(\)/, reason: fails },
  {
    kind: "template that fails when the alert fires",
    words: /when the alert fires/,
    reason: "the alert would show an error instead of the annotation",
  },
  { kind: "group without rules", words: /^rules: is not set/, reason: "it does nothing" },
  { kind: "nested too deep", words: /is nested more than/, reason: "nobody needs it, and the checks have a limit" },
  {
    kind: "number or boolean instead of a string",
    words: /: got .*; write ("|it in quotes)/,
    reason: "Helm may write it differently, such as 1e+06; in quotes it stays as it is",
  },
  {
    kind: "missing value",
    words: /: has no value/,
    reason: "YAML drops it or Helm deletes a default with it, and both tools use the default",
  },
  {
    kind: "secret in plain text",
    words: /secret, which would be kept in clear|is the id of an AWS key, which would be kept in clear/,
    reason: inClear,
  },
  { kind: "credentials in a URL", words: /is an address with a credential in it/, reason: inClear },
  {
    kind: "address that leads nowhere",
    words: /accepted: an address that begins with|^scheme: got .*"http", "https"|^metrics_path: got/,
    reason: "Prometheus accepts it, but each request fails",
  },
  { kind: "matcher with nothing in it", words: /^matchers: is empty/, reason: "the tool treats it as no condition" },
  {
    kind: "secret of a secret manager",
    words: /names a secret of a secret manager/,
    reason: "the programs have no secret manager",
  },
  {
    kind: "job name that YAML changes",
    words: /which the chart writes without quotes|^job_name: got a (map|list)/,
    reason: "the chart writes it without quotes, so the job would get another name",
  },
  {
    kind: "path that leads nowhere",
    words: /is not (an absolute path|a file)/,
    reason: "amtool does not open the file; a relative path leads nowhere in the pod, and may be the secret itself",
  },
  { kind: "credential that is not set", words: /names the credential/, reason: whenSent },
  {
    kind: "template that cannot be read",
    words: /is not a valid template|whenever a message|braces|nothing defines/,
    reason: whenSent,
  },
  { kind: "receiver that cannot send", words: /^\w+: cannot send: .*alert_source_token/, reason: whenSent },
  {
    kind: "receiver with an empty list",
    words: /_configs: is an empty list/,
    reason: "it sends nothing; a receiver that should send nothing does not need the key",
  },
  {
    kind: "channel that Slack does not have",
    words: /^channel: (.*accepted: a channel|is not set, and a bot)/,
    reason: "Alertmanager accepts any string; Slack knows #channels, @persons and ids",
  },
  {
    kind: "SNS with three targets",
    words: /one of them is all that is allowed/,
    reason: "Alertmanager's check of one among three lets all three pass",
  },
  {
    kind: "webhook in addition to a token",
    words: /is never read, because `global`/,
    reason: "Alertmanager uses the token, and never reads the webhook's file",
  },
];

/** The kind of a finding; undefined if it is not refused on purpose. */
export function purposeOf({ path, sentence }: Finding): string | undefined {
  const told = `${path.findLast((part) => typeof part === "string") ?? ""}: ${sentence}`;
  return onPurpose.find(({ words }) => words.test(told))?.kind;
}
