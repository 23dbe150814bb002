import { spawn } from "node:child_process";
import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import { WebSocket, WebSocketServer } from "ws";
import { reasonOf } from "../control-plane/reason";

/** The protocol of `kubectl exec` over WebSocket: binary messages whose first byte is the channel. */
const protocol = "v5.channel.k8s.io";
const channels = { stdout: 1, stderr: 2, status: 3 } as const;

/** A command on this machine that stands for a command in a container. */
export interface LocalCommand {
  readonly command: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string;
}

/** A command that somebody wants to run in a container of one of the node's pods. */
export interface WantedCommand {
  readonly namespace: string;
  readonly pod: string;
  readonly container: string;
  readonly command: readonly string[];
}

/** Finds the command on this machine; returns an error message if the lab cannot run it. */
export type FindCommand = (wanted: WantedCommand) => Promise<LocalCommand | string>;

/** Whether a request comes from `kubectl exec`. */
export function isExec(request: Pick<IncomingMessage, "url">): boolean {
  return /^\/exec\//.test(request.url ?? "");
}

/** Handles exec requests to a kubelet (`/exec/<namespace>/<pod>/<container>?command=…`), without standard input. */
export function executor(find: FindCommand) {
  const server = new WebSocketServer({
    noServer: true,
    handleProtocols: (offered) => (offered.has(protocol) ? protocol : false),
  });
  return (request: IncomingMessage, socket: Duplex, head: Buffer): void => {
    const url = new URL(request.url ?? "/", "https://kubelet");
    const [, , namespace = "", pod = "", container = ""] = url.pathname.split("/").map(decodeURIComponent);
    const wanted = { namespace, pod, container, command: url.searchParams.getAll("command") };
    const asksForInput = ["input", "tty"].some((name) => ["1", "true"].includes(url.searchParams.get(name) ?? ""));
    server.handleUpgrade(request, socket, head, (webSocket) => {
      const found = asksForInput ? Promise.resolve("the lab runs commands only without -i and -t") : find(wanted);
      found.then(
        (local) => run(webSocket, local),
        (error: unknown) => run(webSocket, reasonOf(error)),
      );
    });
  };
}

function run(webSocket: WebSocket, local: LocalCommand | string): void {
  const send = (channel: number, data: string | Buffer) => {
    if (webSocket.readyState === WebSocket.OPEN) webSocket.send(Buffer.concat([Buffer.of(channel), Buffer.from(data)]));
  };
  const end = (status: object) => {
    send(channels.status, JSON.stringify({ metadata: {}, ...status }));
    webSocket.close(1000);
  };
  const fail = (message: string) => end({ status: "Failure", reason: "InternalError", message });
  webSocket.on("error", () => undefined);
  if (typeof local === "string") return fail(local);
  const { command, args, env, cwd } = local;
  const child = spawn(command, args, { env, cwd, stdio: ["ignore", "pipe", "pipe"] });
  child.stdout.on("data", (data: Buffer) => send(channels.stdout, data));
  child.stderr.on("data", (data: Buffer) => send(channels.stderr, data));
  child.on("error", (error) => fail(reasonOf(error)));
  child.on("close", (code) => {
    if (code === 0) return end({ status: "Success" });
    // kubectl exits with this exit code.
    const causes = [{ reason: "ExitCode", message: String(code ?? 137) }];
    const message = `command terminated with exit code ${code ?? 137}`;
    return end({ status: "Failure", reason: "NonZeroExitCode", message, details: { causes } });
  });
  webSocket.on("close", () => child.kill());
}
