import { error, type Finding } from "../../validation/finding";
import { isMap, type PlainMap } from "../../validation/plain-data";

/** Keys of kube-prometheus-stack that no version of this program's chart has. */
const stackKeys = new Set(
  (
    "grafana kubeApiServer kubelet kubeControllerManager coreDns kubeDns kubeEtcd kubeScheduler kubeProxy defaultRules " +
    "additionalPrometheusRules additionalPrometheusRulesMap thanosRuler crds windowsMonitoring kube-prometheus-stack " +
    "prometheus-operator cleanPrometheusOperatorObjectNames"
  ).split(" "),
);
/** Keys that only this program's chart has. One file may contain the values of several charts. */
const ownKeys = ["server", "serverFiles", "alertmanagerFiles", "extraScrapeConfigs", "scrapeConfigs"];

const sentence =
  "holds values of the chart kube-prometheus-stack, which is not this program's chart; set up the receivers of its " +
  "`alertmanager.config` by `alerting:slack.channel` and `alerting:alertmanager`, write its rules into " +
  "`alerting:rules.groups` and its `additionalScrapeConfigs` as `alerting:values` `scrapeConfigs.<job>`, and leave the rest out.";

/** The one finding about values of another chart; undefined if they may belong to this program's chart. */
export function otherChart(tree: PlainMap): Finding | undefined {
  const { prometheus, alertmanager } = tree;
  const isSure =
    "prometheusOperator" in tree ||
    (isMap(prometheus) && "prometheusSpec" in prometheus) ||
    (isMap(alertmanager) && "alertmanagerSpec" in alertmanager);
  const isLikely = Object.keys(tree).some((key) => stackKeys.has(key)) && !ownKeys.some((key) => key in tree);
  return isSure || isLikely ? error([], sentence) : undefined;
}
