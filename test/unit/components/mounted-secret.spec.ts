import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { MountedSecret } from "../../../components/mounted-secret";
import { record, settled, unwrapped } from "../../support/mocks";

const labels = { "app.kubernetes.io/part-of": "alerting" };

async function build(texts: Record<string, pulumi.Input<string>>) {
  const recorder = await record();
  const args = { secretName: "a-secret", namespace: "monitoring", texts, labels };
  const component = new MountedSecret("alerting:alertmanager:ReceiverCredentials", "credentials", args);
  await settled();
  return { recorder, component };
}

describe("a mounted secret", () => {
  it("is one Secret with one key per name, each value marked as secret", async () => {
    const { recorder } = await build({ pagerduty: pulumi.secret("canary-1"), "smtp.password": "canary-2" });
    const { inputs } = recorder.one(":Secret");
    const metadata = inputs.metadata as Record<string, unknown>;
    assert.deepEqual(metadata, { name: "a-secret", namespace: "monitoring", labels });
    assert.ok(!JSON.stringify(metadata).includes("canary"));
    assert.deepEqual(unwrapped(inputs.stringData), { pagerduty: "canary-1", "smtp.password": "canary-2" });
    // The provider marks the whole map as secret. In any case, no value may appear outside a secret.
    const whole = pulumi.runtime.isRpcSecret(inputs.stringData);
    for (const value of Object.values(inputs.stringData as Record<string, unknown>))
      assert.ok(whole || pulumi.runtime.isRpcSecret(value));
  });

  it("does not appear in the component's inputs", async () => {
    const { recorder } = await build({ pagerduty: "canary" });
    assert.deepEqual(recorder.one(":ReceiverCredentials").inputs, {});
  });

  it("is not created if there is nothing to store", async () => {
    const { recorder, component } = await build({});
    assert.deepEqual(recorder.all(":Secret"), []);
    assert.deepEqual(component.secrets, []);
  });
});
