import * as fs from "node:fs/promises";
import * as path from "node:path";
import { listAllObjects } from "./cluster-objects";
import type { Lab } from "./lab";
import type { Say } from "./progress";
import { projectRoot } from "./run-directory";
import { answerPlaces } from "./secrets/pages";
import type { Canary } from "./secrets/canary";
import { labCanaries, tokenCanaries } from "./secrets/lab-canaries";
import { clusterPlaces, filePlaces, processPlaces, trackedPlaces } from "./secrets/places";
import { type Place, scanForSecrets, type SecretScan } from "./secrets/scan";
import { asOld, decrypted, decryptedConfig, decryptedState, stackCanaries } from "./secrets/stack-canaries";
import type { LabStack } from "./stack";
import { previewComment } from "./steps";
import type { Urls } from "./web";

/** What a search covers in addition to the current lab and stack. */
export interface SearchOptions {
  /** The old values of secrets that were rotated. */
  readonly before?: readonly Canary[];
  /** Additional places to search, for example the part of the report that is written so far. */
  readonly places?: readonly Place[];
}

/**
 * etcd's files are not searched: etcd stores Secrets unencrypted unless the cluster's administrator configures
 * encryption.
 */
const etcdFiles = /^file: control-plane\/etcd\//;
/** The files of Prometheus' samples are not searched: their compression hides strings. */
const sampleFiles = /^nodes\/efs\/.*\/(?:wal|chunks_head)\//;

/** The stack's current secrets; pass them as `before` to a search after their rotation. */
export async function secretsNow(stack: LabStack): Promise<Canary[]> {
  return stackCanaries(await decrypted(stack), await namespaceOf(stack));
}

/** Looks for every secret of a run in everything that the run has made. */
export async function searchForSecrets(
  lab: Lab,
  stack: LabStack,
  urls: Urls,
  say: Say,
  options: SearchOptions = {},
): Promise<SecretScan> {
  say("collecting the CLI's output");
  const cli = (...args: string[]) => stack.cli([...args, "--stack", stack.name]);
  const [open, exported, outputs, shownOutputs, config, history, previewed] = await Promise.all([
    decrypted(stack),
    stack.exported(),
    stack.shownOutputs(),
    cli("stack", "output", "--json", "--show-secrets"),
    cli("config", "--json"),
    cli("stack", "history", "--json"),
    previewComment(stack),
  ]);
  say("reading every object of the cluster and every web page");
  const [objects, answers, files, tracked] = await Promise.all([
    listAllObjects(lab.controlPlane.labKubeconfigPath),
    answerPlaces(lab, urls),
    filePlaces(path.resolve(lab.directory), sampleFiles),
    trackedPlaces(projectRoot, (await fs.stat(lab.controlPlane.kubeconfigPath)).mtime),
  ]);
  const now = stackCanaries(open, await namespaceOf(stack));
  const values = new Set(now.map(({ value }) => value));
  const old = (options.before ?? []).filter(({ value }) => !values.has(value)).map(asOld);
  say("searching");
  return scanForSecrets(
    [...now, ...old, ...(await labCanaries(lab)), ...tokenCanaries(files)],
    [
      { name: decryptedConfig, content: open.config },
      { name: decryptedState, content: open.state },
      { name: "pulumi stack export", content: exported },
      { name: "pulumi stack output", content: outputs },
      { name: "pulumi stack output --show-secrets", content: shownOutputs },
      { name: "pulumi config", content: config },
      { name: "pulumi stack history", content: history },
      { name: "pulumi preview --json", content: previewed.printed },
      { name: "npm run preview:markdown", content: previewed.comment },
      ...answers,
      ...clusterPlaces(objects),
      ...processPlaces(lab.census),
      ...files.filter(({ name }) => !etcdFiles.test(name)),
      ...tracked,
      ...(options.places ?? []),
    ],
  );
}

async function namespaceOf(stack: LabStack): Promise<string> {
  return String((await stack.plainOutputs()).namespace);
}
