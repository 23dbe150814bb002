/** An alert as message templates receive it. */
export interface AlertInMessage {
  readonly status: "firing" | "resolved";
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly startsAt?: string;
  readonly endsAt?: string;
  readonly generatorURL: string;
}

interface Differences {
  /** A label whose value is `undefined` is left out. */
  readonly labels?: Readonly<Record<string, string | undefined>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly startsAt?: string;
  /** If set, the alert is resolved. */
  readonly endsAt?: string;
  readonly generatorURL?: string;
}

/** An InstanceDown alert, changed by `more`. */
export function alertInMessage(instance: string, more: Differences = {}): AlertInMessage {
  return {
    status: more.endsAt === undefined ? "firing" : "resolved",
    labels: defined({
      alertname: "InstanceDown",
      cluster: "lab",
      environment: "dev",
      instance,
      job: "node",
      severity: "critical",
      ...more.labels,
    }),
    annotations: {
      summary: `Instance ${instance} is down`,
      description: `${instance} of job node has not answered Prometheus' scrapes.`,
      runbook_url: "https://runbooks.example/InstanceDown.md?a=1&b=2",
      ...more.annotations,
    },
    startsAt: "startsAt" in more ? more.startsAt : "2026-11-22T14:03:05Z",
    endsAt: more.endsAt,
    generatorURL: more.generatorURL ?? "http://prometheus.example/graph?g0.expr=up+%3D%3D+0&g0.tab=1",
  };
}

/** The data that Alertmanager passes to the templates for a group of these alerts. */
export function messageData(
  alerts: readonly AlertInMessage[],
  more: { readonly groupLabels?: Readonly<Record<string, string>> } = {},
) {
  return {
    receiver: "slack",
    status: alerts.some(({ status }) => status === "firing") ? "firing" : "resolved",
    alerts,
    groupLabels: more.groupLabels ?? { alertname: "InstanceDown", cluster: "lab" },
    commonLabels: common(alerts.map(({ labels }) => labels)),
    commonAnnotations: common(alerts.map(({ annotations }) => annotations)),
    externalURL: "http://alertmanager.example",
  };
}

function common(all: readonly Readonly<Record<string, string>>[]): Record<string, string> {
  const [first = {}, ...rest] = all;
  return Object.fromEntries(Object.entries(first).filter(([name, value]) => rest.every((one) => one[name] === value)));
}

function defined(labels: Readonly<Record<string, string | undefined>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(labels).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
}
