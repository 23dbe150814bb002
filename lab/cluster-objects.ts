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
  /** The object's JSON as the API server returns it. */
  readonly json: string;
}

/** Lists every object of every kind that the API server serves; it discovers the kinds itself. */
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
  // One group after another, because each connection needs its own TLS handshake.
  for (const path of ["/api/v1", ...groups]) objects.push(...(await listGroup(get, path)));
  // Two API groups may serve the same object, as they do for events.
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
