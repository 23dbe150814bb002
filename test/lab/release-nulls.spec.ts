import assert from "node:assert/strict";
import { Session } from "../../lab/stand-ins/kubernetes/session";
import { releaseType } from "../../lab/stand-ins/kubernetes/releases";
import type { Properties } from "../../lab/stand-ins/properties";
import type { Call, ResourceType } from "../../lab/stand-ins/provider";
import { at, findHelm, render, standIn } from "../support/lab/helm";

const call: Call = {
  urn: "urn:prometheus",
  name: "prometheus",
  type: "kubernetes:helm.sh/v3:Release",
  preview: true,
  timeoutMs: undefined,
  signal: new AbortController().signal,
  log: () => {},
};

/** A release with a TCP probe for Alertmanager. Without a `null`, the chart's HTTP probe would remain beside it. */
function release(probe: Properties, more: Properties = {}): Properties {
  const values = { alertmanager: { livenessProbe: probe } };
  return { name: "prometheus", namespace: "monitoring", chart: standIn, values, ...more };
}

const pod = ["spec", "template", "spec", "containers", 0];
const tcpSocket = { port: "http" };
const withNull = { tcpSocket, httpGet: null };

describe("a `null` in the values of a release of the Kubernetes stand-in", function () {
  let type: ResourceType;
  let helm: string;

  before(async function () {
    helm = (await findHelm()) ?? this.skip();
    const before = process.env.LAB_HELM;
    process.env.LAB_HELM = helm;
    type = releaseType(new Session());
    if (before === undefined) delete process.env.LAB_HELM;
    else process.env.LAB_HELM = before;
  });

  /** The inputs as the provider stores them. */
  async function checked(news: Properties): Promise<Properties> {
    const { inputs, failures } = await type.check!(call, news, {}, new Uint8Array());
    assert.deepEqual(failures ?? [], []);
    return inputs;
  }

  it("deletes the chart's default, as in a values file", async () => {
    const news = release(withNull);
    const kept = await checked(news);
    assert.deepEqual(kept.values, news.values);
    const probe = async (values: object) =>
      at((await render(helm, values)).get("StatefulSet/prometheus-alertmanager"), ...pod, "livenessProbe");
    assert.deepEqual(await probe(kept.values as object), { tcpSocket });
    assert.deepEqual(Object.keys((await probe(release({ tcpSocket }).values as object)) as object).sort(), [
      "httpGet",
      "tcpSocket",
    ]);
  });

  it("is kept at every depth and in lists", async () => {
    const values = { server: { env: [{ name: "A", value: null }], nodeSelector: { "a.b/c": null } } };
    const { values: kept } = await checked({ ...release({}), values });
    assert.deepEqual(kept, values);
  });

  it("has no meaning outside the values", async () => {
    const { timeout, version } = await checked(release(withNull, { timeout: null, version: null }));
    assert.deepEqual({ timeout, version }, { timeout: 300, version: undefined });
  });

  it("appears once in the diff, both when it is added and when it is removed", async () => {
    const olds = await checked(release({ tcpSocket }));
    const news = await checked(release(withNull));
    const paths = async (from: Properties, to: Properties) => {
      const { changes } = await type.diff!(call, { id: "x", oldInputs: from, oldState: from, news: to });
      return changes.map(({ kind, path }) => `${kind} ${path}`).filter((line) => line.includes(" values"));
    };
    assert.deepEqual(await paths(olds, news), ["add values.alertmanager.livenessProbe.httpGet"]);
    assert.deepEqual(await paths(news, olds), ["delete values.alertmanager.livenessProbe.httpGet"]);
  });
});
