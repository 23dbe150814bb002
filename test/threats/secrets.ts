import type { Threat } from "./threat";

export const secretsThreats: readonly Threat[] = [
  {
    threat: "Read the webhook in outputs",
    mitigation: "outputs hold no secret",
    tests: [
      {
        spec: "test/unit/conventions/cluster-names.spec.ts",
        title: "holds no secret in clear: the webhook is in one Secret, in an envelope, and in no output",
      },
    ],
  },
  {
    threat: "Read the webhook in values, environment or arguments",
    mitigation: "one Secret, mounted as a file",
    tests: [
      {
        spec: "test/unit/components/alerting.spec.ts",
        title: "is in one Secret, as a secret, and in no other input of any resource",
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
        title: "are read by name, without the white space around them, each a Pulumi secret",
      },
    ],
  },
  {
    threat: "Read a secret in a component's inputs",
    mitigation: "components register no inputs",
    tests: [
      {
        spec: "test/unit/components/alerting.spec.ts",
        title: "gives no component any input, which would stand in the state",
      },
    ],
  },
  {
    threat: "Read a Secret or a webhook in a PR comment or its error messages",
    mitigation: "masked, even if the engine shows it",
    tests: [
      {
        spec: "test/unit/tools/preview-comment/markdown.spec.ts",
        title: "is a Secret's data, whatever the engine thinks of it",
      },
      {
        spec: "test/unit/tools/preview-comment/markdown.spec.ts",
        title: "is a webhook in what the engine says of a failure, and in a warning",
      },
    ],
  },
  {
    threat: "Read a secret in a tool's JSON, log or error",
    mitigation: "`SecretText` prints a placeholder",
    tests: [
      {
        spec: "test/unit/tools/stack/configuration.spec.ts",
        title: "gives the webhook and the credentials to who reveals them, and to nobody who prints them",
      },
    ],
  },
  {
    threat: "Read the webhook in the committed stack file",
    mitigation: "a webhook in clear is refused at preview",
    tests: [
      { spec: "test/unit/settings/webhook.spec.ts", title: "is refused in clear, with the command to set it right" },
    ],
  },
  {
    threat: "Use a rotated password from the state",
    mitigation: "the old password is in no Secret and not in the state",
    tests: [
      {
        spec: "test/unit/components/web-access.spec.ts",
        title: "keeps the password that is in use while a second one comes, and drops the first when it goes",
      },
    ],
  },
];
