import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { resolve } from "node:path";
import { awsProvider } from "../../../components/providers";
import { awsProviderSchema, refusedAwsKeys } from "../../../settings/sections/aws-provider";
import { record, settled } from "../../support/mocks";
import { configuration, lines, source } from "../../support/settings";

/** The configuration of a stack with these keys in addition to the required ones. */
const withKeys = (keys: Record<string, unknown>, secrets: readonly string[] = []) => {
  const texts = Object.entries(keys).map(([key, value]) => [
    key,
    typeof value === "string" ? value : JSON.stringify(value),
  ]);
  const { all, isSecret } = source();
  return configuration(
    {},
    {
      all: { ...all, ...(Object.fromEntries(texts) as Record<string, string>) },
      isSecret: (key) => isSecret(key) || secrets.includes(key),
    },
  );
};
const told = (keys: Record<string, unknown>, secrets?: readonly string[]) => lines(withKeys(keys, secrets).faults);

const roleArn = "arn:aws-us-gov:iam::123456789012:role/alerting";
/** One value for each supported key, in the form that the provider expects. */
const honored: Readonly<Record<string, unknown>> = {
  region: "us-gov-west-1",
  profile: "ops",
  assumeRoles: [{ roleArn, sessionName: "alerting", externalId: "x", duration: "1h" }],
  stsRegion: "us-gov-west-1",
  allowedAccountIds: ["123456789012"],
  forbiddenAccountIds: ["210987654321"],
  defaultTags: { tags: { "cost-center": "42", owner: "sre team" } },
  ignoreTags: { keys: ["seen"], keyPrefixes: ["auto:"] },
  endpoints: [{ ec2: "https://ec2.example", efs: "https://efs.example" }],
  useDualstackEndpoint: true,
  useFipsEndpoint: true,
  customCaBundle: "/etc/ssl/company.pem",
  httpProxy: "http://proxy.example:3128",
  httpsProxy: "http://proxy.example:3128",
  noProxy: "10.0.0.0/8",
  maxRetries: 7,
  retryMode: "adaptive",
  tokenBucketRateLimiterCapacity: 100,
  skipCredentialsValidation: true,
  skipMetadataApiCheck: true,
  skipRegionValidation: true,
  skipRequestingAccountId: true,
  tagPolicyCompliance: "warning",
  userAgents: ["alerting/1"],
};

