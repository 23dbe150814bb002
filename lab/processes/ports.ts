import { setTimeout as delay } from "node:timers/promises";
import getPort from "get-port";
import { type Answer, ask, NoAnswer } from "../web";
import { type Child, endedSentence, tailOf } from "./child";

/**
 * Ports are chosen below the range that operating systems use for outgoing connections (Linux from 32768, macOS from
 * 49152). An outgoing connection could take a port in that range before the program that needs it listens on it.
 */
const firstPort = 15_000;
const lastPort = 32_000;

/** Returns a port of 127.0.0.1 on which nothing listens. Never returns the same port twice in one process. */
export async function freePort(): Promise<number> {
  const port = await getPort({ host: "127.0.0.1", port: randomPorts(200), reserve: true });
  if (port < firstPort || port > lastPort) {
    throw new Error(`No free port found on 127.0.0.1 between ${firstPort} and ${lastPort} in 200 tries.`);
  }
  return port;
}

/** Random ports, so that two labs that start at the same time choose different ports. */
function* randomPorts(count: number): Iterable<number> {
  for (let i = 0; i < count; i++) {
    yield firstPort + Math.floor(Math.random() * (lastPort - firstPort + 1));
  }
}

/** The options of a wait for a server. */
export interface WaitForHttpOptions {
  /** The program that should answer. If it ends, the wait ends too. */
  readonly child?: Child;
  readonly timeoutMs: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** The CA (PEM) of the server's certificate, for https. */
  readonly ca?: string;
  /** Whether an answer is acceptable. By default each status from 200 to 299 is. */
  readonly accept?: (answer: Answer) => boolean;
}

/** Repeats a request until the answer is acceptable. If the child ends, fails at once and shows the end of its log. */
export async function waitForHttp(url: string, options: WaitForHttpOptions): Promise<Answer> {
  const { child, headers, ca, accept = ({ status }: Answer) => status >= 200 && status < 300 } = options;
  const name = child?.name ?? "The server";
  const deadline = Date.now() + options.timeoutMs;
  const ended = child?.exited.then((exit) => {
    throw new Error(`${name} ended before it answered at ${url}.\n${endedSentence(child, exit)}`);
  });
  // If the wait below is over before the child ends, the child's end must not cause an unhandled rejection.
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
