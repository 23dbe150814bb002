import { outsideText } from "../../conventions/outside-text";
import type { HeldSilence, Status } from "./alertmanager-api";
import type { Answered } from "../stack/servers/peers";

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

/** A sentence for each Alertmanager with another configuration than the first one. */
export function configurationWarnings(hashes: readonly Answered<number | undefined>[]): string[] {
  const [first, ...others] = hashes.filter(({ answer }) => answer !== undefined);
  return others
    .filter(({ answer }) => answer !== first!.answer)
    .map(
      ({ name }) =>
        `${name} runs another configuration than ${first!.name}: the kubelet brings a new one within two minutes; later see docs/runbooks/AlertmanagerReloadFailed.md.`,
    );
}
