import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { contractVersion, readAlerting, type ReadAlerting } from "../../../outputs/read-alerting";
import { resolved } from "../../support/mocks";

const stack = "organization/alerting/prod";
const whole = {
  contractVersion,
  namespace: "monitoring",
  prometheusHostname: "prometheus.elb.example",
  prometheusUrl: "http://prometheus.elb.example",
  prometheusInClusterUrl: "http://prometheus-server.monitoring.svc",
  alertmanagerHostname: "alertmanager.elb.example",
  alertmanagerUrl: "http://alertmanager.elb.example",
  alertmanagerInClusterUrl: "http://prometheus-alertmanager.monitoring.svc:9093",
  pushgatewayInClusterUrl: "http://prometheus-prometheus-pushgateway.monitoring.svc:9091",
};

interface Backend {
  readonly outputs?: Record<string, unknown>;
  /** The engine's error message, if the stack cannot be read. */
  readonly refusal?: string;
}

/** Reads a stack with mocks. `references` are the registered stack references. */
async function read(backend: Backend, name: unknown = stack) {
  const references: string[] = [];
  const mocks: pulumi.runtime.Mocks = {
    newResource: ({ type, id, inputs }) => {
      assert.equal(type, "pulumi:pulumi:StackReference");
      references.push(id ?? "");
      return { id, state: { ...(inputs as object), outputs: backend.outputs ?? {} } };
    },
    call: ({ token }) => {
      assert.equal(token, "pulumi:pulumi:readStackOutputs");
      // The SDK reads the engine's message from this gRPC property.
      if (backend.refusal !== undefined) throw Object.assign(new Error(), { details: backend.refusal });
      return {};
    },
  };
  await pulumi.runtime.setMocks(mocks, "app", "dev", false, "organization");
  return { alerting: readAlerting(name as string), references };
}

async function values(alerting: ReadAlerting): Promise<Record<string, unknown>> {
  const entries = Object.entries(alerting).map(async ([name, output]) => {
    const { value, secret } = await resolved(output as pulumi.Output<unknown>);
    assert.equal(secret, false, name);
    return [name, value] as const;
  });
  return Object.fromEntries(await Promise.all(entries));
}

describe("the reader of the outputs", () => {
  it("gives every output of the contract, none of them secret, and nothing else", async () => {
    const { alerting, references } = await read({
      outputs: { ...whole, fileSystemId: "fs-1", more: { than: "that" } },
    });
    assert.deepEqual(await values(await alerting), { ...whole, fileSystemId: "fs-1" });
    assert.deepEqual(references, [stack]);
  });

  it("has no file system id if the stack has no file system", async () => {
    const alerting = await (await read({ outputs: whole })).alerting;
    assert.deepEqual(await values(alerting), whole);
    assert.ok(!("fileSystemId" in alerting));
  });

  it("is typed: a URL is a string, the version is a number, and the file system may be missing", async () => {
    const alerting = await (await read({ outputs: whole })).alerting;
    const url: pulumi.Output<string> = alerting.pushgatewayInClusterUrl;
    const version: pulumi.Output<number> = alerting.contractVersion;
    // @ts-expect-error: not every type of storage has this output
    const fileSystem: pulumi.Output<string> = alerting.fileSystemId;
    // @ts-expect-error: this output does not exist
    const none: unknown = alerting.grafanaUrl;
    assert.deepEqual([typeof url, typeof version, fileSystem, none], ["object", "object", undefined, undefined]);
  });

  it("can be used without `await`, as the properties of one output", async () => {
    const { alerting } = await read({ outputs: whole });
    assert.equal((await resolved(pulumi.output(alerting).namespace)).value, "monitoring");
  });

  const { prometheusUrl, alertmanagerUrl, contractVersion: version, ...rest } = whole;
  const faults: [title: string, backend: Backend, ...says: RegExp[]][] = [
    [
      "a stack that does not exist",
      { refusal: `invocation returned an error: unknown stack "${stack}"` },
      /^There is no stack "organization\/alerting\/prod"/,
      /pulumi stack ls --all/,
    ],
    ["a stack without outputs", { outputs: {} }, /^The stack "organization\/alerting\/prod" is there/, /`pulumi up`/],
    ["another program's stack", { outputs: { bucket: "b" } }, /no output of an alerting stack/],
    ["outputs without a contract version", { outputs: { ...rest, prometheusUrl } }, /older release/, /pulumi up/],
    ["an older contract", { outputs: { ...whole, contractVersion: 0 } }, /contract version 0, which is older/],
    [
      "a newer contract",
      { outputs: { ...whole, contractVersion: 2 } },
      /version 2, which is newer/,
      /read-alerting\.ts/,
    ],
    [
      "a contract version that is not a number",
      { outputs: { ...whole, contractVersion: "1" } },
      /contractVersion is "1".*a number/,
    ],
    [
      "outputs that are missing or have the wrong type, all at once",
      { outputs: { ...rest, contractVersion: version, alertmanagerUrl, namespace: 7, fileSystemId: ["fs"] } },
      /namespace is 7, and must be a string/,
      /prometheusUrl is missing/,
      /fileSystemId is \["fs"\]/,
    ],
    ["an empty hostname", { outputs: { ...whole, prometheusHostname: "" } }, /prometheusHostname is ""/],
  ];
  for (const [title, backend, ...says] of faults) {
    it(`refuses ${title}, in one sentence without a stack trace`, async () => {
      await assert.rejects((await read(backend)).alerting, (error: Error) => {
        assert.ok(pulumi.RunError.isInstance(error), String(error));
        assert.equal(error.stack, error.message);
        for (const expected of says) assert.match(error.message, expected);
        return true;
      });
    });
  }

  it("refuses an organization that the backend does not have, and says what to write instead", async () => {
    const refusal = "organization name must be 'organization'";
    const { alerting, references } = await read({ refusal }, "acme/alerting/prod");
    await assert.rejects(alerting, /no organization "acme"\. Write "organization\/alerting\/prod"/);
    assert.deepEqual(references, []);
  });

  it("refuses a secret output without showing it", async () => {
    const secret = { ...whole, namespace: "s3cret" };
    const mocks: pulumi.runtime.Mocks = {
      newResource: ({ id, inputs }) => ({
        id,
        state: { ...(inputs as object), outputs: pulumi.secret(secret), secretOutputNames: ["namespace"] },
      }),
      call: () => ({}),
    };
    await pulumi.runtime.setMocks(mocks, "app", "dev", false, "organization");
    await assert.rejects(readAlerting(stack), (error: Error) => {
      assert.match(error.message, /namespace is a secret/);
      assert.doesNotMatch(error.message, /s3cret|prometheusUrl/);
      return true;
    });
  });

  for (const name of ["prod", "alerting/prod", "", "/alerting/prod", "a/b/c/d", "a b/c/d", undefined, null, 7, {}]) {
    it(`refuses ${JSON.stringify(name)} as a name, before any request`, async () => {
      const { alerting, references } = await read({ outputs: whole }, name ?? null);
      await assert.rejects(alerting, /<organization>\/<project>\/<stack>/);
      assert.deepEqual(references, []);
    });
  }

  it("registers no reference to a missing stack, because the reference would end the program", async () => {
    const { alerting, references } = await read({ refusal: `unknown stack "${stack}"` });
    await assert.rejects(alerting);
    assert.deepEqual(references, []);
  });

  it("uses a stack reference if the engine does not know the function that reads outputs", async () => {
    const { alerting, references } = await read({ outputs: whole, refusal: "unrecognized function name" });
    assert.deepEqual(await values(await alerting), whole);
    assert.deepEqual(references, [stack]);
  });
});
