import type { Threat } from "./threat";

export const secretsThreats: readonly Threat[] = [
  {
    threat: "Read the webhook in outputs",
    mitigation: "outputs hold no secret",
    tests: [
      {
        spec: "test/unit/conventions/cluster-names.spec.ts",
        title: "contains no secret in plain text: the webhook is in one Secret, marked as secret, and in no output",
      },
    ],
  },
  {
    threat: "Read the webhook in values, environment or arguments",
    mitigation: "one Secret, mounted as a file",
    tests: [
      {
        spec: "test/unit/components/alerting.spec.ts",
        title: "is in one Secret, marked as secret, and in no other input of any resource",
      },
    ],
  },
  {
    threat: "Read the webhook or credentials in the state",
    mitigation: "both are Pulumi secrets as soon as they are read",
    tests: [
      { spec: "test/unit/settings/webhook.spec.ts", title: "is a Pulumi secret from the start" },
      {
        spec: "test/unit/settings/credentials.spec.ts",
        title: "are read by name and trimmed, and each is a Pulumi secret",
      },
    ],
  },
  {
    threat: "Read a secret in a component's inputs",
    mitigation: "components register no inputs",
    tests: [
      {
        spec: "test/unit/components/alerting.spec.ts",
        title: "gives no inputs to its components, because inputs are stored in the state",
      },
    ],
  },
  {
    threat: "Read a Secret or a webhook in a PR comment or its error messages",
    mitigation: "masked, even if the engine shows it",
    tests: [
      {
        spec: "test/unit/tools/preview-comment/markdown.spec.ts",
        title: "hides a Secret's data, whether or not the engine treats it as secret",
      },
      {
        spec: "test/unit/tools/preview-comment/markdown.spec.ts",
        title: "hides a webhook in the engine's error messages and warnings",
      },
    ],
  },
  {
    threat: "Read a secret in a tool's JSON, log or error",
    mitigation: "`SecretText` prints a placeholder",
    tests: [
      {
        spec: "test/unit/tools/stack/configuration.spec.ts",
        title: "gives the webhook and the credentials only to code that reveals them explicitly, never when printed",
      },
    ],
  },
  {
    threat: "Read the webhook in the committed stack file",
    mitigation: "a webhook in clear is refused at preview",
    tests: [
      {
        spec: "test/unit/settings/webhook.spec.ts",
        title: "is refused in plain text, with the command to set it correctly",
      },
    ],
  },
  {
    threat: "Use a rotated password from the state",
    mitigation: "the old password is in no Secret and not in the state",
    tests: [
      {
        spec: "test/unit/components/web-access.spec.ts",
        title:
          "keep the current password while a second one is added, and drop the first one when its number is removed",
      },
    ],
  },
  {
    threat: "Redirect the preflight's test write to get the long-term engine's credential",
    mitigation: "no redirect is followed",
    tests: [
      {
        spec: "test/unit/tools/preflight/long-term.spec.ts",
        title: "reports a redirect, and does not send the login to its target",
      },
    ],
  },
  {
    threat: "Use CI's role to give the nodes more rights, by the IAM policy for the workspace",
    mitigation: "`docs/iam/long-term-up.json` allows neither changing a policy nor attaching one",
    tests: [{ spec: "test/unit/docs/iam-policies.spec.ts", title: "do not let anyone extend the rights of a role" }],
  },
];
