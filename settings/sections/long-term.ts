import { isDeepStrictEqual } from "node:util";
import { z } from "zod";
import { isLoopback, isService } from "../../validation/url-ports";
import { isCredentialName } from "../credentials";
import { awsRegion, distinct, refuse, webUrl } from "./value-types";

const engines = ["amp", "mimir", "thanos", "victoria-metrics"] as const;
const ofAmp = ["workspace", "region", "role", "signing"] as const;
const ofOthers = ["credential", "user"] as const;

const isNear = (host: string) => isService(host) || isLoopback(host);

/** The other settings if none is set. */
const unset = { signing: "node", keep: "all", also: [], maxShards: 10 };

const metricNames = z.string().regex(/^(?:[A-Za-z_:]|\.\*)(?:[A-Za-z0-9_:]|\.\*)*$/, {
  error: 'a metric\'s name, such as "http_requests_total", in which `.*` stands for any characters',
});

/** The engine that keeps samples longer than Prometheus, or of several clusters. Without an engine, nothing is sent. */
export const longTerm = z
  .strictObject({
    engine: z
      .enum(engines)
      .optional()
      .describe(
        "The engine that gets Prometheus' samples by remote write: Amazon Managed Service for Prometheus, Mimir (also Grafana Cloud), Thanos Receive or VictoriaMetrics (docs/long-term.md)",
      ),
    url: webUrl
      .refine((text) => !URL.canParse(text) || new URL(text).search === "", {
        error: "a URL without `?`, because this setting is stored unencrypted",
      })
      .optional()
      .describe("The engine's URL for remote write; for `amp` only if it has an endpoint in your VPC"),
    credential: z
      .string()
      .refine(isCredentialName, { error: "the name of a credential in alerting:credentials" })
      .optional()
      .describe("The name in `alerting:credentials` of the engine's bearer token or, with `user`, its password"),
    user: z.string().min(1).optional().describe("The user of basic authentication"),
    workspace: z
      .string()
      .regex(/^(create|ws-[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12})$/, {
        error: '"create", or the id of a workspace, which begins with ws-',
      })
      .optional()
      .describe("The id of the workspace of `amp`; `create` lets this stack make one"),
    region: awsRegion.optional().describe("The region of the workspace; default: the stack's region"),
    role: z
      .string()
      .regex(/^arn:[a-z-]+:iam::\d{12}:role\/[\w+=,.@/-]+$/, { error: "the ARN of a role" })
      .optional()
      .describe("The ARN of the role that may write to the workspace; default: the role of the node"),
    signing: z
      .enum(["node", "token"])
      .default("node")
      .describe(
        "How Prometheus gets AWS credentials: as its node, or by a token of its own service account, which `role` has to trust",
      ),
    keep: z
      .enum(["all", "used"])
      .default("all")
      .describe("Which series are sent: all, or those that the rules and dashboards use"),
    also: distinct(metricNames).default([]).describe("Metrics that are sent too if `keep` is `used`"),
    maxShards: z
      .int()
      .min(1, { error: "a number from 1 to 50" })
      .max(50, { error: "a number from 1 to 50" })
      .default(10)
      .describe("How many requests Prometheus sends at a time, at most"),
  })
  .prefault({})
  .superRefine(({ engine, ...settings }, context) => {
    const { url, workspace, role, signing, credential, user, keep, also } = settings;
    if (engine === undefined) {
      if (!isDeepStrictEqual(settings, unset))
        refuse(context, ["engine"], `one of ${engines.join(", ")}, because other keys of alerting:longTerm are set`);
      return;
    }
    const isAmp = engine === "amp";
    for (const key of isAmp ? ofOthers : ofAmp)
      if (settings[key] !== undefined && settings[key] !== "node")
        refuse(context, [key], `nothing here, because alerting:longTerm.engine is "${engine}"`);
    if (isAmp && (url === undefined) === (workspace === undefined))
      refuse(context, ["workspace"], 'the id of a workspace or "create", unless alerting:longTerm.url is set');
    if (!isAmp && url === undefined)
      refuse(context, ["url"], `the URL to which Prometheus writes, because alerting:longTerm.engine is "${engine}"`);
    if (credential !== undefined && url?.startsWith("http:") && URL.canParse(url) && !isNear(new URL(url).hostname))
      refuse(context, ["url"], "a URL that begins with https://, because the credential would be sent unencrypted");
    if (signing === "token" && role === undefined)
      refuse(context, ["role"], 'the ARN of a role, because alerting:longTerm.signing is "token"');
    if (user !== undefined && credential === undefined)
      refuse(context, ["credential"], "the name of the password of alerting:longTerm.user in alerting:credentials");
    if (keep === "all" && also.length > 0)
      refuse(context, ["also"], 'nothing here, because with alerting:longTerm.keep "all" every series is sent');
  });
