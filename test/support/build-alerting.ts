import { Alerting, type AlertingArgs } from "../../components/alerting";
import { awsProvider, kubernetesProvider, randomProvider } from "../../components/providers";
import { type ConfigurationSource, requireValid } from "../../config";
import { releaseValues } from "../../values/release-values";
import { record, settled } from "./mocks";
import { configuration, master, type Values } from "./settings";

/**
 * The resources that the program registers for a configuration, with mocks: one master, no volumes unless they are set,
 * and a custom certificate if one is given.
 */
export async function buildAlerting(
  values: Values,
  o: { certificate?: AlertingArgs["certificate"]; source?: Partial<ConfigurationSource> } = {},
) {
  const recorder = await record();
  const whole = requireValid(configuration({ storage: { type: "none" }, ...values }, o.source));
  const settings = o.certificate ? { ...whole.settings, certificateIsSet: true } : whole.settings;
  const alerting = new Alerting("alerting", {
    ...whole,
    settings,
    ...(o.certificate && { certificate: o.certificate }),
    values: releaseValues(settings, []).values,
    nodes: [{ node: { name: master, labels: {}, labelManagers: {} }, role: "master" }],
    providers: {
      cluster: kubernetesProvider(settings),
      aws: awsProvider(settings.aws),
      random: randomProvider(settings.access),
    },
  });
  await settled();
  return { recorder, settings, alerting };
}
