import * as fs from "node:fs";

/**
 * The API server's audit policy. Every requested change is logged with its user and status, but without its content,
 * which may be secret. Node heartbeats and events are not logged, because they would only fill the file.
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

/** A requested change, from the API server's audit log. */
export interface AuditEntry {
  readonly at: string;
  readonly user: string;
  readonly verb: string;
  /** The path with its query, which shows whether the request is a dry run. */
  readonly requestUri: string;
  readonly status: number;
  /** Whether the request is a dry run, which changes nothing. */
  readonly dryRun: boolean;
}

/** Reads the audit log: all changes so far, or only the changes of one user. */
export function readAuditLog(file: string, user?: string): AuditEntry[] {
  const lines = fs.existsSync(file) ? fs.readFileSync(file, "utf8").split("\n") : [];
  return lines
    .slice(0, -1) // Drops the last part, which is empty or half an entry.
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
