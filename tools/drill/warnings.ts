import { configurationWarnings, memberWarnings, silenceGaps } from "./agreement";
import type { Status } from "./alertmanager-api";
import type { Alertmanagers } from "./alertmanagers";
import { NoAnswer } from "../stack/servers/http";
import type { Answered } from "../stack/servers/peers";
import { lookForPods, type Replicas } from "../stack/servers/reach";
import { silenceWarnings } from "./silences";
import type { StackFacts } from "../stack/facts";

/** Conditions that may keep other alerts than the drill's from arriving, as sentences. */
export async function warningsOf(
  api: Alertmanagers,
  { reached, unreached }: Replicas,
  statuses: readonly Answered<Status>[],
  facts: StackFacts,
): Promise<string[]> {
  const hasSeveral = Object.values(facts.replicas).some((number) => number > 1);
  return [
    ...unreached,
    ...(unreached.length === 0 ? statuses.flatMap((status) => hiddenMembers(status, reached.length)) : []),
    ...memberWarnings(statuses, reached.length),
    // Silences are always reported, because they are not meant for the drill's alert.
    ...(await orSentence("the silences", async () => [
      ...(await silenceWarnings(api, facts.longestSilence)),
      ...silenceGaps(await api.silencesOfEach()),
    ])),
    ...(hasSeveral ? await orSentence("the pods", () => podWarnings(api, facts)) : []),
  ];
}

/** Alertmanagers that did not get the drill's alert, because only one was named. */
function hiddenMembers({ name, answer: { members } }: Answered<Status>, reached: number): string[] {
  if (members <= reached) return [];
  return [
    `${name} is one of ${members} Alertmanagers, and the others do not get the drill's alert. At a load balancer the drill may fail; without --alertmanager it reaches each of them.`,
  ];
}

/** Lost nodes, and Alertmanagers with different configurations. */
async function podWarnings(api: Alertmanagers, facts: StackFacts): Promise<string[]> {
  const warnings = configurationWarnings(await api.configurationHashes());
  if (facts.context === undefined) return warnings;
  const { lost } = await lookForPods(facts);
  return [...lost, ...warnings];
}

async function orSentence(what: string, asking: () => Promise<string[]>): Promise<string[]> {
  try {
    return await asking();
  } catch (error) {
    if (!(error instanceof NoAnswer)) throw error;
    return [`${what} could not be read: ${error.message}`];
  }
}
