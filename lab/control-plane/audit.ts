import * as fs from "node:fs";

/**
 * What the API server writes down: every change that was asked for, by whom and with what answer, and never its
 * content, which may be secret. Heartbeats of nodes and events would only fill the file.
 */
export const auditPolicy = {
  apiVersion: "audit.k8s.io/v1",
  kind: "Policy",
  omitStages: ["RequestReceived"],
  rules: [
    { level: "None", verbs: ["get", "list", "watch"] },
    { level: "None", resources: [{ group: "coordination.k8s.io" }, { group: "", resources: ["events"] }] },
    { level: "None", resources: [{ group: "events.k8s.io" }, { group: "authentication.k8s.io" }] },
    { level: "None", resources: [{ group: "authorization.k8s.io" }, { group: "", resources: ["nodes/status"] }] },
    { level: "Metadata" },
  ],
};

/** A change that someone asked the API server for. */
export interface AuditEntry {
  readonly at: string;
  readonly user: string;
  readonly verb: string;
  /** With its query: a dry run shows in it. */
  readonly requestUri: string;
  readonly status: number;
  /** A dry run changes nothing. */
  readonly dryRun: boolean;
}

/** The audit log so far: all changes, or those of one user. */
export function readAuditLog(file: string, user?: string): AuditEntry[] {
  const lines = fs.existsSync(file) ? fs.readFileSync(file, "utf8").split("\n") : [];
  return lines
    .slice(0, -1) // What follows the last line break is nothing yet, or half an entry.
    .map((line) => toEntry(JSON.parse(line) as RawEvent))
    .filter((entry) => user === undefined || entry.user === user);
}

interface RawEvent {
  readonly requestReceivedTimestamp: string;
  readonly user: { readonly username: string };
  readonly verb: string;
  readonly requestURI: string;
  readonly responseStatus?: { readonly code?: number };
}

function toEntry(event: RawEvent): AuditEntry {
  const query = new URL(event.requestURI, "https://api.invalid").searchParams;
  return {
    at: event.requestReceivedTimestamp,
    user: event.user.username,
    verb: event.verb,
    requestUri: event.requestURI,
    status: event.responseStatus?.code ?? 0,
    dryRun: query.has("dryRun"),
  };
}
