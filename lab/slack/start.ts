import * as fs from "node:fs";
import * as http from "node:http";
import * as path from "node:path";
import { EventEmitter } from "node:events";
import { setTimeout as delay } from "node:timers/promises";
import { listenOnLoopback } from "../processes/loopback-server";
import { parsePayload, slackAnswer } from "./answers";
import type { AnswerMode } from "./answers";

export type { AnswerMode } from "./answers";

/** A message that came in, whatever the answer was. */
export interface SlackMessage {
  readonly receivedAt: string;
  readonly path: string;
  /** The JSON as it was posted; the text, when it was none. */
  readonly payload: unknown;
  /** The status of the answer. */
  readonly answered: number;
}

/** A running receiver that answers incoming webhooks as Slack does. */
export interface Slack {
  /** `http://127.0.0.1:<port>`; webhooks are `<origin>/services/T…/B…/…`. */
  readonly origin: string;
  readonly messages: readonly SlackMessage[];
  /** The first message that matches, if it has come already or comes in time. */
  nextMessage(match: (message: SlackMessage) => boolean, timeoutMs: number): Promise<SlackMessage>;
  /** How the next messages are answered. */
  answer(mode: AnswerMode): void;
  stop(): Promise<void>;
}

/** Starts it on a free port. Each message is a line of JSON in the log file. */
export async function startSlack(options: { logFile: string }): Promise<Slack> {
  const messages: SlackMessage[] = [];
  const arrivals = new EventEmitter<{ message: [SlackMessage] }>();
  arrivals.setMaxListeners(0);
  let mode: AnswerMode = "ok";
  fs.mkdirSync(path.dirname(options.logFile), { recursive: true });

  const server = http.createServer((request, response) => {
    void handle(request, response).catch((error: Error) => response.writeHead(500).end(error.message));
  });
  const handle = async (request: http.IncomingMessage, response: http.ServerResponse) => {
    const body = await textOf(request);
    const requestPath = (request.url ?? "/").split("?")[0] as string;
    if (request.method !== "POST") {
      response.writeHead(request.method === "GET" ? 404 : 405, { "Content-Type": "text/plain" }).end("no_service");
      return;
    }
    const answer = slackAnswer(requestPath, body, mode);
    const message: SlackMessage = {
      receivedAt: new Date().toISOString(),
      path: requestPath,
      payload: parsePayload(body) ?? body,
      answered: answer.status,
    };
    messages.push(message);
    fs.appendFileSync(options.logFile, `${JSON.stringify(message)}\n`, { mode: 0o600 });
    arrivals.emit("message", message);
    if (answer.delayMs !== undefined) {
      await delay(answer.delayMs, undefined, { ref: false });
    }
    response.writeHead(answer.status, { "Content-Type": "text/plain; charset=utf-8", ...answer.headers });
    response.end(answer.body);
  };
  const { port, stop } = await listenOnLoopback(server);
  return {
    origin: `http://127.0.0.1:${port}`,
    messages,
    nextMessage: (match, timeoutMs) => next(messages, arrivals, match, timeoutMs),
    answer: (next) => (mode = next),
    stop,
  };
}

function next(
  messages: readonly SlackMessage[],
  arrivals: EventEmitter<{ message: [SlackMessage] }>,
  match: (message: SlackMessage) => boolean,
  timeoutMs: number,
): Promise<SlackMessage> {
  const here = messages.find(match);
  if (here !== undefined) {
    return Promise.resolve(here);
  }
  return new Promise((resolve, reject) => {
    const end = () => {
      clearTimeout(timer);
      arrivals.off("message", onMessage);
    };
    const onMessage = (message: SlackMessage) => {
      if (match(message)) {
        end();
        resolve(message);
      }
    };
    const timer = setTimeout(() => {
      end();
      reject(
        new Error(
          `The Slack message that was waited for did not come within ${timeoutMs / 1000} s; ${messages.length} others came.`,
        ),
      );
    }, timeoutMs);
    arrivals.on("message", onMessage);
  });
}

async function textOf(request: http.IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) {
    chunks.push(chunk as Buffer);
  }
  return Buffer.concat(chunks).toString("utf8");
}
