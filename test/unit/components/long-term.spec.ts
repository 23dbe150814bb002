import assert from "node:assert/strict";
import { buildAlerting } from "../../support/build-alerting";
import { type Recorder, resolved, unwrapped } from "../../support/mocks";
import type { Values } from "../../support/settings";

const url = "https://metrics.example/api/v1/push";
const secretToo = { isSecret: (key: string) => /:(slackWebhookUrl|credentials)$/.test(key) };

const build = (values: Values) => buildAlerting(values, { source: secretToo });

const namesOf = (recorder: Recorder) => recorder.resources.map(({ type, name }) => `${type} ${name}`);
const textsOf = (recorder: Recorder, name: string) =>
  unwrapped(recorder.one(":Secret", name).inputs.stringData) as Record<string, string>;
function remoteOf(recorder: Recorder) {
  const { server } = recorder.one(":Release").inputs.values as { server: { remoteWrite: { url: string }[] } };
  return server.remoteWrite[0];
}

describe("the resources of the long-term engine", () => {
  it("are not created without one", async () => {
    const { recorder, alerting } = await build({});
    assert.ok(!namesOf(recorder).some((name) => /long-?term|:amp\/|:iam\//i.test(name)), namesOf(recorder).join("\n"));
    assert.ok(!("cluster" in alerting.outputs || "workspaceId" in alerting.outputs));
  });

  it("are a Secret with only its credential, which no receiver's Secret contains", async () => {
    const { recorder, alerting } = await build({
      longTerm: { engine: "mimir", url, credential: "mimir" },
      credentials: { mimir: "secret-token", pagerduty: "secret-key" },
    });
    assert.deepEqual(textsOf(recorder, "long-term-credential"), { credential: "secret-token" });
    assert.deepEqual(textsOf(recorder, "receiver-credentials"), { pagerduty: "secret-key" });
    assert.ok(!JSON.stringify(recorder.one(":Release").inputs).includes("secret-"));
    assert.equal((await resolved(alerting.outputs.cluster)).value, "lab");
    assert.equal((await resolved(alerting.outputs.environment)).value, "dev");
  });

  it("are a workspace and the policy to write to it, if the stack creates it", async () => {
    const { recorder, alerting } = await build({
      longTerm: { engine: "amp", workspace: "create", region: "eu-west-1" },
    });
    const { inputs } = recorder.one(":Workspace");
    assert.equal(inputs.region, "eu-west-1");
    const { value: id } = await resolved(alerting.outputs.workspaceId);
    assert.equal(
      remoteOf(recorder)?.url,
      `https://aps-workspaces.eu-west-1.amazonaws.com/workspaces/${id}/api/v1/remote_write`,
    );
    const policy = recorder.one(":Policy");
    assert.match(String(policy.inputs.policy), /"Action":"aps:RemoteWrite"/);
    assert.ok(!String(policy.inputs.policy).includes('"Resource":"*"'));
  });

  it("keep the samples if data is protected", async () => {
    const { recorder } = await build({ longTerm: { engine: "amp", workspace: "create" }, protectData: true });
    const { protect, retainOnDelete } = recorder.one(":Workspace");
    assert.ok(protect && retainOnDelete);
  });
});
