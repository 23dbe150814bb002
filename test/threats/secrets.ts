import type { Door } from "./door";

const everywhere = (title: string) => ({ spec: "test/unit/conventions/cluster-names.spec.ts", title });
const program = (title: string) => ({ spec: "test/unit/components/alerting.spec.ts", title });
const credentials = (title: string) => ({ spec: "test/unit/settings/credentials.spec.ts", title });
const comments = (title: string) => ({ spec: "test/unit/tools/preview-comment/markdown.spec.ts", title });
const tools = (title: string) => ({ spec: "test/unit/tools/stack/configuration.spec.ts", title });
const settings = (title: string) => ({ spec: "test/unit/settings/webhook.spec.ts", title });
const passwords = (title: string) => ({ spec: "test/unit/components/web-access.spec.ts", title });

const alerting = "components/alerting.ts";
/** Where the release gets its values. */
const handedOn = "chart: settings.chart,\n        values: args.values,";
const postsMessages = "messages in the channel that look like alerts";
const readsStack = "whoever may read the stack: its outputs, its state, its backend's page";
const readsCluster = "whoever may read the namespace, Secrets left aside";
const readsComments = "whoever may read the repository's pull requests";
const oneSecret = "the text goes into one Secret of its own; the chart gets the path of a mounted file";
const clusterRemains = "whoever may read Secrets in the namespace, run pods there, or read etcd";

