import * as http from "node:http";
import * as https from "node:https";
import type { AddressInfo } from "node:net";
import { once } from "node:events";

interface Posted {
  readonly labels: Record<string, string>;
  readonly startsAt?: string;
  readonly endsAt?: string;
}

/** A server on loopback with the parts of Alertmanager that a drill uses. The test sets its answers. */
export interface FakeAlertmanager {
  readonly origin: string;
  readonly posted: Posted[];
  /** Changes an integration's counters: attempted notifications, requests, failed requests, and failures by reason. */
  count(change: {
    begun?: number;
    requests?: number;
    failedRequests?: number;
    failed?: string;
    seconds?: number;
    integration?: string;
  }): void;
  /** The status that the API returns for its alerts. */
  status: { silencedBy: string[]; inhibitedBy: string[]; mutedBy: string[] };
  /** The silences that the API returns. */
  silences: object[];
  /** How many members its cluster has; 0 if it has no cluster. */
  members: number;
  /** Alertmanager's configuration as YAML text. */
  configuration: string;
  /** The password of each user; if there are no users, anyone has access. */
  users: Record<string, string>;
  /** The users that requests named; the empty string stands for a request without a user. */
  readonly seen: Set<string>;
  stop(): Promise<void>;
}

/** Starts the server, with TLS if a certificate is given. */
export async function fakeAlertmanager(tls?: { cert: string; key: string }): Promise<FakeAlertmanager> {
  const counts = new Map<string, { begun: number; requests: number; failedRequests: number; seconds: number }>();
  const failures = new Map<string, number>();
  const held = new Map<string, Posted>();
  const of = (integration: string) => {
    const found = counts.get(integration) ?? { begun: 0, requests: 0, failedRequests: 0, seconds: 0 };
    counts.set(integration, found);
    return found;
  };
  of("slack");
  const fake: Omit<FakeAlertmanager, "origin" | "stop"> = {
    posted: [],
    users: {},
    seen: new Set(),
    status: { silencedBy: [], inhibitedBy: [], mutedBy: [] },
    silences: [],
    members: 0,
    configuration:
      "route: { receiver: slack, group_wait: 200ms, group_interval: 200ms }\nreceivers: [{ name: slack, slack_configs: [{ channel: x }] }]\n",
    count: ({ integration = "slack", failed, ...change }) => {
      const count = of(integration);
      for (const [key, more] of Object.entries(change)) count[key as keyof typeof count] += more;
      const key = `integration="${integration}",reason="${failed}"`;
      if (failed !== undefined) failures.set(key, (failures.get(key) ?? 0) + 1);
    },
  };
  const metrics = () =>
    [...counts]
      .flatMap(([integration, { begun, requests, failedRequests, seconds }]) =>
        Object.entries({
          notifications_total: begun,
          notification_requests_total: requests,
          notification_requests_failed_total: failedRequests,
          notification_latency_seconds_sum: seconds,
        }).map(([name, value]) => `alertmanager_${name}{integration="${integration}"} ${value}`),
      )
      .concat([...failures].map(([labels, value]) => `alertmanager_notifications_failed_total{${labels}} ${value}`))
      .join("\n");
  const groups = (wanted: string) =>
    [...held.values()]
      .filter(({ labels, endsAt }) => {
        const [, name = "", value = ""] = /^(\w+)="(.*)"$/.exec(wanted) ?? [];
        return labels[name] === value && (endsAt === undefined || Date.parse(endsAt) > Date.now());
      })
      .map((alert) => ({
        labels: {},
        receiver: { name: "slack" },
        alerts: [
          {
            labels: alert.labels,
            startsAt: alert.startsAt,
            endsAt: alert.endsAt ?? new Date(Date.now() + 300_000).toISOString(),
            receivers: [{ name: "slack" }],
            status: { state: "active", ...fake.status },
          },
        ],
      }));
  const answer: http.RequestListener = (request, response) => {
    const [user = "", password] = loginOf(request);
    fake.seen.add(user);
    if (Object.keys(fake.users).length > 0 && (user === "" || fake.users[user] !== password)) {
      response.writeHead(401, { "WWW-Authenticate": "Basic" }).end("Unauthorized\n");
      return;
    }
    const url = new URL(request.url ?? "/", "http://fake");
    let body = "";
    request.on("data", (chunk: Buffer) => (body += chunk.toString()));
    request.on("end", () => {
      switch (`${request.method} ${url.pathname}`) {
        case "GET /-/ready":
          return response.end("OK");
        case "GET /metrics":
          return response.end(`${metrics()}\nalertmanager_config_hash ${fake.configuration.length}\n`);
        case "GET /api/v2/status":
          return response.end(JSON.stringify(statusOf(fake)));
        case "GET /api/v2/silences":
          return response.end(JSON.stringify(fake.silences));
        case "GET /api/v2/alerts/groups":
          return response.end(JSON.stringify(groups(url.searchParams.get("filter") ?? "")));
        case "POST /api/v2/alerts":
          for (const alert of JSON.parse(body) as Posted[]) {
            fake.posted.push(alert);
            // An alert without a start time starts when it is received, not when it is queried.
            held.set(JSON.stringify(alert.labels), { startsAt: new Date().toISOString(), ...alert });
          }
          return response.end();
        default:
          return response.writeHead(404).end("not found");
      }
    });
  };
  const server = tls === undefined ? http.createServer(answer) : https.createServer(tls, answer);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const origin = `http${tls ? "s" : ""}://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const stop = () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  return Object.assign(fake, { origin, stop });
}

function statusOf({ configuration, members }: Pick<FakeAlertmanager, "configuration" | "members">): object {
  const peers = Array.from({ length: members }, (_, index) => ({ name: `peer-${index}`, address: "10.0.0.1:9094" }));
  return { config: { original: configuration }, cluster: { status: members > 0 ? "ready" : "disabled", peers } };
}

/** The user and the password of a request. */
function loginOf({ headers }: http.IncomingMessage): string[] {
  const both = Buffer.from(headers.authorization?.split(" ")[1] ?? "", "base64").toString();
  return both === "" ? [] : both.split(":");
}
