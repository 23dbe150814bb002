import { colors } from "../tools/shared/colors";
import { labNodes, threeMasters } from "./cluster-nodes";
import { Ending, endWithProcess } from "./ending";
import { userConfigLines, readUserConfig } from "./user-config";
import type { UserConfig } from "./user-config";
import type { Replicas } from "./idle";
import { labPrograms, startLab } from "./lab";
import type { Lab } from "./lab";
import { profileNamed } from "./profiles";
import type { Profile } from "./profiles";
import { findPrograms } from "./programs/find";
import { standardScreen, startProgress } from "./progress";
import type { Progress, Screen } from "./progress";
import { makeRunDirectory } from "./run-directory";

/** A run of the lab that a person watches: `make lab` and `make demo`. */
export interface Run {
  readonly profile: Profile;
  /** The configuration that `CONFIG` names. */
  readonly given: UserConfig | undefined;
  readonly screen: Screen;
  readonly progress: Progress;
  readonly ending: Ending;
  readonly directory: string;
  /** The replicas that the configuration asks for. */
  readonly replicas: Replicas;
  /** Finds the programs and starts the lab, with three masters if there are several replicas. */
  startLab(): Promise<Lab>;
}

const one: Replicas = { alertmanagers: 1, prometheus: 1 };

/**
 * Opens a run in a new directory, with the profile that `PROFILE` names and the configuration that `CONFIG` names. The
 * run ends with the process. Without such a configuration, there are as many replicas as `otherwise` says.
 */
export async function openRun(otherwise: Replicas = one): Promise<Run> {
  const profile = profileNamed(process.env.PROFILE);
  const given = await readUserConfig(process.env.CONFIG, profile);
  const screen = standardScreen();
  const progress = startProgress(screen);
  const ending = new Ending(screen.write);
  // Ctrl-C also interrupts `make`, which then ends with its own exit code. If this process had an exit code other than
  // 0, `make` would print an error.
  endWithProcess(ending, screen.write, 0);
  const directory = await makeRunDirectory();
  screen.write(
    `Profile ${colors.bold(profile.name)}: ${profile.description}.\nAll files of this run are in ${directory}`,
  );
  if (given !== undefined) {
    screen.write(userConfigLines(given).join("\n"));
  }
  const asked = given?.config["alerting:availability"] as Partial<Replicas> | undefined;
  const replicas = given === undefined ? otherwise : { ...one, ...asked };
  return {
    profile,
    given,
    screen,
    progress,
    ending,
    directory,
    replicas,
    startLab: async () => {
      const nodes = Math.max(replicas.alertmanagers, replicas.prometheus) > 1 ? threeMasters : labNodes;
      const programs = await progress.stage("programs", (say) =>
        findPrograms(labPrograms, say, { signal: ending.signal }),
      );
      return progress.stage("lab start", () =>
        startLab({ directory, profile, programs, nodes, ending, say: progress.tell }),
      );
    },
  };
}
