import type { StackSettings } from "../../../settings/stack-settings";
import { type CheckResult, failed, ok, warning } from "../../shared/check-result";
import type { HttpAnswer, HttpFailure } from "../../shared/http";
import { explainNetworkError } from "../network-errors";

/** How the test write was sent. */
export interface Attempt {
  readonly host: string;
  readonly longTerm: StackSettings["longTerm"];
  /** The role that signed the write; undefined if the operator's own credentials did, or if nothing is signed. */
  readonly role?: string | undefined;
}

const isAmp = ({ longTerm }: Attempt) => longTerm.engine === "amp";

/** The path at which each engine takes remote write, by its documentation. */
const paths: Readonly<Record<string, string>> = {
  mimir: "Mimir and Grafana Cloud take remote write at a path that ends with /api/v1/push.",
  thanos: "Thanos Receive takes remote write at /api/v1/receive.",
  "victoria-metrics":
    "VictoriaMetrics takes remote write at /api/v1/write, its cluster at /insert/<account>/prometheus/api/v1/write.",
};

/** What the engine's answer to a write without samples says about the writes of Prometheus. */
export function explainWrite(answer: HttpAnswer, attempt: Attempt): CheckResult {
  const { status, headers, redirectsTo, isFromProxy } = answer;
  const { host, longTerm } = attempt;
  if (isFromProxy) {
    return warning(
      `the proxy in this machine's environment does not allow a request to ${host} (${status}), so it is unknown what the engine answers.`,
      `Add ${host} to NO_PROXY, or allow it in the proxy. Prometheus does not use this proxy.`,
    );
  }
  const word = /^[A-Za-z]{1,60}(?=$|:)/.exec(String(headers["x-amzn-errortype"] ?? ""))?.[0];
  const said = `${host} answered ${status}${word === undefined ? "" : ` ${word}`}`;
  if (status >= 200 && status < 300) {
    return ok(
      `takes writes: ${host} accepted one without samples ${loginOf(attempt)} (${status}).${ofPrometheus(attempt)}`,
    );
  }
  if (status >= 300 && status < 400) {
    return failed(
      `${said}: a redirect${redirectsTo ? ` to ${redirectsTo.host}` : ""}, which was not followed.`,
      "Is there a sign-in page or a proxy in between? If not, write the final URL in alerting:longTerm.url.",
    );
  }
  if (status === 401 || status === 403) return refused(said, attempt);
  if (status === 404) {
    return isAmp(attempt) && longTerm.url === undefined
      ? failed(
          `${said}: it knows no such workspace.`,
          "Is alerting:longTerm.workspace its id, and alerting:longTerm.region its region?",
        )
      : failed(`${said}: nothing takes remote write at this path.`, pathOf(attempt));
  }
  if (status === 429) {
    return warning(
      `${said}: a limit of the engine is reached, so it is unknown whether it takes samples. Prometheus sends those that it refuses in this way again, for about two hours.`,
      "Raise the engine's limit for samples or series, or send fewer: alerting:longTerm.keep.",
    );
  }
  if (status >= 500) {
    return warning(
      `${said}: the engine has a problem. Prometheus sends its samples again for about two hours; alerts do not depend on the engine.`,
      "See the engine's own log, and run this again later.",
    );
  }
  if (status === 400) {
    return warning(
      `${said}: it does not accept a write without samples, so it is unknown whether it takes those of Prometheus.`,
      "After `pulumi up`, PrometheusRemoteWriteLosing fires if it refuses them, and its runbook shows the answer.",
    );
  }
  return failed(`${said}, so it would refuse the writes of Prometheus as well.`, pathOf(attempt));
}

/** What it means that there is no answer. Often only the cluster reaches the engine, so most errors are warnings. */
export function explainNoAnswer({ code, host, atProxy }: HttpFailure): CheckResult {
  const sender = { program: "Prometheus", proxy: "this machine's environment" };
  const result = explainNetworkError(code, host, atProxy, sender);
  return /certificate|TLS/.test(result.what) ? result : { ...result, status: "warning" };
}

function refused(said: string, attempt: Attempt): CheckResult {
  const { longTerm, role } = attempt;
  const { credential, user } = longTerm;
  if (isAmp(attempt)) {
    const further = "Is alerting:longTerm.region the workspace's region, and is this machine's clock right?";
    return role === undefined
      ? warning(
          `${said}: it refuses a write that your own credentials sign, so it is unknown whether it takes those of Prometheus.${ofPrometheus(attempt)}`,
          `Give that role the right aps:RemoteWrite on the workspace (docs/long-term.md); to test it here, you need this right too. ${further}`,
        )
      : failed(
          `${said}: it refuses a write that ${role} signs.`,
          `Give the role the right aps:RemoteWrite on the workspace (docs/long-term.md). ${further}`,
        );
  }
  if (credential === undefined) {
    return failed(
      `${said}: it asks for a login, and alerting:longTerm has none.`,
      "Set alerting:longTerm.credential and, for a password, alerting:longTerm.user (docs/long-term.md).",
    );
  }
  return failed(
    `${said}: it refuses ${user === undefined ? "the bearer token" : `the user ${user} or the password`}.`,
    `Run \`pulumi config set --secret --path alerting:credentials.${credential}\`, paste it there, and \`pulumi up\`. ${
      user === undefined ? "If it is a password, set alerting:longTerm.user too." : "Is alerting:longTerm.user right?"
    }`,
  );
}

function loginOf(attempt: Attempt): string {
  const { longTerm, role } = attempt;
  if (isAmp(attempt)) return role === undefined ? "that your own credentials signed" : `that ${role} signed`;
  if (longTerm.credential === undefined) return "without a login";
  return longTerm.user === undefined ? "with the bearer token" : `from the user ${longTerm.user}`;
}

/** How Prometheus itself signs, which this machine cannot test. */
function ofPrometheus({ longTerm: { engine, signing, role } }: Attempt): string {
  if (engine !== "amp") return "";
  const how =
    signing === "token"
      ? `as ${role}, by a token of its service account`
      : role === undefined
        ? "as the role of its node"
        : `as ${role}, which its node's role has to assume`;
  return ` Prometheus itself signs ${how}; that was not tested.`;
}

function pathOf({ longTerm: { engine } }: Attempt): string {
  return `Check alerting:longTerm.url. ${paths[engine ?? ""] ?? "The path ends with /api/v1/remote_write."}`;
}
