/**
 * The stand-in for `pulumi-resource-kubernetes`. With the official client and helm it implements the resources that
 * this project's program registers.
 */

import { version } from "@pulumi/kubernetes/package.json";
import { servePlugin } from "../plugin";
import { ResourceType } from "../provider";
import { kinds, patchKinds } from "./kinds";
import { objectType } from "./objects";
import { patchType } from "./patches";
import { releaseType } from "./releases";
import { clusterChanges, providerInputs, Session } from "./session";

const session = new Session();

function all<T>(table: Readonly<Record<string, T>>, make: (kind: T) => ResourceType): [string, ResourceType][] {
  return Object.entries(table).map(([token, kind]) => [token, make(kind)]);
}

void servePlugin({
  name: "kubernetes",
  version,
  configKeys: providerInputs,
  configReplaces: clusterChanges,
  configure: (config, log) => session.configure(config, log),
  resources: {
    ...Object.fromEntries(all(kinds, (kind) => objectType(session, kind))),
    ...Object.fromEntries(all(patchKinds, (kind) => patchType(session, kind))),
    "kubernetes:helm.sh/v3:Release": releaseType(session),
  },
});
