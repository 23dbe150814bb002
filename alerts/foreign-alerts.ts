import type { KnownAlert } from "./known-alerts";

const anything = () => true;
const named = (alertname: string, severity: string): KnownAlert => ({
  title: `\`${alertname}\` (${severity})`,
  labels: { alertname, severity },
  mayHave: anything,
});

/** Typical alerts of users, each with every label that its object has. They show which alerts of users may be muted. */
export const foreignAlerts: readonly KnownAlert[] = [
  named("etcdNoLeader", "critical"),
  named("CoreDNSDown", "critical"),
  named("PostgresDown", "critical"),
  named("KubePersistentVolumeFillingUp", "critical"),
  named("AlertmanagerMembersInconsistent", "critical"),
  named("NodeRAIDDegraded", "critical"),
  named("ApiErrorRateHigh", "critical"),
  named("ApiErrorRateHigh", "warning"),
  named("RedisMemoryHigh", "warning"),
  named("NodeNetworkReceiveErrs", "warning"),
  named("KubeletTooManyPods", "info"),
  named("CephOSDDown", "page"),
];
