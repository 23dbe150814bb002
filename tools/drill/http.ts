import { outsideText } from "../../conventions/outside-text";
import { type Access, authorization, concealed } from "./web/access";
import { request, type Response } from "./web/request";
import { tlsFault } from "./web/tls-faults";

/** What a server did not do: answer, or answer well. The message is a sentence. */
export class NoAnswer extends Error {
  override readonly name = "NoAnswer";

  constructor(
    sentence: string,
    /** The status, where there was an answer. */
    public readonly status?: number,
    /** The code of what is wrong with its certificate or its TLS. */
    public readonly tlsCode?: string,
  ) {
    super(sentence);
  }
}

export interface Ask {
  readonly method?: "GET" | "POST";
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  /** As whom it is asked, and by what certificate it is known. */
  readonly access?: Access;
  /** By a connection of its own; else by one that is kept. */
  readonly fresh?: boolean;
  readonly patienceMs?: number;
  readonly signal?: AbortSignal;
}

/** An answer with a status below 300. */
export interface Answer {
  readonly text: string;
}

/** Asks a server. Throws {@link NoAnswer}, which names the server and the path, never a login. */
export async function ask(origin: string, path: string, options: Ask = {}): Promise<Answer> {
  const { patienceMs = 5_000, signal } = options;
  signal?.throwIfAborted();
  const where = `${origin}${path.split("?")[0]}`;
  const controller = new AbortController();
  const late = new NoAnswer(`${where} gives no answer within ${patienceMs / 1000} s.`);
  // A timer of its own, which keeps the process up, and a race: a request that is broken off does not always say so, and
  // with nothing left to wait for, the process would end in silence.
  const timer = setTimeout(() => controller.abort(late), patienceMs);
  const onAbort = () => controller.abort(signal?.reason);
  signal?.addEventListener("abort", onAbort);
  const broken = new Promise<never>((_, reject) => {
    controller.signal.addEventListener("abort", () => reject(controller.signal.reason as Error));
  });
  const sent = send(where, `${origin}${path}`, options, controller.signal);
  sent.catch(() => undefined);
  try {
    return await Promise.race([sent, broken]);
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener("abort", onAbort);
  }
}

async function send(where: string, url: string, options: Ask, signal: AbortSignal): Promise<Answer> {
  const { method = "GET", body, headers = {}, access = {}, fresh = false } = options;
  const told = (text: string) =>
    oneLine(outsideText(concealed(text, access, { ...authorization(access), ...headers })));
  let response: Response;
  try {
    const text = body === undefined ? undefined : JSON.stringify(body);
    response = await request(url, { method, headers, body: text, access, fresh, signal });
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const fault = tlsFault({ code, message });
    if (fault !== undefined) throw new NoAnswer(`${where} ${fault}.`, undefined, code);
    throw new NoAnswer(`${where} does not answer: ${told(message || (code ?? "no reason given"))}.`);
  }
  const { status, location, text } = response;
  if (status >= 300 && status < 400 && location !== undefined) {
    const there = URL.canParse(location, url) ? ` to ${new URL(location, url).origin}` : "";
    throw new NoAnswer(`${where} redirects${there} (${status}), which is not followed.`, status);
  }
  if (status >= 200 && status < 300) return { text };
  if (status === 401 && access.login !== undefined) {
    throw new NoAnswer(
      `${where} does not accept the password of ${access.login.user} (401): it was rotated since. Run this again.`,
      status,
    );
  }
  if (status === 400 && /HTTP request to an HTTPS server/i.test(text)) {
    throw new NoAnswer(`${where} speaks https: write https:// there.`, status);
  }
  throw new NoAnswer(`${where} answers ${status}: ${told(text) || "nothing more"}.`, status);
}

/** The JSON of an answer. */
export async function askJson(origin: string, path: string, options: Ask = {}): Promise<unknown> {
  const { text } = await ask(origin, path, options);
  try {
    return JSON.parse(text) as unknown;
  } catch {
    throw new NoAnswer(
      `${origin}${path.split("?")[0]} answers with something that is no JSON: is it the right server?`,
    );
  }
}

function oneLine(text: string): string {
  return text.slice(0, 200).replace(/\.$/, "");
}
