import * as assert from "node:assert/strict";
import type { CoreV1Api } from "@kubernetes/client-node";
import { parse } from "yaml";
import { z } from "zod";
import { type Access, ask, type Urls } from "../../../lab/web";
import { SecretText } from "../../../tools/stack/secret-text";
import { until } from "../until";

/** The namespace of Grafana, which has to exist before the stack. */
export const grafanaNamespace = "grafana";

/** The panels that have data in every stack that ran for a minute; the others need hours of data, or a failure. */
const filled = [
  ...["Notifications", "Latency of notifications", "Latency of rules", "Silences", "Targets", "Samples"],
  ...["NodeCpuHigh", "NodeMemoryLow", "NodeDiskAlmostFull", "NodeInodesLow", "NodeClockSkew"],
  ...["JobDown", "RolloutStuck", "PrometheusRuleFailures", "PrometheusNoAlertmanager"],
];

const query = z.looseObject({ expr: z.string() });
const dashboard = z.looseObject({
  annotations: z.looseObject({ list: z.array(z.looseObject({ target: query })) }),
  panels: z.array(z.looseObject({ title: z.string(), targets: z.array(query) })),
});
const datasourceFile = z.looseObject({
  datasources: z.tuple([
    z.looseObject({
      url: z.string(),
      basicAuthUser: z.string(),
      secureJsonData: z.object({ basicAuthPassword: z.string(), tlsCACert: z.string() }),
    }),
  ]),
});
const answer = z.object({ status: z.literal("success"), data: z.looseObject({ result: z.array(z.unknown()) }) });

/** Tests of what Grafana gets from a stack with dashboards, password and certificate. They do not change the stack. */
export function describeDashboards(stack: () => { readonly core: CoreV1Api; readonly urls: Urls }): void {
  /** Grafana's access: the login and the authority of its datasource. */
  let access: Access;

  before("read Grafana's datasource", async () => {
    const { items } = await stack().core.listNamespacedSecret({
      namespace: grafanaNamespace,
      labelSelector: "grafana_datasource=1",
    });
    const [file = ""] = Object.values(items[0]?.data ?? {}).map((text) => Buffer.from(text, "base64").toString());
    const [{ url, basicAuthUser: user, secureJsonData }] = datasourceFile.parse(parse(file)).datasources;
    assert.equal(url, "https://prometheus-server.monitoring.svc:80");
    const password = new SecretText(secureJsonData.basicAuthPassword);
    access = { login: { user, password }, ca: secureJsonData.tlsCACert };
  });

  it("lets Grafana's user read Prometheus, and do nothing at Alertmanager", async () => {
    const { prometheus, alertmanager } = stack().urls;
    assert.equal((await ask(`${prometheus}/api/v1/query?query=up`, access)).status, 200);
    assert.equal((await ask(`${alertmanager}/api/v2/silences`, access)).status, 401);
  });

  it("answers every query of every dashboard without an error, and has data where there must be some", async () => {
    const { items } = await stack().core.listNamespacedConfigMap({
      namespace: grafanaNamespace,
      labelSelector: "grafana_dashboard=1",
    });
    const texts = items.flatMap(({ data }) => Object.values(data ?? {}));
    assert.equal(texts.length, 3);
    const read = texts.map((text) => dashboard.parse(JSON.parse(text)));
    for (const { annotations } of read) for (const { target } of annotations.list) await rows(target.expr);
    const panels = read.flatMap((one) => one.panels);
    for (const { targets } of panels) for (const { expr } of targets) await rows(expr);
    for (const title of filled) {
      const targets = panels.find((panel) => panel.title === title)?.targets ?? [];
      assert.ok(targets.length > 0, title);
      await until(`Data of ${title}`, async () => {
        const found = await Promise.all(targets.map(({ expr }) => rows(expr)));
        return found.some((count) => count > 0);
      });
    }
  });

  /** The number of lines that a query draws in a graph of the last ten minutes. */
  async function rows(expr: string): Promise<number> {
    const now = Date.now() / 1000;
    const asked = new URLSearchParams({ query: expr, start: String(now - 600), end: String(now), step: "15" });
    const { status, text } = await ask(`${stack().urls.prometheus}/api/v1/query_range?${asked.toString()}`, access);
    assert.equal(status, 200, `${expr}: ${text}`);
    return answer.parse(JSON.parse(text)).data.result.length;
  }
}
