import { performance } from "node:perf_hooks";
import { decideOnAws } from "../lookup/aws/node-decision";
import { checkCluster } from "../lookup/cluster/check-cluster";
import { Alerting } from "../components/alerting";
import { awsProvider, kubernetesProvider } from "../components/providers";
import { judgeOwnTextsAhead, releaseValues } from "../values/release-values";
import { requireValid } from "../config";
import { settled } from "../test/support/mocks";
import { configuration, type Values } from "../test/support/settings";

/** The steps of index.ts. */
export const steps = ["cluster", "values", "EC2", "resources"] as const;

/** Runs the whole program on mocks, and returns how long each of its {@link steps} takes, in milliseconds. */
export async function runProgram(values: Values): Promise<number[]> {
  const marks = [performance.now()];
  const mark = () => marks.push(performance.now());
  const read = configuration(values);
  judgeOwnTextsAhead(read.settings);
  const { facts, faults } = await checkCluster(read);
  mark();
  const release = releaseValues(read.settings, []);
  mark();
  const valid = requireValid(read, { faults: [...faults, ...release.faults] });
  const { settings, owner } = valid;
  const providers = { cluster: kubernetesProvider(settings), aws: awsProvider(settings.aws) };
  const decided = await decideOnAws({ settings, owner }, facts!, { provider: providers.aws });
  mark();
  new Alerting("alerting", { ...valid, values: release.values, providers, ...decided });
  await settled();
  mark();
  return steps.map((_, at) => marks[at + 1]! - marks[at]!);
}
