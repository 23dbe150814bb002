import { createHmac } from "node:crypto";
import type { Lab } from "../lab";
import type { StackConfig } from "../stack";

/** Settings that need further secrets, and those, by the path of their key. */
export interface SecretExample {
  readonly config: StackConfig;
  readonly secrets: Readonly<Record<string, string>>;
}

/** A secret that only this run has; the same at every call. */
export function secretOf(lab: Lab, name: string): string {
  return createHmac("sha256", lab.canary).update(name).digest("hex").slice(0, 36);
}

/** A stack with one secret of each kind: a further channel's webhook, and a credential that Alertmanager sends. */
export function secretExample(lab: Lab): SecretExample {
  const payments = { channel: "#payments", credential: "payments-webhook", team: "payments" };
  return {
    config: {
      "alerting:slack": { channels: [payments] },
      "alerting:heartbeat": {
        ...lab.profile.heartbeat,
        authorization: { type: "Bearer", credential: "heartbeat-key" },
      },
    },
    secrets: {
      ...lab.secrets,
      "alerting:credentials.payments-webhook": `${lab.slack.origin}/services/T0LAB/B1LAB/${secretOf(lab, "payments")}`,
      "alerting:credentials.heartbeat-key": secretOf(lab, "heartbeat-key"),
    },
  };
}

/** The same stack with every secret another one, which leads nowhere; what it has before they are rotated. */
export function olderSecrets(lab: Lab): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(secretExample(lab).secrets).map(([key, value]) => {
      const other = secretOf(lab, `older ${key}`);
      return [key, value.includes("/") ? value.replace(/[^/]+$/, other) : other];
    }),
  );
}
