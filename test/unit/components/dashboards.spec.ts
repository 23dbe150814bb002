import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { parse } from "yaml";
import { dashboards } from "../../../values/dashboards/dashboards";
import { buildAlerting } from "../../support/build-alerting";
import { type Recorder, unwrapped } from "../../support/mocks";
import { canaryPath, guarded, type Values } from "../../support/settings";

const authority = "-----BEGIN CERTIFICATE-----\nauthority\n-----END CERTIFICATE-----\n";

const build = (values: Values, hasCertificate = false) =>
  buildAlerting(values, hasCertificate ? { certificate: { chain: "the chain", key: "the key", authority } } : {});

const on = { dashboards: { namespace: "grafana" } };
const namesOf = (recorder: Recorder) => recorder.resources.map(({ type, name }) => `${type} ${name}`);
const textsOf = (recorder: Recorder, name: string) =>
  unwrapped(recorder.one(":Secret", name).inputs.stringData) as Record<string, string>;

interface Datasource {
  readonly basicAuthUser?: string;
  readonly url: string;
  readonly jsonData: { readonly serverName?: string };
  readonly secureJsonData: { readonly basicAuthPassword?: string; readonly tlsCACert?: string };
}
function datasourceOf(recorder: Recorder): Datasource {
  const [file = ""] = Object.values(textsOf(recorder, "dashboards-datasource"));
  return (parse(file) as { datasources: [Datasource] }).datasources[0];
}

describe("the resources for dashboards", () => {
  it("are not created unless Grafana's namespace is set, even if Grafana's URL is", async () => {
    for (const values of [{}, { dashboards: { url: "https://grafana.example" } }]) {
      const { recorder } = await build(values);
      assert.ok(!namesOf(recorder).some((name) => /dashboards|grafana/.test(name)), namesOf(recorder).join("\n"));
      const users = JSON.stringify(textsOf(recorder, "web-access"));
      assert.ok(users.includes("prometheus-1") && !users.includes("grafana"));
      assert.ok(!JSON.stringify(recorder.all(":NetworkPolicy")).includes("grafana"));
    }
  });

  it("are one ConfigMap for each dashboard in Grafana's namespace, with label and folder", async () => {
    const { recorder, settings } = await build({
      dashboards: { namespace: "observability", label: "acme.example/board", folder: "Ops" },
    });
    const maps = recorder.all(":ConfigMap").filter(({ name }) => name.startsWith("dashboards-"));
    assert.deepEqual(
      maps.map(({ inputs }) => inputs),
      dashboards(settings).map(({ name, json }) => ({
        apiVersion: "v1",
        kind: "ConfigMap",
        metadata: {
          name: `alerting-${name}`,
          namespace: "observability",
          labels: { "app.kubernetes.io/part-of": "alerting", "acme.example/board": "1" },
          annotations: { grafana_folder: "Ops" },
        },
        data: { [`alerting-${name}.json`]: JSON.stringify(json) },
      })),
    );
    assert.equal(maps.length, 3);
    for (const map of maps) assert.equal(recorder.ancestors(map)[0], "alerting:dashboards:Dashboards");
  });

  it("include a datasource in a Secret, marked as secret, with a password that only Prometheus accepts", async () => {
    const { recorder } = await build(on);
    const { inputs } = recorder.one(":Secret", "dashboards-datasource");
    assert.deepEqual((inputs.metadata as { labels: unknown }).labels, {
      "app.kubernetes.io/part-of": "alerting",
      grafana_datasource: "1",
    });
    assert.ok(pulumi.runtime.isRpcSecret(inputs.stringData));
    const { basicAuthUser, secureJsonData } = datasourceOf(recorder);
    const password = "password-of-web-grafana-password-1";
    assert.deepEqual([basicAuthUser, secureJsonData.basicAuthPassword], ["grafana-1", password]);
    const holders = recorder.resources.filter((one) => JSON.stringify(unwrapped(one.inputs)).includes(password));
    assert.deepEqual(
      holders.map(({ name }) => name),
      ["dashboards-datasource"],
    );
    assert.ok(!JSON.stringify(inputs.metadata).includes(password));

    const files = textsOf(recorder, "web-access");
    const users = (file: string) => Object.keys((parse(files[file]!) as { basic_auth_users: object }).basic_auth_users);
    const others = ["alerting-1", "prometheus-0", "prometheus-1"];
    assert.deepEqual(users("web.yml"), others, "Alertmanager's file");
    assert.deepEqual(users("web-with-grafana.yml"), [...others, "grafana-0", "grafana-1"]);
    const { server, alertmanager } = recorder.one(":Release").inputs.values as Record<
      "server" | "alertmanager",
      { extraArgs: Record<string, string> }
    >;
    assert.equal(server.extraArgs["web.config.file"], "/etc/alerting-web/web-with-grafana.yml");
    assert.equal(alertmanager.extraArgs["web.config.file"], "/etc/alerting-web/web.yml");
  });

  it("follow a rotation of the password: Grafana uses one that was accepted before", async () => {
    const { recorder } = await build({ ...on, access: { passwords: [1, 2] } });
    assert.equal(datasourceOf(recorder).basicAuthUser, "grafana-1");
    const accepted = textsOf(recorder, "web-access")["web-with-grafana.yml"]!;
    for (const user of ["grafana-0", "grafana-1", "grafana-2"]) assert.ok(accepted.includes(`${user}: hash-of-`), user);
  });

  it("verify the page's certificate if there is one", async () => {
    const { recorder } = await build({ ...guarded, access: { password: true }, ...on }, true);
    const { url, jsonData, secureJsonData } = datasourceOf(recorder);
    assert.deepEqual([url, jsonData.serverName], ["https://prometheus-server.monitoring.svc:80", "prometheus.example"]);
    assert.equal(secureJsonData.tlsCACert, authority);
    assert.ok(!JSON.stringify(secureJsonData).includes("the key"));
  });

  it("include no password and no further user if the page has none, or no datasource is wanted", async () => {
    const { recorder } = await build({ ...on, access: { password: false } });
    assert.deepEqual([datasourceOf(recorder).basicAuthUser, datasourceOf(recorder).secureJsonData], [undefined, {}]);
    const without = (await build({ dashboards: { namespace: "grafana", datasource: false } })).recorder;
    assert.ok(!namesOf(without).some((name) => /datasource|grafana/.test(name)));
    assert.equal(without.all(":ConfigMap").filter(({ name }) => name.startsWith("dashboards-")).length, 3);
  });

  it("contain no other secret", async () => {
    const { recorder } = await build(on);
    const own = recorder.resources.filter(({ name }) => name.startsWith("dashboards"));
    assert.equal(own.length, 5);
    const text = JSON.stringify(own.map(({ inputs }) => unwrapped(inputs)));
    assert.ok(!text.includes(canaryPath));
    assert.doesNotMatch(text, /password-of-web-(client-)?password/);
    for (const { custom, inputs } of own) if (!custom) assert.deepEqual(inputs, {});
  });
});
