import type { Configuration } from "../../../config";
import { awsFault } from "../../../lookup/aws/errors";
import { proxiesOf, proxyFor } from "../../../settings/proxies";
import { validSections } from "../../../settings/readable";
import type { StackSettings } from "../../../settings/stack-settings";
import { isService } from "../../../validation/url-ports";
import { workspaceRegion, workspaceUrl } from "../../../values/long-term";
import { StackUnreadable } from "../../stack/cli";
import { NotApplied } from "../../stack/outputs";
import type { SecretText } from "../../stack/secret-text";
import { type Check, type CheckResult, skipped } from "../../shared/check-result";
import { HttpFailure, send } from "../../shared/http";
import { awsKeys, type Keys } from "../aws/clients";
import { unreadable } from "../cluster";
import { explainNoAnswer, explainWrite } from "../long-term/explain";
import { signedHeaders } from "../long-term/signature";
import type { Pages } from "./pages";

interface Writer {
  readonly configuration: Configuration;
  readonly credentials: Readonly<Record<string, SecretText>>;
  readonly outputs?: Pages["outputs"] | undefined;
}

/** A write without samples: the protobuf message has no bytes, and Snappy writes its length, which is one zero byte. */
const emptyWrite = "\u0000";
const writeHeaders = {
  "content-encoding": "snappy",
  "content-type": "application/x-protobuf",
  "x-prometheus-remote-write-version": "0.1.0",
};

/** Checks whether the long-term engine takes writes, with a write that has no samples. Without an engine, no check. */
export function longTermChecks(
  { configuration, credentials, outputs }: Writer,
  timeoutMs?: number,
  keysFor: typeof awsKeys = awsKeys,
): Check[] {
  const { longTerm, aws } = validSections(configuration);
  if (longTerm !== undefined && longTerm.engine === undefined) return [];
  const run = async (signal: AbortSignal): Promise<CheckResult[]> => {
    if (longTerm === undefined) return [unreadable("longTerm")];
    if (aws === undefined) return [skipped("the region could not be read, as the configuration's check says.")];
    const url = await urlOf({ longTerm, aws }, outputs);
    if (typeof url !== "string") return [url];
    const { host, hostname } = new URL(url);
    if (isService(hostname)) {
      return [
        skipped(
          `${host} is a Service in the cluster, which this machine does not reach. PrometheusRemoteWriteBehind fires if Prometheus does not reach it.`,
        ),
      ];
    }
    const login = await loginOf({ longTerm, aws }, url, credentials, keysFor);
    if ("status" in login) return [login];
    try {
      // Redirects are not followed: the login would go to their target.
      const answer = await send(url, {
        method: "POST",
        headers: login.headers,
        body: emptyWrite,
        onlyBytes: 1024,
        proxy: proxyFor(url, proxiesOf(process.env, longTerm.engine === "amp" ? aws : {})),
        timeoutMs,
        signal,
      });
      return [explainWrite(answer, { host, longTerm, role: login.role })];
    } catch (error) {
      if (!(error instanceof HttpFailure)) throw error;
      return [explainNoAnswer(error)];
    }
  };
  return [{ name: "long-term engine", run }];
}

type Settings = Pick<StackSettings, "longTerm" | "aws">;

/** The URL to which Prometheus writes; the reason, if the workspace does not exist yet. */
async function urlOf(settings: Settings, outputs: Writer["outputs"]): Promise<string | CheckResult> {
  const { url, workspace } = settings.longTerm;
  if (url !== undefined) return url;
  if (workspace !== undefined && workspace !== "create") return workspaceUrl(workspaceRegion(settings), workspace);
  try {
    const id = (await outputs?.())?.["workspaceId"];
    if (typeof id === "string") return workspaceUrl(workspaceRegion(settings), id);
  } catch (error) {
    if (!(error instanceof StackUnreadable)) throw error;
    if (!(error instanceof NotApplied)) return skipped(error.message);
  }
  return skipped("`pulumi up` creates the workspace; run this again afterwards.");
}

/** The headers of the write, and the role that signed it. */
async function loginOf(
  settings: Settings,
  url: string,
  credentials: Writer["credentials"],
  keysFor: typeof awsKeys,
): Promise<{ readonly headers: Record<string, string>; readonly role?: string | undefined } | CheckResult> {
  const { engine, credential, user } = settings.longTerm;
  if (engine === "amp") {
    try {
      const { keys, role } = await writerKeys(settings, keysFor);
      const to = { region: workspaceRegion(settings), keys };
      return { headers: await signedHeaders({ url, headers: writeHeaders, body: emptyWrite }, to), role };
    } catch (error) {
      return skipped(`the write could not be signed: ${awsFault(error).sentence}`);
    }
  }
  if (credential === undefined) return { headers: { ...writeHeaders } };
  const secret = credentials[credential];
  if (secret === undefined)
    return skipped(`alerting:credentials.${credential} could not be read, as the configuration's check says.`);
  const text = secret.reveal();
  const authorization =
    user === undefined ? `Bearer ${text}` : `Basic ${Buffer.from(`${user}:${text}`).toString("base64")}`;
  return { headers: { ...writeHeaders, authorization } };
}

/** The role's credentials, if the operator may assume it; otherwise the operator's own. */
async function writerKeys(
  { longTerm: { role }, aws }: Settings,
  keysFor: typeof awsKeys,
): Promise<{ readonly keys: Keys; readonly role?: string }> {
  if (role !== undefined) {
    try {
      return { keys: await keysFor(aws, role), role };
    } catch {
      // A role that trusts only the cluster's service accounts cannot be assumed from here.
    }
  }
  return { keys: await keysFor(aws) };
}
