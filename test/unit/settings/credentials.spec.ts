import assert from "node:assert/strict";
import { checkCredentials } from "../../../settings/credentials";
import { configuration, lines, settings, source } from "../../support/settings";
import { resolved } from "../../support/mocks";

const canary = "c4n4ry-of-a-receiver";
const secret = (key: string) => key === "alerting:slackWebhookUrl" || key === "alerting:credentials";

describe("credentials of receivers", () => {
  it("are read by name and trimmed, and each is a Pulumi secret", async () => {
    const read = configuration(
      { credentials: { pagerduty: ` ${canary}\n`, "smtp.password": "x" } },
      { isSecret: secret },
    );
    assert.deepEqual(lines(read.faults), []);
    assert.deepEqual(Object.keys(read.credentials), ["pagerduty", "smtp.password"]);
    assert.deepEqual(await resolved(read.credentials.pagerduty!), { value: canary, secret: true });
  });

  it("are optional", () => {
    assert.deepEqual(configuration().credentials, {});
  });

  it("are not among the settings that the rest of the program sees", () => {
    assert.ok(!("credentials" in settings()));
    const read = configuration({ credentials: { pagerduty: canary } }, { isSecret: secret });
    assert.ok(!JSON.stringify(read.settings).includes(canary));
  });

  const clear = (key: string) => key === "alerting:slackWebhookUrl";
  for (const [title, value, isSecret, expected] of [
    ["set in plain text", { pagerduty: canary }, clear, /^alerting:credentials: is not set as a secret.*make new ones/],
    ["a single string", canary, secret, /^alerting:credentials: is not a map of names to secrets/],
    ["a list", [canary], secret, /^alerting:credentials: is not a map of names to secrets/],
    [
      "empty",
      { pagerduty: " " },
      secret,
      /^alerting:credentials\.pagerduty: is empty\. Run `pulumi config set --secret/,
    ],
    ["a list below a name", { pagerduty: [canary] }, secret, /^alerting:credentials\.pagerduty: is not a string/],
    ["a number", { pagerduty: 12 }, secret, /^alerting:credentials\.pagerduty: is not a string/],
    ["named like a path", { "../slack": canary }, secret, /^alerting:credentials\."\.\.\/slack": is not a name/],
    ["named with capitals", { PagerDuty: canary }, secret, /^alerting:credentials\."PagerDuty": is not a name/],
    [
      "named with the credential itself, with capitals",
      { [`aB1${canary}`]: "x" },
      secret,
      /^alerting:credentials\.\(not shown, as it may be the credential itself\): is not a name/,
    ],
    [
      "named with the credential itself, in letters and digits that are valid in a name",
      { "3f9a0c7b2d4e8f6a1b5c9d0e7f3a2b4c": "x" },
      secret,
      /^alerting:credentials\.\(not shown.*nothing that looks like a key/,
    ],
  ] as const) {
    it(`that are ${title} are refused in one sentence without the value`, () => {
      const told = lines(configuration({ credentials: value }, { isSecret }).faults);
      assert.equal(told.length, 1, told.join("\n"));
      assert.match(told[0]!, expected);
      assert.ok(!told.join().includes(canary));
    });
  }

  it("are all reported at once", () => {
    const { all } = source({ credentials: { Bad: "x", empty: "", list: [] } }, { isSecret: secret });
    assert.equal(checkCredentials(all["alerting:credentials"], true).faults.length, 3);
  });

  it("with a name that could pollute prototypes are refused like any invalid name", () => {
    const { credentials, faults } = checkCredentials('{"__proto__": "x", "constructor": "y"}', true);
    assert.deepEqual(lines(faults).length, 1);
    assert.deepEqual(Object.keys(credentials), ["constructor"]);
    assert.equal(({} as Record<string, unknown>).x, undefined);
  });
});
