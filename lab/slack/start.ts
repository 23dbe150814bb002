import * as fs from "node:fs";
import * as http from "node:http";
import * as path from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { Arrivals } from "../arrivals";
import { holdsConnection } from "../processes/connection-owner";
import { listenOnLoopback } from "../processes/loopback-server";
import { resetConnection } from "../processes/reset";
import { pagePath, parsePayload, slackAnswer } from "./responses";
import type { AnswerMode } from "./responses";
import { AnswerModes } from "./response-modes";
import type { AnswerScope } from "./response-modes";

export type { AnswerMode } from "./responses";

/** A message that was received, whatever the answer was. */
export interface SlackMessage {
  readonly receivedAt: string;
  readonly path: string;
  /** The JSON that was posted, or the plain string if it was not JSON. */
  readonly payload: unknown;
  /** The status of the answer; zero if no answer was sent. */
  readonly answered: number;
  /** Whether the message was accepted and is now in the channel. */
  readonly taken: boolean;
}

/** A running receiver that answers incoming webhooks as Slack does. */
export interface Slack {
  /** The origin `http://127.0.0.1:<port>` of webhooks, which have the form `<origin>/services/T…/B…/…`. */
  readonly origin: string;
  readonly messages: readonly SlackMessage[];
  /**
   * Returns the first matching message after the first `from` messages. If none has come yet, waits for it until the
   * time-out.
   */
  nextMessage(match: (message: SlackMessage) => boolean, timeoutMs: number, from?: number): Promise<SlackMessage>;
  /** Resolves when no message has come for `silenceMs`. Rejects if messages still come after `timeoutMs`. */
  quiet(silenceMs: number, timeoutMs: number): Promise<void>;
  /** Sets how the next messages are answered. */
  answer(mode: AnswerMode, scope?: AnswerScope): void;
  stop(): Promise<void>;
}

/** Starts the receiver on a free port. The log file gets a line of JSON for each message. */
export async function startSlack(options: { logFile: string }): Promise<Slack> {
  const arrivals = new Arrivals<SlackMessage>("Slack message");
  const modes = new AnswerModes();
  fs.mkdirSync(path.dirname(options.logFile), { recursive: true });

  const server = http.createServer((request, response) => {
    void handle(request, response).catch((error: Error) => response.writeHead(500).end(error.message));
  });
  const handle = async (request: http.IncomingMessage, response: http.ServerResponse) => {
    const body = await textOf(request);
    const requestPath = (request.url ?? "/").split("?")[0] as string;
    if (request.method !== "POST") {
      respondToReader(request.method, requestPath, response);
      return;
    }
    const { remotePort = 0, localPort = 0 } = request.socket;
    const isFrom = (pid: number) => pid > 0 && holdsConnection(pid, remotePort, localPort);
    const answer = slackAnswer(requestPath, body, modes.take(requestPath, isFrom));
    const message: SlackMessage = {
      receivedAt: new Date().toISOString(),
      path: requestPath,
      payload: parsePayload(body) ?? body,
      answered: answer.status,
      taken: answer.status === 200 && answer.body === "ok",
    };
    fs.appendFileSync(options.logFile, `${JSON.stringify(message)}\n`, { mode: 0o600 });
    arrivals.add(message);
    if (answer.instead !== undefined) {
      if (answer.instead === "reset") {
        resetConnection(request.socket);
      }
      // There is no answer, so that the sender has to end the connection.
      return;
    }
    if (answer.delayMs !== undefined) {
      await delay(answer.delayMs, undefined, { ref: false });
    }
    response.writeHead(answer.status, { "Content-Type": "text/plain; charset=utf-8", ...answer.headers });
    response.end(answer.body);
  };
  const { port, stop } = await listenOnLoopback(server);
  return {
    origin: `http://127.0.0.1:${port}`,
    messages: arrivals.all,
    nextMessage: (match, timeoutMs, from) => arrivals.next(match, timeoutMs, from),
    quiet: (silenceMs, timeoutMs) => arrivals.quiet(silenceMs, timeoutMs),
    answer: (mode, scope) => modes.set(mode, scope),
    stop,
  };
}

/** Responds to requests other than `POST`, which webhooks refuse. The page to which a redirect leads can be read. */
function respondToReader(method: string | undefined, requestPath: string, response: http.ServerResponse): void {
  if (method === "GET" && requestPath === pagePath) {
    response.writeHead(200, { "Content-Type": "text/html; charset=utf-8" }).end("<!DOCTYPE html><title>Slack</title>");
    return;
  }
  response.writeHead(method === "GET" ? 404 : 405, { "Content-Type": "text/plain" }).end("no_service");
}

async function textOf(request: http.IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) {
    chunks.push(chunk as Buffer);
  }
  return Buffer.concat(chunks).toString("utf8");
}
