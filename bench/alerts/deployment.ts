import * as path from "node:path";
import { addressesOf } from "./addresses";
import type { Programs } from "../../lab/programs/program";
import type { Slack } from "../../lab/slack/start";
import type { Stop } from "./judge";
import { startPair } from "./pair";
import type { Pair } from "./pair";
import type { RenderedProfile } from "./rendered";
import { doStop } from "./stop";
import type { Place } from "./strata";
import { Target } from "./target";

/** The number of targets; with this many, one of them is scraped close to the planned time. */
const TARGETS = 16;

/** The inputs of a deployment. */
export interface DeploymentOptions {
  readonly rendered: RenderedProfile;
  readonly number: number;
  /** The deployment's number among all deployments of the run; its addresses depend on it. */
  readonly network: number;
  /** The points in the deployment's intervals at which a target is to be stopped. */
  readonly places: readonly Place[];
  readonly fresh: boolean;
  readonly linger: boolean;
  /** Shared by all deployments of the run, like the three fields below. */
  readonly directory: string;
  readonly programs: Programs;
  readonly slack: Slack;
  readonly signal: AbortSignal;
  /** Starting processes take CPU time that other deployments need to be on time, so only a few start at once. */
  readonly inTurn: <T>(work: () => Promise<T>) => Promise<T>;
  readonly onStop: (stop: Stop) => void;
}

/** Stops targets of one deployment at the planned points, one after another. */
export async function runDeployment(options: DeploymentOptions): Promise<void> {
  const { rendered, number, slack, signal } = options;
  const { prometheus, alertmanager, ...own } = addressesOf(options.network, TARGETS);
  const targets = own.targets.map((address) => new Target(address));
  let pair: Pair | undefined;
  try {
    await Promise.all(targets.map((target) => target.start()));
    for (const [index, wished] of options.places.entries()) {
      signal.throwIfAborted();
      const process = options.fresh ? index + 1 : 1;
      const webhookPath = `/services/T${rendered.name}/B${number}x${process}/bench`;
      pair ??= await options.inTurn(() =>
        startPair(
          rendered,
          {
            directory: path.join(options.directory, `${rendered.name}-${number}-${process}`),
            label: String(number),
            targets: targets.map(({ address }) => address),
            prometheus,
            alertmanager,
            webhookUrl: `${slack.origin}${webhookPath}`,
          },
          options.programs,
        ),
      );
      const common = { targets, wished, slack, signal, webhookPath, linger: options.linger, times: rendered.times };
      const where = { profile: rendered.name, deployment: number, prometheus: pair.prometheus };
      options.onStop(await doStop({ ...common, ...where }));
      if (options.fresh) {
        await pair.stop();
        pair = undefined;
      }
    }
  } finally {
    await pair?.stop();
    targets.forEach((target) => target.stop());
  }
}
