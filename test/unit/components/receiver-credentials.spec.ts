import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { credentialsSecret } from "../../../alertmanager/credentials";
import { ReceiverCredentials } from "../../../components/receiver-credentials";
import { record, settled, unwrapped } from "../../support/mocks";

const labels = { "app.kubernetes.io/part-of": "alerting" };

async function build(credentials: Record<string, pulumi.Input<string>>) {
  const recorder = await record();
  const component = new ReceiverCredentials("credentials", { namespace: "monitoring", credentials, labels });
  await settled();
  return { recorder, component };
}

describe("the receivers' credentials", () => {
  it("lie in one Secret, a key a name, each of them a secret", async () => {
    const { recorder } = await build({ pagerduty: pulumi.secret("canary-1"), "smtp.password": "canary-2" });
    const { inputs } = recorder.one(":Secret");
    const metadata = inputs.metadata as Record<string, unknown>;
    assert.deepEqual(metadata, { name: credentialsSecret, namespace: "monitoring", labels });
    assert.ok(!JSON.stringify(metadata).includes("canary"));
    assert.deepEqual(unwrapped(inputs.stringData), { pagerduty: "canary-1", "smtp.password": "canary-2" });
    // The provider marks the map as a whole; either way no value stands outside of an envelope.
    const whole = pulumi.runtime.isRpcSecret(inputs.stringData);
    for (const value of Object.values(inputs.stringData as Record<string, unknown>))
      assert.ok(whole || pulumi.runtime.isRpcSecret(value));
  });

  it("are no inputs of the component", async () => {
    const { recorder } = await build({ pagerduty: "canary" });
    assert.deepEqual(recorder.one(":ReceiverCredentials").inputs, {});
  });

  it("make no Secret where there are none", async () => {
    const { recorder, component } = await build({});
    assert.deepEqual(recorder.all(":Secret"), []);
    assert.equal(component.secret, undefined);
  });

  for (const name of ["Pagerduty", "-a", "a/b", "..", "a b", ""]) {
    it(`cannot be called ${JSON.stringify(name)}, and the value is not shown`, async () => {
      await assert.rejects(
        () => build({ [name]: "canary" }),
        (thrown: Error) => thrown.message.includes(JSON.stringify(name)) && !thrown.message.includes("canary"),
      );
    });
  }
});
