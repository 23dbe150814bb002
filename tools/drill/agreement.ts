import { createHash } from "node:crypto";
import { CoreV1Api, type KubeConfig } from "@kubernetes/client-node";
import { chartNames } from "../../conventions/cluster-names";
import { within } from "../../lookup/cluster/api-responses";
import { outsideText } from "../../conventions/outside-text";
import type { HeldSilence, Status } from "./alertmanager-api";
import type { Answered } from "./peers";

/** A sentence for each Alertmanager that does not see all others: both sides would send each message. */
export function memberWarnings(statuses: readonly Answered<Status>[], expected: number): string[] {
  return statuses
    .filter(({ answer }) => answer.members < expected)
    .map(
      ({ name, answer: { members } }) =>
        `${name} sees ${members} of ${expected} Alertmanagers, so messages may be sent twice: does a network policy or firewall let port 9094 pass between them, by TCP and UDP?`,
    );
}

/** A sentence for each Alertmanager that lacks silences which others have. */
export function silenceGaps(silences: readonly Answered<readonly HeldSilence[]>[]): string[] {
  const all = new Set(silences.flatMap(({ answer }) => answer.map(({ id }) => id)));
  return silences.flatMap(({ name, answer }) => {
    const lacking = [...all].filter((wanted) => answer.every(({ id }) => id !== wanted));
    if (lacking.length === 0) return [];
    const [what, mutes] = lacking.length === 1 ? ["silence", "it mutes"] : ["silences", "they mute"];
    const ids = outsideText(lacking.join(", "));
    return [`${name} does not have the ${what} ${ids}, which another Alertmanager has, and may send what ${mutes}.`];
  });
}

/**
 * A sentence for each Alertmanager with another configuration than the deployed one; if that is not known, than the
 * first one's.
 */
export function configurationWarnings(
  hashes: readonly Answered<number | undefined>[],
  deployed: number | undefined,
): string[] {
  const known = hashes.filter(({ answer }) => answer !== undefined);
  const wanted = deployed ?? known[0]?.answer;
  const other = deployed === undefined ? known[0]?.name : "the one that is deployed";
  return known
    .filter(({ answer }) => answer !== wanted)
    .map(
      ({ name }) =>
        `${name} runs another configuration than ${other}: the kubelet brings a new one within two minutes; later see docs/runbooks/AlertmanagerReloadFailed.md.`,
    );
}

/** The checksum of the deployed configuration; undefined if it cannot be read. */
export async function deployedConfigurationHash(
  kubeconfig: KubeConfig,
  namespace: string,
): Promise<number | undefined> {
  const core = kubeconfig.makeApiClient(CoreV1Api);
  try {
    const asked = core.readNamespacedConfigMap({ name: chartNames.alertmanager, namespace });
    const text = (await within(10_000, asked)).data?.["alertmanager.yml"];
    return text === undefined ? undefined : configurationHash(text);
  } catch {
    return undefined;
  }
}

/** The checksum as Alertmanager computes it for its metric: the first 48 bits of the file's MD5, little-endian. */
export function configurationHash(text: string): number {
  return createHash("md5").update(text).digest().readUIntLE(0, 6);
}
