import * as https from "node:https";
import type { KubeConfig } from "@kubernetes/client-node";
import { z } from "zod";
import { clientConfig } from "./control-plane/client";

const objectSchema = z.looseObject({
  metadata: z.looseObject({
    name: z.string(),
    namespace: z.string().optional(),
    uid: z.string().optional(),
    labels: z.record(z.string(), z.string()).optional(),
  }),
});
const resourceList = z.looseObject({
  resources: z.array(z.looseObject({ name: z.string(), kind: z.string(), verbs: z.array(z.string()) })),
});
const groupList = z.looseObject({
  groups: z.array(z.looseObject({ preferredVersion: z.looseObject({ groupVersion: z.string() }) })),
});

/** An object of the cluster, of any kind. */
export interface ClusterObject {
  readonly kind: string;
  /** `Kind namespace/name`, or `Kind name`. */
  readonly title: string;
  readonly name: string;
  readonly namespace: string | undefined;
  readonly uid: string | undefined;
  readonly labels: Readonly<Record<string, string>>;
  /** As the API server gives it. */
  readonly json: string;
}

/** Every object of every kind that the API server lists, asked for without knowing the kinds beforehand. */
export async function listAllObjects(kubeconfigPath: string): Promise<ClusterObject[]> {
  const config = clientConfig(kubeconfigPath);
  const agent = new https.Agent({ keepAlive: true, maxSockets: 8 });
  try {
    const get = (path: string) => getJson(config, agent, path);
    const groups = groupList
      .parse(await get("/apis"))
      .groups.map((group) => `/apis/${group.preferredVersion.groupVersion}`);
    const lists = await Promise.all(["/api/v1", ...groups].map((path) => listGroup(get, path)));
    // The same object may be served by two groups, as events are.
    const byTitle = new Map(lists.flat().map((object) => [object.title, object]));
    return [...byTitle.values()].sort((a, b) => a.title.localeCompare(b.title));
  } finally {
    agent.destroy();
  }
}

async function listGroup(get: (path: string) => Promise<unknown>, groupPath: string): Promise<ClusterObject[]> {
  const { resources } = resourceList.parse(await get(groupPath));
  const listed = resources.filter(
    ({ name, verbs }) => verbs.includes("list") && !name.includes("/") && name !== "componentstatuses",
  );
  const lists = await Promise.all(
    listed.map(async ({ name, kind }) => {
      const answer = z.looseObject({ items: z.array(z.unknown()).nullable() }).parse(await get(`${groupPath}/${name}`));
      return (answer.items ?? []).map((item) => clusterObject(kind, item));
    }),
  );
  return lists.flat();
}

function clusterObject(kind: string, item: unknown): ClusterObject {
  const { name, namespace, uid, labels = {} } = objectSchema.parse(item).metadata;
  const title = `${kind} ${namespace === undefined ? "" : `${namespace}/`}${name}`;
  return { kind, title, name, namespace, uid, labels, json: JSON.stringify(item) };
}

async function getJson(config: KubeConfig, agent: https.Agent, path: string): Promise<unknown> {
  const server = config.getCurrentCluster()?.server ?? "";
  const options: https.RequestOptions = { timeout: 10_000 };
  await config.applyToHTTPSOptions(options);
  options.agent = agent;
  return new Promise((resolve, reject) => {
    const request = https.get(`${server}${path}`, options, (response) => {
      let body = "";
      response.setEncoding("utf8");
      response.on("data", (chunk: string) => (body += chunk));
      response.on("error", reject);
      response.on("end", () => {
        if (response.statusCode === 200) {
          resolve(JSON.parse(body));
        } else {
          reject(
            new Error(`The API server answers ${response.statusCode ?? "?"} to GET ${path}: ${body.slice(0, 300)}`),
          );
        }
      });
    });
    request.on("timeout", () => request.destroy(new Error(`The API server does not answer GET ${path} within 10 s.`)));
    request.on("error", reject);
  });
}
