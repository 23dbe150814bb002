import { setTimeout as delay } from "node:timers/promises";
import getPort from "get-port";
import { type Answer, ask, NoAnswer } from "../web";
import { type Child, endedSentence, tailOf } from "./child";

/**
 * Ports are taken from below the range that systems give to outgoing connections (Linux from 32768, macOS from 49152):
 * else a connection could take a port between the moment it is chosen and the moment its program listens on it.
 */
const firstPort = 15_000;
const lastPort = 32_000;

/** A port of 127.0.0.1 that nothing listens on. Never hands the same port out twice in one process. */
export async function freePort(): Promise<number> {
  const port = await getPort({ host: "127.0.0.1", port: randomPorts(200), reserve: true });
  if (port < firstPort || port > lastPort) {
    throw new Error(`No free port found on 127.0.0.1 between ${firstPort} and ${lastPort} in 200 tries.`);
  }
  return port;
}

/** Chosen at random, so that two labs that start at the same time do not choose the same ones. */
function* randomPorts(count: number): Iterable<number> {
  for (let i = 0; i < count; i++) {
    yield firstPort + Math.floor(Math.random() * (lastPort - firstPort + 1));
  }
}

/** What to wait for, and for how long. */
export interface WaitForHttpOptions {
  /** The program that is to answer: if it ends, so does the wait. */
  readonly child?: Child;
  readonly timeoutMs: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** PEM of the authority that signed the server's certificate, for https. */
  readonly ca?: string;
  /** Which answers will do. Default: any status from 200 to 299. */
  readonly accept?: (answer: Answer) => boolean;
}

/** Asks until the answer will do. Fails at once, with the end of the log, when the child ends. */
export async function waitForHttp(url: string, options: WaitForHttpOptions): Promise<Answer> {
  const { child, headers, ca, accept = ({ status }: Answer) => status >= 200 && status < 300 } = options;
  const name = child?.name ?? "The server";
  const deadline = Date.now() + options.timeoutMs;
  const ended = child?.exited.then((exit) => {
    throw new Error(`${name} ended before it answered at ${url}.\n${endedSentence(child, exit)}`);
  });
  // The race below may be over long before the child's end, which then must not be an unhandled error.
  ended?.catch(() => undefined);
  const unlessEnded = <T>(work: Promise<T>): Promise<T> => (ended === undefined ? work : Promise.race([work, ended]));
  let last: string;
  for (let pauseMs = 25; ; pauseMs = Math.min(pauseMs * 2, 250)) {
    const patienceMs = Math.min(Math.max(deadline - Date.now(), 100), 10_000);
    try {
      const answer = await unlessEnded(ask(url, { ca }, { headers, patienceMs }));
      if (accept(answer)) {
        return answer;
      }
      last = `status ${answer.status}: ${answer.text.trim().slice(-400)}`;
    } catch (error) {
      if (!(error instanceof NoAnswer)) {
        throw error;
      }
      last = error.message;
    }
    if (Date.now() + pauseMs > deadline) {
      const log = child === undefined ? "" : `\n${tailOf(child.logFile)}`;
      const seconds = Math.round(options.timeoutMs / 1000);
      throw new Error(`${name} did not answer well at ${url} within ${seconds} s. Last seen: ${last}${log}`);
    }
    await unlessEnded(delay(pauseMs));
  }
}
