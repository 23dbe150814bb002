import * as http from "node:http";
import { buffer } from "node:stream/consumers";
import { setTimeout as delay } from "node:timers/promises";
import { Arrivals } from "../arrivals";
import type { PodKey } from "../aws/pod-credentials";
import { listenOnLoopback, type LoopbackServer } from "../processes/loopback-server";
import { freePort } from "../processes/ports";
import { ReplicaChoice } from "./replica-choice";
import { signerOf } from "./signature";
import { labelOfFirstSeries } from "./write-request";

/** A request to write samples, after its answer. */
export interface Write {
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly path: string;
  readonly status: number;
  /** The labels `cluster` and `__replica__` of the first series. */
  readonly cluster?: string | undefined;
  readonly replica?: string | undefined;
  /** Whether the engine got the samples. */
  readonly isKept: boolean;
  /** The key with which the request was signed. */
  readonly key?: PodKey | undefined;
  /** The bearer token. */
  readonly token?: string | undefined;
}

/** How the next requests are answered, if not by the engine. */
export interface Behavior {
  /** This status, without the engine. */
  readonly status?: number;
  /** Each request waits for this time. */
  readonly delayMs?: number;
}

/** The server in front of the engine. */
export interface Front {
  /** The URL for remote write to a workspace, signed. */
  workspaceUrl(workspace: string): string;
  /** The URL for remote write with a bearer token. */
  readonly tokenUrl: string;
  readonly writes: readonly Write[];
  /** Waits for a matching request after the first `from` requests. By default these are all that came until now. */
  next(match: (write: Write) => boolean, timeoutMs: number, from?: number): Promise<Write>;
  behave(behavior: Behavior): void;
  /** Accepts only these tokens. */
  accept(tokens: readonly string[]): void;
  /** Refuses connections from now on, and ends those that are open. */
  close(): Promise<void>;
  /** Accepts connections again, at the same address. */
  open(): Promise<void>;
  stop(): Promise<void>;
}

export interface FrontOptions {
  /** The URL of the engine, VictoriaMetrics. */
  readonly engine: string;
  readonly region: string;
  keyOf(accessKeyId: string): PodKey | undefined;
  /** The ARNs of the roles that may write, by the id of the workspace. */
  readonly workspaces?: Readonly<Record<string, readonly string[]>>;
}

/**
 * Starts the stand-in for Amazon Managed Service for Prometheus, and for a proxy that admits by a bearer token, in
 * front of an engine.
 */
export async function startFront(options: FrontOptions): Promise<Front> {
  const arrivals = new Arrivals<Write>("write");
  const choice = new ReplicaChoice();
  const workspaces = new Map(Object.entries(options.workspaces ?? {}));
  let behavior: Behavior = {};
  let tokens: readonly string[] = [];

  const admit = async (request: http.IncomingMessage, body: Buffer): Promise<Admission> => {
    const { method = "", url: path = "", headers } = request;
    if (path === tokenPath) {
      const token = /^Bearer (.*)$/.exec(headers.authorization ?? "")?.[1];
      return token !== undefined && tokens.includes(token)
        ? { token }
        : { token, status: 401, message: "The token is unknown" };
    }
    const workspace = /^\/workspaces\/([^/]+)\/api\/v1\/remote_write$/.exec(path)?.[1];
    if (workspace === undefined) return { status: 404, message: "Not found" };
    const signer = await signerOf({ method, path, headers, body }, { ...options, service: "aps" });
    if ("refusal" in signer) return { status: 403, message: signer.refusal };
    const { key } = signer;
    const writers = workspaces.get(workspace);
    if (writers === undefined) return { key, status: 404, message: `Workspace not found: ${workspace}` };
    if (!writers.includes(key.role))
      return { key, status: 403, message: `User: ${key.role} is not authorized to perform: aps:RemoteWrite` };
    return { key, isOfAmazon: true };
  };

  const handle = async (request: http.IncomingMessage, response: http.ServerResponse) => {
    const body = await buffer(request);
    if (behavior.delayMs !== undefined) await delay(behavior.delayMs, undefined, { ref: false });
    const { status, message, key, token, isOfAmazon } = await admit(request, body);
    const [cluster, replica] = ["cluster", "__replica__"].map((name) => labelOfFirstSeries(body, name));
    const note = (answered: number, text?: string, isKept = false) => {
      arrivals.add({ at: Date.now(), path: request.url ?? "", status: answered, cluster, replica, isKept, key, token });
      response.writeHead(answered, { "content-type": "application/json" });
      response.end(text === undefined ? undefined : JSON.stringify({ message: text }));
    };
    if (status !== undefined) return note(status, message);
    if (behavior.status !== undefined) return note(behavior.status, http.STATUS_CODES[behavior.status]);
    const isDropped = isOfAmazon && cluster !== undefined && replica !== undefined && !choice.takes(cluster, replica);
    // Amazon's service answers so to the replica that it has not chosen.
    if (isDropped) return note(202, `replicas did not match, rejecting sample: replica=${replica}`);
    const answered = await forwarded(`${options.engine}/api/v1/write`, request.headers, body);
    return note(answered, undefined, answered < 300);
  };

  const port = await freePort();
  const listen = () =>
    listenOnLoopback(
      http.createServer((request, response) => {
        void handle(request, response).catch(() => request.socket.destroy());
      }),
      port,
    );
  let listening: LoopbackServer | undefined = await listen();
  const close = async () => {
    const open = listening;
    listening = undefined;
    await open?.stop();
  };
  const origin = `http://127.0.0.1:${port}`;
  return {
    workspaceUrl: (workspace) => `${origin}/workspaces/${workspace}/api/v1/remote_write`,
    tokenUrl: `${origin}${tokenPath}`,
    writes: arrivals.all,
    next: (match, timeoutMs, from = arrivals.all.length) => arrivals.next(match, timeoutMs, from),
    behave: (next) => (behavior = next),
    accept: (next) => (tokens = next),
    close,
    open: async () => {
      listening ??= await listen();
    },
    stop: close,
  };
}

const tokenPath = "/api/v1/write";

/** Who sent a request, or the status with which the front refuses the request. */
interface Admission {
  readonly key?: PodKey;
  readonly token?: string | undefined;
  readonly isOfAmazon?: boolean;
  readonly status?: number;
  readonly message?: string;
}

/** The status of the engine's answer; 503 if the engine does not answer. */
async function forwarded(url: string, headers: http.IncomingHttpHeaders, body: Buffer): Promise<number> {
  const kept = ["content-type", "content-encoding", "x-prometheus-remote-write-version"];
  const passed = Object.fromEntries(kept.map((name) => [name, String(headers[name] ?? "")]));
  return fetch(url, { method: "POST", headers: passed, body: new Uint8Array(body) }).then(
    ({ status }) => (status < 300 ? 200 : status),
    () => 503,
  );
}
