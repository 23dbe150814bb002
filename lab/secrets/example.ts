import { createHmac } from "node:crypto";
import type { Lab } from "../lab";
import type { StackConfig } from "../stack";

/** Settings that need additional secrets, and these secrets by key path. */
export interface SecretExample {
  readonly config: StackConfig;
  readonly secrets: Readonly<Record<string, string>>;
}

/** A secret that exists only in this run. Each call with the same name returns the same secret. */
export function secretOf(lab: Lab, name: string): string {
  return createHmac("sha256", lab.canary).update(name).digest("hex").slice(0, 36);
}

/**
 * Settings with an additional secret of each kind: the webhook of an additional channel, and a credential that
 * Alertmanager sends.
 */
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

/** Other values for all these secrets. They stand for the values before a rotation, and do not work anywhere. */
export function olderSecrets(lab: Lab): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(secretExample(lab).secrets).map(([key, value]) => {
      const other = secretOf(lab, `older ${key}`);
      return [key, value.includes("/") ? value.replace(/[^/]+$/, other) : other];
    }),
  );
}
