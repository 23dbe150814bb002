import { chartFaults } from "../../../values/chart-source";
import { releaseValues } from "../../../values/release-values";
import { type Configuration, whatIsUnread } from "../../../config";
import { type Check, failed, ok, skipped, warning } from "../../shared/check-result";

/** Every problem in the configuration itself, as the program words it; each problem is a row. */
export function configurationCheck(configuration: Configuration): Check {
  return {
    name: "configuration",
    async run() {
      const { settings, credentials } = configuration;
      const release = releaseValues(settings, Object.keys(credentials));
      const faults = [...configuration.faults, ...(await chartFaults(settings.chart)), ...release.faults];
      const line = ({ key, sentence }: { key: string; sentence: string }) => `${key}: ${sentence}`;
      const results = [
        ...faults.map((fault) => failed(line(fault))),
        ...release.warnings.map((one) => warning(line(one))),
        ...(configuration.unread.length > 0
          ? [skipped(`${whatIsUnread} was not checked yet, so more may follow.`)]
          : []),
      ];
      return results.length > 0
        ? results
        : [ok("no problem in the settings, the rules, the receivers and the values.")];
    },
  };
}
