import * as assert from "node:assert/strict";
import { diffProperties, propertyPath } from "../../lab/stand-ins/diff";
import { ApiError } from "../../lab/stand-ins/kubernetes/cluster";
import { explain } from "../../lab/stand-ins/kubernetes/apply";
import { withoutDebug } from "../../lab/stand-ins/kubernetes/helm";
import { apiPath, kinds } from "../../lab/stand-ins/kubernetes/kinds";
import { checkObject, diffObject } from "../../lab/stand-ins/kubernetes/objects";
import {
  liveInputs,
  toPreviewState,
  toState,
  withData,
  withoutNulls,
  withoutValues,
} from "../../lab/stand-ins/kubernetes/shapes";
import {
  containsUnknown,
  fromStruct,
  secret,
  toStruct,
  unknownValue,
  withoutSecrets,
} from "../../lab/stand-ins/properties";
import type { Properties } from "../../lab/stand-ins/properties";

const canary = "Kq7vTz0pWm3xRb9nYc5dLh2s";
const secretKind = kinds["kubernetes:core/v1:Secret"]!;
const serviceKind = kinds["kubernetes:core/v1:Service"]!;
const volumeKind = kinds["kubernetes:core/v1:PersistentVolume"]!;
const configMapKind = kinds["kubernetes:core/v1:ConfigMap"]!;
const mutable = { flag: () => true };
const immutable = { flag: () => false };

function slackSecret(url: string): Properties {
  return {
    apiVersion: "v1",
    kind: "Secret",
    metadata: { name: "slack", namespace: "monitoring" },
    stringData: { url },
  };
}

describe("the stand-ins' comparison of inputs", () => {
  const rules = (duration: string): Properties => ({
    values: {
      serverFiles: { "alerting_rules.yml": { groups: [{ name: "AllInstances", rules: [{ for: duration }] }] } },
    },
  });

  it("names the changed value by its path, as the engine writes it", () => {
    const [change, ...more] = diffProperties(rules("1m"), rules("2m"));
    assert.deepEqual(more, []);
    assert.equal(change?.path, 'values.serverFiles["alerting_rules.yml"].groups[0].rules[0].for');
    assert.equal(change?.kind, "update");
  });

  it("finds added and removed values, also in lists", () => {
    const changes = diffProperties({ a: 1, list: [1, 2] }, { b: 1, list: [1] });
    assert.deepEqual(
      changes.map(({ path, kind }) => `${kind} ${path}`),
      ["delete a", "delete list[1]", "add b"],
    );
  });

  it("counts a value that is not known yet as changed, even if it was unknown before", () => {
    assert.equal(diffProperties({ a: unknownValue }, { a: unknownValue }).length, 1);
  });

  it("replaces a resource if an immutable property, a value inside it, or a map that contains it changes", () => {
    const replaces = (olds: Properties, news: Properties): boolean[] =>
      diffProperties(olds, news, { replaceOn: ["spec.csi"] }).map(({ replace }) => replace);
    assert.deepEqual(replaces({ spec: { csi: { driver: "a" } } }, { spec: { csi: { driver: "b" } } }), [true]);
    assert.deepEqual(replaces({ spec: { csi: 1 } }, {}), [true]);
    assert.deepEqual(replaces({ spec: { csiOther: 1 } }, { spec: { csiOther: 2 } }), [false]);
  });

  it("quotes keys in paths if they are not plain names", () => {
    assert.equal(propertyPath(["metadata", "labels", "a/b", 0]), 'metadata.labels["a/b"][0]');
  });
});

describe("the stand-ins' property values", () => {
  it("survive encoding and decoding, except for undefined keys", () => {
    const value = { a: [1, null, { b: "c" }], e: secret("x") };
    assert.deepEqual(fromStruct(toStruct({ ...value, d: undefined })), value);
  });

  it("lose their secret envelopes at every depth", () => {
    assert.deepEqual(withoutSecrets({ a: [secret({ b: secret("c") })] }), { a: [{ b: "c" }] });
  });

  it("are unknown as soon as one nested value is unknown", () => {
    assert.equal(containsUnknown({ a: [{ b: unknownValue }] }), true);
    assert.equal(containsUnknown({ a: [{ b: "known" }] }), false);
  });
});

