import * as path from "node:path";
import { listAllObjects } from "./cluster-objects";
import type { Lab } from "./lab";
import type { Say } from "./progress";
import { clusterPlaces, filePlaces, processPlaces } from "./secret-places";
import { scanForSecret } from "./secret-scan";
import type { Place, SecretScan } from "./secret-scan";
import type { LabStack } from "./stack";
import { type Access, getText } from "./web";

/** Where the running programs are asked. */
export interface Urls {
  readonly prometheus: string;
  readonly alertmanager: string;
  /** With what they let the lab in. */
  readonly access: Access;
}

/**
 * Below the run's directory everything is searched: logs of every part, the engine's output and events, the state with
 * its history (there the webhook is encrypted), the stack's configuration. It belongs only here:
 */
const FILES_WHERE_IT_BELONGS: readonly { readonly pattern: RegExp; readonly why: string }[] = [
  { pattern: /^slack\//, why: "the receiver's own record" },
  {
    pattern: /^nodes\/pods\/[^/]*alertmanager[^/]*\/.*(secret|webhook)/i,
    why: "the Secret as Alertmanager's pod mounts it",
  },
];
/** Not searched: etcd keeps the Secret, and whether it encrypts what it keeps is the cluster's affair. */
const NOT_SEARCHED = /^control-plane\/etcd\//;

/** Searches everything that a run has made for the webhook's random part. */
export async function searchForSecret(lab: Lab, stack: LabStack, urls: Urls, say: Say): Promise<SecretScan> {
  say("asking for the stack's export and outputs");
  const [exported, outputs] = [await stack.exported(), await stack.shownOutputs()];
  say("listing every object of the cluster");
  const objects = await listAllObjects(lab.controlPlane.labKubeconfigPath);
  const status = await Promise.all(
    [
      `${urls.alertmanager}/api/v2/status`,
      `${urls.prometheus}/api/v1/status/config`,
      `${urls.prometheus}/api/v1/status/flags`,
      `${urls.prometheus}/api/v1/alerts`,
      `${urls.prometheus}/api/v1/rules`,
    ].map(async (url): Promise<Place> => ({
      name: `answer: ${new URL(url).pathname}`,
      content: await getText(url, urls.access),
    })),
  );
  say("searching");
  return scanForSecret(lab.canary, [
    { name: "pulumi stack export", content: exported },
    { name: "pulumi stack output", content: outputs },
    ...status,
    ...clusterPlaces(objects, lab.canary),
    ...processPlaces(lab.census.commandLines),
    ...(await filePlaces(path.resolve(lab.directory), { except: NOT_SEARCHED, belongs: whyHere })),
  ]);
}

function whyHere(relative: string): string | undefined {
  return FILES_WHERE_IT_BELONGS.find(({ pattern }) => pattern.test(relative))?.why;
}
