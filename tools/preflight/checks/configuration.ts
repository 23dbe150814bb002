import { chartFaults } from "../../../values/chart-source";
import { releaseValues } from "../../../values/release-values";
import { type Configuration, whatIsUnread } from "../../../config";
import { type Check, failed, ok, skipped, warning } from "../check";

/** Everything that is wrong with the configuration itself, as the program says it; each fault is a row. */
export function configurationCheck(configuration: Configuration): Check {
  return {
    name: "configuration",
    async run() {
      const { settings, credentials } = configuration;
      const release = releaseValues(settings, Object.keys(credentials));
      const faults = [...configuration.faults, ...(await chartFaults(settings.chart)), ...release.faults];
      const line = ({ key, sentence }: { key: string; sentence: string }) => `${key}: ${sentence}`;
      const findings = [
        ...faults.map((fault) => failed(line(fault))),
        ...release.warnings.map((one) => warning(line(one))),
        ...(configuration.unread.length > 0
          ? [skipped(`${whatIsUnread} was not checked yet, so more may follow.`)]
          : []),
      ];
      return findings.length > 0
        ? findings
        : [ok("no fault in the settings, the rules, the receivers and the values.")];
    },
  };
}
