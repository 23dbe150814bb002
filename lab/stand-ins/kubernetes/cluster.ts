/**
 * The connection to the cluster. It uses the official client for the kubeconfig and for authentication, and sends plain
 * requests.
 */

import http from "node:http";
import https from "node:https";
import { text } from "node:stream/consumers";
import { setTimeout as delay } from "node:timers/promises";
import type { KubeConfig } from "@kubernetes/client-node";
import { Properties, textAt } from "../properties";

const requestTimeoutMs = 30_000;
const probeTimeoutMs = 10_000;
const pollMs = 200;

/** An object in the API server's format. */
export type KubernetesObject = Properties & { metadata: { name: string; namespace?: string } & Properties };

/** An error response of the API server. */
export class ApiError extends Error {
  constructor(
    readonly status: number,
    readonly reason: string,
    message: string,
    /** The kind of the object that the error is about, for example the object that does not exist. */
    readonly about?: string,
  ) {
    super(message);
  }
}

export interface RequestOptions {
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  readonly contentType?: string;
  readonly signal?: AbortSignal;
  readonly timeoutMs?: number;
}

export class Cluster {
  private constructor(
    private readonly config: KubeConfig,
    /** The kubeconfig's path; `undefined` if the default kubeconfig is used. */
    readonly kubeconfig: string | undefined,
  ) {}

  /** Opens the connection. */
  static async open({ kubeconfig, context }: { kubeconfig?: string; context?: string }): Promise<Cluster> {
    const client = await import("@kubernetes/client-node"); // takes a second, so not at the start
    const config = new client.KubeConfig();
    if (kubeconfig === undefined) config.loadFromDefault();
    else config.loadFromFile(kubeconfig);
    if (context !== undefined) {
      const names = config.getContexts().map(({ name }) => name);
      if (!names.includes(context)) {
        throw new Error(`context "${context}" does not exist (the kubeconfig has: ${names.join(", ") || "none"})`);
      }
      config.setCurrentContext(context);
    }
    if (!config.getCurrentCluster()) throw new Error("the kubeconfig has no current context with a known cluster");
    return new Cluster(config, kubeconfig);
  }

  /** The context's namespace, which is the default namespace of objects. */
  get namespace(): string {
    return this.config.getContextObject(this.context)?.namespace || "default";
  }

  /** A string that identifies this cluster. */
  get identity(): string {
    const { server, caData, caFile } = this.config.getCurrentCluster()!;
    return JSON.stringify([server, caData, caFile]);
  }

  /** The name of the context in use. */
  get context(): string {
    return this.config.getCurrentContext();
  }

  /** Throws if the cluster does not answer. */
  async probe(): Promise<void> {
    await this.request("GET", "/version", { timeoutMs: probeTimeoutMs });
  }

  async get(path: string): Promise<KubernetesObject | undefined> {
    return this.request("GET", path).catch((error: unknown) => {
      if (error instanceof ApiError && error.status === 404) return undefined;
      throw error;
    }) as Promise<KubernetesObject | undefined>;
  }

  async request(method: string, path: string, options: RequestOptions = {}): Promise<Properties> {
    const url = new URL(this.config.getCurrentCluster()!.server.replace(/\/$/, "") + path);
    for (const [key, value] of Object.entries(options.query ?? {})) url.searchParams.set(key, value);
    const body = options.body === undefined ? undefined : JSON.stringify(options.body);
    const timeout = AbortSignal.timeout(options.timeoutMs ?? requestTimeoutMs);
    const settings: https.RequestOptions = {
      method,
      headers: { accept: "application/json" },
      signal: options.signal ? AbortSignal.any([options.signal, timeout]) : timeout,
    };
    await this.config.applyToHTTPSOptions(settings);
    if (body !== undefined) {
      const type = options.contentType ?? "application/json";
      settings.headers = { ...settings.headers, "content-type": type, "content-length": Buffer.byteLength(body) };
    }
    const [status, answer] = await send(url, settings, body).catch((error: Error) => {
      if (timeout.aborted) throw new Error(`the API server at ${url.origin} did not answer in time`);
      options.signal?.throwIfAborted();
      throw new Error(`the API server at ${url.origin} cannot be reached: ${error.message}`);
    });
    const parsed: unknown = answer === "" ? {} : parseAnswer(answer);
    if (status >= 300) throw apiError(status, parsed, answer);
    return parsed as Properties;
  }

  /**
   * Reads one object repeatedly until `missing` returns `undefined`. Returns the object, or `undefined` if there is no
   * such object. After the time-out or a cancellation, throws an error that names what is missing.
   */
  async waitFor(o: {
    collection: string;
    name: string;
    missing: (object: KubernetesObject | undefined) => string | undefined;
    timeoutMs: number;
    signal: AbortSignal;
  }): Promise<KubernetesObject | undefined> {
    const deadline = Date.now() + o.timeoutMs;
    for (;;) {
      const found = await this.get(`${o.collection}/${encodeURIComponent(o.name)}`);
      const lacking = o.missing(found);
      if (lacking === undefined) return found;
      if (Date.now() > deadline)
        throw new Error(`timed out after ${Math.round(o.timeoutMs / 1000)} s waiting: ${lacking}`);
      if (o.signal.aborted) throw new Error(`${(o.signal.reason as Error).message} while waiting: ${lacking}`);
      await delay(pollMs, undefined, { signal: o.signal }).catch(() => undefined);
    }
  }
}

function send(url: URL, settings: https.RequestOptions, body: string | undefined): Promise<[number, string]> {
  return new Promise((resolve, reject) => {
    const request = (url.protocol === "https:" ? https : http).request(url, settings, (response) => {
      text(response).then((answer) => resolve([response.statusCode ?? 0, answer]), reject);
    });
    request.on("error", reject);
    request.end(body);
  });
}

function parseAnswer(answer: string): unknown {
  try {
    return JSON.parse(answer);
  } catch {
    return answer; // not JSON: a proxy's web page, or the plain text of `/healthz`
  }
}

function apiError(status: number, parsed: unknown, answer: string): ApiError {
  const message = textAt(parsed, "message") ?? answer.slice(0, 500);
  return new ApiError(status, textAt(parsed, "reason") ?? "", message, textAt(parsed, "details", "kind"));
}
