import type { Finding } from "../../validation/finding";

/** What is refused here though the tool takes it: told by these words after the key, for this reason. */
interface OnPurpose {
  readonly kind: string;
  readonly words: RegExp;
  readonly reason: string;
}

const fails = "each evaluation of the rule would fail";
const inClear = "the configuration lies in a ConfigMap in clear, so secrets are taken by file alone";
const whenSent = "amtool does not look; the message would fail when it is sent";

/** The kinds that test/fixtures/corpus/{rules,alertmanager}/verdicts.ts list with their smallest inputs, and those of Prometheus' file. */
export const onPurpose: readonly OnPurpose[] = [
  { kind: "expression that yields no series", words: /: has to yield|label_replace\(\)/, reason: fails },
  {
    kind: "text that fails when it fires",
    words: /when the alert fires/,
    reason: "the alert would show an error instead of the text",
  },
  { kind: "group without rules", words: /^rules: is not set/, reason: "it does nothing" },
  { kind: "nested too deep", words: /is nested more than/, reason: "nothing needs it, and the checks have a bound" },
  {
    kind: "number or boolean for a text",
    words: /: got .*; write ("|it in quotes)/,
    reason: "Helm may write it differently, such as 1e+06; in quotes it stays as it is",
  },
  {
    kind: "nothing where a value belongs",
    words: /: has no value/,
    reason: "it is lost to YAML, or Helm deletes a default by it, and both tools take it for the default",
  },
  {
    kind: "secret in clear",
    words: /secret, which would be kept in clear|is the id of an AWS key, which would be kept in clear/,
    reason: inClear,
  },
  { kind: "credentials in a URL", words: /is an address with a credential in it/, reason: inClear },
  {
    kind: "address that leads nowhere",
    words: /accepted: an address that begins with|^scheme: got .*"http", "https"|^metrics_path: got/,
    reason: "Prometheus takes it, and each request fails",
  },
  { kind: "matcher with nothing in it", words: /^matchers: is empty/, reason: "the tool takes it for no condition" },
  {
    kind: "secret of a secret manager",
    words: /names a secret of a secret manager/,
    reason: "the programs have none",
  },
  {
    kind: "job's name that YAML reads as another",
    words: /which the chart writes without quotes|^job_name: got a (map|list)/,
    reason: "the chart writes it without quotes, and the job would have another name",
  },
  {
    kind: "path that leads nowhere",
    words: /is not (an absolute path|a file)/,
    reason: "amtool asks for no file; a relative path leads nowhere in the pod, and may be the secret itself",
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
    reason: "it sends nothing, and a receiver that shall send nothing says so without the key",
  },
  {
    kind: "channel that Slack does not have",
    words: /^channel: (.*accepted: a channel|is not set, and a bot)/,
    reason: "Alertmanager passes any text on; Slack knows #channels, @persons and ids",
  },
  {
    kind: "SNS with three targets",
    words: /one of them is all that is allowed/,
    reason: "Alertmanager's check of one among three lets all three pass",
  },
  {
    kind: "webhook beside a token",
    words: /is never read, because `global`/,
    reason: "Alertmanager takes the token, and never reads the webhook's file",
  },
];

/** The kind of what is found in an input; undefined where it is not on purpose. */
export function purposeOf({ path, sentence }: Finding): string | undefined {
  const told = `${path.findLast((part) => typeof part === "string") ?? ""}: ${sentence}`;
  return onPurpose.find(({ words }) => words.test(told))?.kind;
}
