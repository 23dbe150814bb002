import { colors } from "../tools/shared/colors";
import { Ending, endWithProcess } from "./ending";
import { userConfigLines, readUserConfig } from "./user-config";
import type { UserConfig } from "./user-config";
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
  /** Finds the programs and starts the lab. */
  startLab(): Promise<Lab>;
}

/**
 * Opens a run in a new directory, with the profile that `PROFILE` names and the configuration that `CONFIG` names. The
 * run ends with the process.
 */
export async function openRun(): Promise<Run> {
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
  return {
    profile,
    given,
    screen,
    progress,
    ending,
    directory,
    startLab: async () => {
      const programs = await progress.stage("programs", (say) =>
        findPrograms(labPrograms, say, { signal: ending.signal }),
      );
      return progress.stage("lab start", () => startLab({ directory, profile, programs, ending, say: progress.tell }));
    },
  };
}