describe("the Kubernetes stand-in", () => {
  it("puts an object into the provider's namespace, and refuses an object without a name", () => {
    const session = { namespace: "default" };
    const { inputs } = checkObject(session, configMapKind, { metadata: { name: "rules" }, data: { a: "b" } });
    assert.deepEqual(inputs.metadata, { name: "rules", namespace: "default" });
    const { failures } = checkObject(session, configMapKind, { data: { a: "b" } });
    assert.deepEqual(
      failures?.map(({ property }) => property),
      ["metadata.name"],
    );
  });

  it("marks the whole content of a Secret as secret in the inputs, the state and the preview", () => {
    const inputs = slackSecret(canary);
    const live = { ...withData(inputs), metadata: { name: "slack", managedFields: [{}], uid: "1" } };
    const checked = checkObject({ namespace: "default" }, secretKind, inputs).inputs;
    for (const made of [checked, toState(secretKind, live, "m"), toPreviewState(secretKind, live, inputs, true)]) {
      assert.deepEqual(made.data, secret({ url: Buffer.from(canary).toString("base64") }));
      assert.equal(made.stringData, undefined);
    }
  });

  it("converts `stringData` to `data`, and leaves unknown values and values that are not strings unchanged", () => {
    assert.deepEqual(withData(slackSecret("x")).data, { url: "eA==" });
    assert.deepEqual(withData(slackSecret(unknownValue)).data, { url: unknownValue });
    const wrong = { kind: "Secret", stringData: { url: 5 } };
    assert.deepEqual(withData(wrong), wrong);
  });

  it("removes a Secret's value from errors of the API server", () => {
    const encoded = Buffer.from(canary).toString("base64");
    const refusal = new ApiError(422, "Invalid", `Invalid value: "${canary}" (${encoded})`);
    const message = String((explain(refusal, secretKind, withData(slackSecret(canary)), "m") as Error).message);
    assert.doesNotMatch(message, new RegExp(`${canary}|${encoded}`));
    assert.match(message, /refused Secret: Invalid value/);
  });

  it("names the other owner of a field if a change conflicts", () => {
    const conflict = new ApiError(409, "Conflict", 'conflict with "somebody": .metadata.labels.key');
    const message = (explain(conflict, kinds["kubernetes:core/v1:Namespace"]!, {}, "alerting") as Error).message;
    assert.match(message, /"alerting".*"somebody"/);
  });

  it("changes a Secret's value in place only if the provider is configured to", () => {
    const [olds, news] = [withData(slackSecret("a")), withData(slackSecret("b"))];
    assert.equal(diffObject(mutable, secretKind, olds, news).changes[0]?.replace, false);
    assert.equal(diffObject(immutable, secretKind, olds, news).changes[0]?.replace, true);
  });

  it("deletes a resource before it creates a replacement with the same name", () => {
    const volume = (volumeHandle: string, name = "pv"): Properties => ({
      metadata: { name },
      spec: { csi: { driver: "efs.csi.aws.com", volumeHandle } },
    });
    assert.equal(diffObject(mutable, volumeKind, volume("fs-1"), volume("fs-2")).deleteBeforeReplace, true);
    assert.equal(diffObject(mutable, volumeKind, volume("fs-1"), volume("fs-1", "other")).deleteBeforeReplace, false);
    assert.deepEqual(diffObject(mutable, volumeKind, volume("fs-1"), volume("fs-1")).changes, []);
  });

  it("shows fields of a new object that the server generates as unknown in a preview", () => {
    const inputs = { metadata: { name: "lb" }, spec: { type: "LoadBalancer", ports: [{ port: 80 }] } };
    const dryRun = {
      metadata: { name: "lb", uid: "1", resourceVersion: "2" },
      spec: { ...inputs.spec, clusterIP: "10.96.0.9", ports: [{ port: 80, nodePort: 30001 }] },
      status: { loadBalancer: {} },
    };
    const expected = { metadata: { name: "lb" }, spec: inputs.spec };
    assert.deepEqual(toPreviewState(serviceKind, dryRun, inputs, true), expected);
    assert.deepEqual(toPreviewState(serviceKind, dryRun, inputs, false).status, { loadBalancer: {} });
  });

  it("detects drift of values that the program set, and ignores a mere difference in format", () => {
    const inputs = { metadata: { name: "pv", labels: { a: "b" } }, spec: { capacity: { storage: "1024Mi" } } };
    const live = (label: string): Properties => ({
      metadata: { name: "pv", labels: { a: label, other: "x" }, uid: "1" },
      spec: { capacity: { storage: "1Gi" }, volumeMode: "Filesystem" },
    });
    assert.deepEqual(liveInputs(inputs, live("b"), live("b")), inputs);
    const drifted = { ...inputs, metadata: { name: "pv", labels: { a: "c" } } };
    assert.deepEqual(liveInputs(inputs, live("b"), live("c")), drifted);
  });

  it("detects drift of a Secret's value", () => {
    const [inputs, live] = [withData(slackSecret("a")), (url: string) => withData(slackSecret(url))];
    assert.deepEqual(liveInputs(inputs, live("a"), live("a")), inputs);
    assert.deepEqual(liveInputs(inputs, live("a"), live("b")), live("b"));
  });

  it("drops `null`s from values, and removes secret values from messages, the longest first", () => {
    assert.deepEqual(withoutNulls({ a: null, b: [null, { c: null, d: 1 }] }), { b: [{ d: 1 }] });
    assert.equal(withoutValues("bad: abcdef abc", { x: "abc", y: ["abcdef"] }, 3), "bad: [value] [value]");
  });

  it("makes the API's paths from kind, namespace and name", () => {
    assert.equal(apiPath(serviceKind, "monitoring", "lb"), "/api/v1/namespaces/monitoring/services/lb");
    const priority = kinds["kubernetes:scheduling.k8s.io/v1:PriorityClass"]!;
    assert.equal(apiPath(priority, undefined), "/apis/scheduling.k8s.io/v1/priorityclasses");
  });

  it("says what helm waited for until it timed out, and leaves out its other debug output", () => {
    const output = [
      'level=DEBUG msg="unmarshalled JSON schema" schema="{}"',
      'level=DEBUG msg="Deployment does not have enough pods ready" namespace=monitoring name=server readyPods=0',
      "Error: INSTALLATION FAILED: context deadline exceeded",
    ].join("\n");
    assert.equal(
      withoutDebug(output),
      "Error: INSTALLATION FAILED: context deadline exceeded (not ready: " +
        '"Deployment does not have enough pods ready" namespace=monitoring name=server readyPods=0)',
    );
    assert.equal(withoutDebug("Error: no such chart\n"), "Error: no such chart");
  });
});