/** Doors of what is secret: where it could be read besides the one place that it is in. */
export const secretDoors: readonly Door[] = [
  {
    door: "Read the webhook among the stack's outputs",
    who: readsStack,
    reach: postsMessages,
    stoppedBy: "no output is made of a secret; app stacks need none",
    remains: "nothing known",
    test: everywhere("holds no secret in clear: the webhook is in one Secret, in an envelope, and in no output"),
    openedBy: {
      file: "index.ts",
      find: '  return new Alerting("alerting", args).outputs;',
      replace:
        '  return { ...new Alerting("alerting", args).outputs, webhook: pulumi.unsecret(secrets.slackWebhookUrl) };',
    },
  },
  {
    door: "Read the webhook in the chart's values, which Helm keeps with every release and renders into ConfigMaps",
    who: readsCluster,
    reach: postsMessages,
    stoppedBy: oneSecret,
    remains: clusterRemains,
    test: program("is in one Secret, as a secret, and in no other input of any resource"),
    openedBy: {
      file: alerting,
      find: handedOn,
      replace: "chart: settings.chart,\n        values: { ...args.values, leak: args.slackWebhookUrl } as never,",
    },
  },
  {
    door: "Read the webhook in a pod's environment",
    who: readsCluster,
    reach: postsMessages,
    stoppedBy: oneSecret,
    remains: clusterRemains,
    test: program("is in one Secret, as a secret, and in no other input of any resource"),
    openedBy: {
      file: alerting,
      find: handedOn,
      replace:
        'chart: settings.chart,\n        values: { ...args.values, server: { env: [{ name: "W", value: args.slackWebhookUrl }] } } as never,',
    },
  },
  {
    door: "Read the webhook in a pod's arguments",
    who: "whoever may read the namespace's pods, or is on the node",
    reach: postsMessages,
    stoppedBy: oneSecret,
    remains: clusterRemains,
    test: program("is in one Secret, as a secret, and in no other input of any resource"),
    openedBy: {
      file: alerting,
      find: handedOn,
      replace:
        "chart: settings.chart,\n        values: { ...args.values, alertmanager: { extraArgs: { w: args.slackWebhookUrl } } } as never,",
    },
  },
  {
    door: "Read the webhook in the state",
    who: readsStack,
    reach: postsMessages,
    stoppedBy: "it is the engine's secret from where it is read: the state has it encrypted by the stack's own key",
    remains: "whoever has the stack's passphrase, or may use its KMS key",
    test: settings("is a Pulumi secret from the start"),
    openedBy: {
      file: "config.ts",
      find: "undefined : pulumi.secret(webhook.url)",
      replace: "undefined : pulumi.output(webhook.url)",
    },
  },
  {
    door: "Read receivers' credentials in the state",
    who: readsStack,
    reach: "what they open: Slack channels, the on-call service",
    stoppedBy: "they are the engine's secrets from where they are read",
    remains: "whoever has the stack's passphrase, or may use its KMS key",
    test: credentials("are read by name, without the white space around them, each a Pulumi secret"),
    openedBy: { file: "config.ts", find: "[name, pulumi.secret(text)]", replace: "[name, pulumi.output(text)]" },
  },
  {
    door: "Read a secret among the inputs of a component",
    who: readsStack,
    reach: postsMessages,
    stoppedBy: "components register no inputs",
    remains: "nothing known",
    test: program("gives no component any input, which would stand in the state"),
    openedBy: {
      file: "components/mounted-secret.ts",
      find: "super(type, name, {}, opts);",
      replace: "super(type, name, { texts: args.texts }, opts);",
    },
  },
  {
    door: "Read a Secret's data in a pull request's comment",
    who: readsComments,
    reach: "whatever a preview would change: webhooks, credentials, keys",
    stoppedBy: "the comment masks a Secret's data, besides what the engine masks",
    remains: "a text that nothing gives away, in a setting that is not `--secret`",
    test: comments("is a Secret's data, whatever the engine thinks of it"),
    openedBy: {
      file: "tools/preview-comment/masking.ts",
      find: "const SECRET_DATA = /^(data|stringData|binaryData)$/;",
      replace: "const SECRET_DATA = /^$/;",
    },
  },
  {
    door: "Read a webhook in a pull request's comment, in what the engine said of a failure",
    who: readsComments,
    reach: postsMessages,
    stoppedBy: "what was said is masked like values are",
    remains: "secrets that have no form of their own, in messages of others",
    test: comments("is a webhook in what the engine says of a failure, and in a warning"),
    openedBy: {
      file: "conventions/outside-text.ts",
      find: "return knownForms.reduce((left, [pattern, instead]) => left.replaceAll(pattern, instead), text);",
      replace: "return text;",
    },
  },
  {
    door: "Read a secret in what a tool prints: its JSON, its log, its error",
    who: "whoever reads a terminal, or the log of a CI run",
    reach: "webhooks, credentials, the pages' password",
    stoppedBy: "tools keep secrets as `SecretText`, which prints as a word in its place",
    remains: "`npm run credentials`, which prints the password because it is asked to",
    test: tools("gives the webhook and the credentials to who reveals them, and to nobody who prints them"),
    openedBy: {
      file: "tools/stack/secret-text.ts",
      find: '  toJSON(): string {\n    return "[secret]";',
      replace: "  toJSON(): string {\n    return this.#text;",
    },
  },
  {
    door: "Read the webhook in the stack's configuration file, which is committed",
    who: "whoever may read the repository",
    reach: postsMessages,
    stoppedBy: "a webhook that was set without `--secret` is refused, with the command that sets it right",
    remains: "its commit, if it was made before: make a new webhook then",
    test: settings("is refused in clear, with the command to set it right"),
    openedBy: {
      file: "settings/secrets.ts",
      find: ": isSecret ? problemWith",
      replace: ": isSecret !== undefined ? problemWith",
    },
  },
  {
    door: "Look at the pages with a password that was rotated out",
    who: "whoever had it, and has left",
    reach: "every number and every rule; alerts could be made and silenced",
    stoppedBy:
      "`access.passwords`: without its number, its user and its hash are in no Secret, and in the state no more",
    remains: "old states in the backend's history, encrypted; they open nothing",
    test: passwords("keeps the password that is in use while a second one comes, and drops the first when it goes"),
    openedBy: {
      file: "conventions/web-users.ts",
      find: "return { people: passwords,",
      replace: "return { people: [first - 1, ...passwords].filter((one) => one > 0),",
    },
  },
];