describe("the stack's settings for providers", () => {
  it("cover every input of the AWS provider: each is supported or refused, and documented", () => {
    const inputs = /resourceInputs\["(\w+)"\]/g;
    const code = readFileSync(createRequire(__filename).resolve("@pulumi/aws/provider.js"), "utf8");
    const known = new Set([...code.matchAll(inputs)].map(([, name]) => name!));
    assert.ok(known.size > 30, "the provider's inputs were found");
    const ours = [...Object.keys(awsProviderSchema.shape), ...Object.keys(refusedAwsKeys)];
    assert.deepEqual(
      [...known].filter((name) => !ours.includes(name)),
      [],
    );
    const page = readFileSync(resolve(__dirname, "../../../docs/aws.md"), "utf8");
    for (const name of Object.keys(awsProviderSchema.shape)) assert.match(page, new RegExp(`\`${name}\``), name);
    assert.deepEqual(Object.keys(honored).sort(), Object.keys(awsProviderSchema.shape).sort());
  });

  it("are all passed to this program's provider if they are supported", async () => {
    const keys = Object.fromEntries(Object.entries(honored).map(([name, value]) => [`aws:${name}`, value]));
    const { settings, faults } = withKeys(keys);
    assert.deepEqual(lines(faults), []);
    const recorder = await record();
    awsProvider(settings.aws);
    await settled();
    const { inputs } = recorder.one("pulumi:providers:aws");
    for (const [name, value] of Object.entries(honored)) {
      const passed = inputs[name];
      const plain = typeof passed === "string" && typeof value !== "string" ? (JSON.parse(passed) as unknown) : passed;
      assert.deepEqual(plain, value, name);
    }
  });

  it("have lower priority than alerting:aws", () => {
    const { settings } = withKeys({
      "aws:profile": "mine",
      "aws:allowedAccountIds": ["123456789012"],
      "alerting:aws": { profile: "ops", region: "eu-west-1" },
    });
    assert.deepEqual(settings.aws, { profile: "ops", region: "eu-west-1", allowedAccountIds: ["123456789012"] });
  });

  it("that are refused say what to write, and show no value", () => {
    for (const name of Object.keys(refusedAwsKeys)) {
      const [line, ...more] = told({ [`aws:${name}`]: "AKIACANARY" });
      assert.deepEqual(more, [], name);
      assert.match(line ?? "", new RegExp(`^aws:${name}: is refused: .+(Remove it|Write|Name|Set)`), name);
      assert.doesNotMatch(line!, /CANARY/);
    }
  });

  it("that do not exist are refused with the most similar names", () => {
    assert.deepEqual(
      told({ "aws:profil": "ops", "aws:defaultTags": { tag: {} }, "aws:assumeRoles": [{ role: "x", roleArn }] }),
      [
        "aws:profil: there is no such setting. Is aws:profile meant?",
        "aws:defaultTags.tag: there is no such setting. Is aws:defaultTags.tags meant?",
        "aws:assumeRoles[0].role: there is no such setting. Known here: roleArn, sessionName, externalId, duration, policy, policyArns, sourceIdentity, tags, transitiveTagKeys.",
      ],
    );
  });

  it("accept an account id as `--path` stores it, and refuse an id that has lost its leading zero", () => {
    assert.deepEqual(withKeys({ "aws:allowedAccountIds": [123456789012] }).settings.aws?.allowedAccountIds, [
      "123456789012",
    ]);
    assert.deepEqual(told({ "aws:allowedAccountIds": [12345678901] }), [
      "aws:allowedAccountIds[0]: got 12345678901; accepted: an account id of twelve digits, in quotes.",
    ]);
  });

  it("accept no proxy or endpoint with a password, which would be stored in plain text", () => {
    for (const key of ["aws:httpProxy", "aws:httpsProxy"]) {
      const [line = "", ...more] = told({ [key]: "http://user:canary@proxy.example:3128" });
      assert.deepEqual(more, []);
      assert.match(line, /accepted: a URL without user and password/);
      assert.ok(!line.includes("canary"), line);
    }
    assert.deepEqual(told({ "aws:httpsProxy": "http://proxy.example:3128" }), []);
  });

  it("accept no secrets, because the provider's inputs are stored in plain text", () => {
    assert.deepEqual(told({ "aws:profile": "ops" }, ["aws:profile"]), [
      "aws:profile: is set as a secret, and would not stay one. Set it without --secret, and a credential, such as a proxy's, in the environment (HTTPS_PROXY).",
    ]);
  });

  it("refuse tags that would break the NLBs' annotation", () => {
    assert.match(
      told({ "aws:defaultTags": { tags: { team: "a,b" } } }).join(),
      /^aws:defaultTags\.tags\.team: got "a,b"/,
    );
  });

  it("with the prefix `kubernetes:` are refused, and the message names the setting to use instead", () => {
    assert.deepEqual(told({ "kubernetes:context": "lab", "kubernetes:enablePatchForce": true }), [
      "kubernetes:context: is not read, because this program creates its provider explicitly. Remove it, and set alerting:context.",
      "kubernetes:enablePatchForce: is not read, because this program creates its provider explicitly. Remove it.",
    ]);
  });
});

describe("a region", () => {
  for (const region of ["ap-northeast-2", "cn-north-1", "us-gov-east-1", "us-iso-east-1", "eusc-de-east-1"]) {
    it(`may be ${region}`, () => {
      assert.deepEqual(told({ "alerting:aws": { region } }), []);
      assert.deepEqual(told({ "aws:region": region }), []);
    });
  }

  it("that is an availability zone causes exactly one problem", () => {
    assert.deepEqual(told({ "aws:region": "ap-northeast-2a" }), [
      'aws:region: got "ap-northeast-2a"; accepted: a region such as "ap-northeast-2".',
    ]);
  });
});
