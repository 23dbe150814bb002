import { z } from "zod";
import { clientConfig } from "./control-plane/client";
import { getText } from "./web";

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
  const { server, caData = "" } = config.getCurrentCluster()!;
  const headers = { authorization: `Bearer ${config.getCurrentUser()?.token}` };
  const ca = Buffer.from(caData, "base64").toString();
  const get = async (path: string): Promise<unknown> =>
    JSON.parse(await getText(`${server}${path}`, { ca }, { headers }));
  const groups = groupList
    .parse(await get("/apis"))
    .groups.map((group) => `/apis/${group.preferredVersion.groupVersion}`);
  const objects: ClusterObject[] = [];
  // Group by group: each connection has its own TLS handshake.
  for (const path of ["/api/v1", ...groups]) objects.push(...(await listGroup(get, path)));
  // The same object may be served by two groups, as events are.
  const byTitle = new Map(objects.map((object) => [object.title, object]));
  return [...byTitle.values()].sort((a, b) => a.title.localeCompare(b.title));
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
