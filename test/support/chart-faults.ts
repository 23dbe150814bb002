const unquoted = "(without quotes YAML reads 1.10 as 1.1)";
const noDefault = "is null, which deletes a default of the chart, and the chart has none here";

/** Chart values that have problems, and each problem that must be reported, as `<path>: <sentence>`. */
export const faults: Readonly<Record<string, readonly [values: unknown, ...found: string[]]>> = {
  "a misspelled key": [
    { server: { tolerationz: [] } },
    "server.tolerationz: is not a key here; is `tolerations` meant?",
  ],
  "a key that belongs elsewhere in the same section": [
    { server: { mountPath: "/data" } },
    "server.mountPath: is not a key here; the chart has it as server.persistentVolume.mountPath",
  ],
  "a key without its section": [
    { persistentVolume: {} },
    "persistentVolume: is not a key here; the chart has it as prometheus-pushgateway.persistentVolume or server.persistentVolume",
  ],
  "a key that only another section has": [
    { alertmanager: { image: { registry: "mirror.example" } } },
    "alertmanager.image.registry: is not a key here; known: pullPolicy, repository, tag",
  ],
  "a key in the wrong case": [{ server: { baseUrl: "x" } }, "server.baseUrl: is not a key here; is `baseURL` meant?"],
  "a key unlike any known key": [
    { server: { frobnicate: 1 } },
    "server.frobnicate: is not a key here, and the chart has none like it",
  ],
  "a key with dots": [
    { server: { "persistentVolume.size": "8Gi" } },
    'server["persistentVolume.size"]: is one key with dots in it; write `persistentVolume`, and in it `size`',
  ],
  "a mistyped toleration": [
    { server: { tolerations: [{ operater: "Exists", effect: "NoSchedul" }] } },
    "server.tolerations[0].operater: is not a key here; is `operator` meant?",
    'server.tolerations[0].effect: got "NoSchedul"; accepted: "NoSchedule", "PreferNoSchedule", "NoExecute". Is "NoSchedule" meant?',
  ],
  "a wrong type deep inside a Kubernetes object": [
    {
      alertmanager: {
        affinity: { podAntiAffinity: { preferredDuringSchedulingIgnoredDuringExecution: [{ weight: "100" }] } },
      },
    },
    'alertmanager.affinity.podAntiAffinity.preferredDuringSchedulingIgnoredDuringExecution[0].weight: got "100"; write 100, without quotes',
  ],
  "a wrong selector operator": [
    { server: { persistentVolume: { selector: { matchExpressions: [{ key: "a", operator: "Equals" }] } } } },
    'server.persistentVolume.selector.matchExpressions[0].operator: got "Equals"; accepted: "In", "NotIn", "Exists", "DoesNotExist"',
  ],
  "a quantity with an unknown unit": [
    { server: { resources: { limits: { memory: "2GB" } }, persistentVolume: { size: "8GB" } } },
    'server.persistentVolume.size: got "8GB"; accepted: a quantity of Kubernetes such as "8Gi" or "500m"',
    'server.resources.limits.memory: got "2GB"; accepted: a quantity of Kubernetes such as "8Gi" or "500m"',
  ],
  "a duration without a unit, as a number and as a string": [
    { server: { retention: 15, global: { scrape_interval: "15" } } },
    'server.global.scrape_interval: got "15"; accepted: a duration such as "30s", "1m30s" or "15d"',
    'server.retention: got 15; accepted: a duration such as "30s", "1m30s" or "15d"',
  ],
  "a size with an unknown unit": [
    { server: { retentionSize: "8Gi" } },
    'server.retentionSize: got "8Gi"; accepted: a size such as "8GB", "500MiB" or "1.5TB"',
  ],
  "a string that is not one of the accepted values": [
    { server: { podAntiAffinity: "Hard", image: { pullPolicy: "ifnotpresent" } } },
    'server.image.pullPolicy: got "ifnotpresent"; accepted: "Always", "IfNotPresent", "Never". Is "IfNotPresent" meant?',
    'server.podAntiAffinity: got "Hard"; accepted: "", "soft", "hard". Is "hard" meant?',
  ],
  "booleans of YAML 1.1": [
    { server: { hostNetwork: "yes" }, alertmanager: { enabled: "off" }, rbac: { create: "True" } },
    'alertmanager.enabled: got "off"; write false, without quotes',
    'rbac.create: got "True"; write true, without quotes',
    'server.hostNetwork: got "yes"; write true, without quotes',
  ],
  "numbers instead of booleans": [{ rbac: { create: 1 } }, "rbac.create: got 1; write true"],
  "numbers as strings": [
    { server: { replicaCount: "2", service: { servicePort: "8_080" } } },
    'server.replicaCount: got "2"; write 2, without quotes',
    'server.service.servicePort: got "8_080"; accepted: a whole number',
  ],
  "strings that look octal, hexadecimal or sexagesimal": [
    { server: { replicaCount: "0123", hostPort: "0x1F", revisionHistoryLimit: "1:30" } },
    'server.hostPort: got "0x1F"; accepted: a whole number',
    'server.replicaCount: got "0123"; accepted: a whole number',
    'server.revisionHistoryLimit: got "1:30"; accepted: a whole number',
  ],
  "an empty string instead of a number": [
    { server: { replicaCount: "" } },
    'server.replicaCount: got ""; accepted: a whole number',
  ],
  "a fraction instead of a whole number": [
    { server: { replicaCount: 1.5 } },
    "server.replicaCount: got 1.5; accepted: a whole number",
  ],
  "a number instead of a string": [
    { server: { image: { tag: 1.1 } } },
    `server.image.tag: got 1.1; write "1.1", in quotes ${unquoted}`,
  ],
  "values that are not strings in maps of strings": [
    { server: { nodeSelector: { a: true }, service: { annotations: { b: 9093 } } } },
    'server.nodeSelector.a: got true; write "true", in quotes',
    'server.service.annotations.b: got 9093; write "9093", in quotes',
  ],
  "a string instead of a list": [
    { server: { extraFlags: "web.enable-lifecycle" } },
    'server.extraFlags: got "web.enable-lifecycle"; accepted: a list, such as ["web.enable-lifecycle"]',
  ],
  "a map with numbers as keys instead of a list": [
    { imagePullSecrets: { 0: { name: "a" } } },
    "imagePullSecrets: got a map; accepted: a list",
  ],
  "a string and a list instead of a map": [
    { server: "x", alertmanager: [] },
    "alertmanager: got a list; accepted: a map",
    'server: got "x"; accepted: a map',
  ],
  "a JSON string instead of a map": [
    { server: { resources: "{}" } },
    'server.resources: got "{}"; accepted: a map; write it without quotes',
  ],
  "null for a key without a chart default": [
    { server: { schedulerName: null }, alertmanager: { nodeSelector: { a: null } } },
    `server.schedulerName: ${noDefault}; leave the key out, or give it a value`,
    `alertmanager.nodeSelector.a: ${noDefault}; leave the key out, or give it a value`,
  ],
  "null for a flag without a value": [
    { server: { extraArgs: { "web.enable-remote-write-receiver": null } } },
    `server.extraArgs["web.enable-remote-write-receiver"]: ${noDefault}; leave the key out, or give it a value. A flag without a value is written with the empty string ""`,
  ],
  "null in a list": [
    { server: { extraFlags: [null] } },
    "server.extraFlags[0]: is null, which is not valid in a list of the chart; remove the line",
  ],
  "a key that nothing reads": [
    { server: { statefulSet: { annotations: { a: "b" } } } },
    "server.statefulSet.annotations: is not read by any template of the chart, so it would have no effect; leave it out",
  ],
  "a credential of the wrong type, without printing it": [
    { "prometheus-pushgateway": { webConfiguration: { basicAuthUsers: { user: 12345678 } } } },
    "prometheus-pushgateway.webConfiguration.basicAuthUsers.user: got a number that is not shown; write it in quotes",
  ],
  "a value that only the chart's schema refuses": [
    { alertmanager: { config: { route: { group_by: ["not a label"] } } } },
    'alertmanager.config.route.group_by[0]: got "not a label"; it must match pattern "^[a-zA-Z_][a-zA-Z0-9_]*$|^...$", says the chart\'s own schema',
  ],
  "a key that is part of a longer name": [
    { "node-exporter": {}, server: { livenessProbe: {} } },
    "node-exporter: is not a key here; is `prometheus-node-exporter` meant?",
    "server.livenessProbe: is not a key here; the chart has livenessProbeFailureThreshold, livenessProbeInitialDelay, livenessProbePeriodSeconds, livenessProbeSuccessThreshold or livenessProbeTimeout",
  ],
  "a missing key of a list item": [
    { alertmanager: { extraSecretMounts: [{ name: "a", mountPath: "/a" }] } },
    "alertmanager.extraSecretMounts[0].secretName: is not set, but is required, says the chart's own schema",
  ],
  "a rule file that nothing names": [
    { serverFiles: { "alerting_rule.yml": { groups: [] } } },
    'serverFiles["alerting_rule.yml"]: is put beside Prometheus\' configuration, but serverFiles["prometheus.yml"].rule_files does not name it, so no rule in it is evaluated. Is `alerting_rules.yml` meant?',
  ],
  "keys such as __proto__ that would change JavaScript objects": [
    JSON.parse('{"__proto__": {"polluted": 1}, "server": {"constructor": {"prototype": {}}}}'),
    "__proto__: is not a valid key; remove it.",
    "server.constructor: is not a valid key; remove it.",
  ],
  "missing values": [null, ": has no value; accepted: a map"],
  "a list instead of the values": [["server"], ": got a list; accepted: a map"],
};
