import type { z } from "zod";
import { outsideText } from "../../../conventions/outside-text";
import { type Access, authorization, concealed } from "../web/access";
import { type HttpAnswer, HttpFailure, send } from "../../shared/http";
import { tlsProblem } from "../../shared/tls-failures";

/** A request that got no answer or an error. The message is a sentence. */
export class NoAnswer extends Error {
  override readonly name = "NoAnswer";

  constructor(
    sentence: string,
    /** The HTTP status, if there was an answer. */
    public readonly status?: number,
    /** The error code of a certificate or TLS problem. */
    public readonly tlsCode?: string,
  ) {
    super(sentence);
  }
}

export interface Ask {
  readonly method?: "GET" | "POST";
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  /** The login, and how the server's certificate is checked. */
  readonly access?: Access;
  /** Opens a new connection. Default: a kept-alive connection is used. */
  readonly fresh?: boolean;
  readonly patienceMs?: number;
  readonly signal?: AbortSignal;
}

/** An answer with a status below 300. */
export interface Answer {
  readonly text: string;
}

/** Sends a request. Throws {@link NoAnswer}, which names the server and the path, never a login. */
export async function ask(origin: string, path: string, options: Ask = {}): Promise<Answer> {
  const { method = "GET", body, access = {}, fresh = false, patienceMs = 5_000, signal } = options;
  const { authority, serverName } = access;
  const headers = { ...authorization(access), ...options.headers };
  const where = `${origin}${path.split("?")[0]}`;
  const told = (text: string) =>
    outsideText(concealed(text, access, headers))
      .slice(0, 200)
      .replace(/\.$/, "");
  let answer: HttpAnswer;
  try {
    answer = await send(`${origin}${path}`, {
      ...{ method, headers, authority, serverName, signal },
      ...(body !== undefined && { body: JSON.stringify(body) }),
      keepAlive: !fresh,
      timeoutMs: patienceMs,
    });
  } catch (error) {
    signal?.throwIfAborted();
    const { code, message } = error as HttpFailure;
    if (code === "ETIMEDOUT") throw new NoAnswer(`${where} gives no answer within ${patienceMs / 1000} s.`);
    const problem = tlsProblem({ code, message });
    if (problem !== undefined) throw new NoAnswer(`${where} ${problem}.`, undefined, code);
    throw new NoAnswer(`${where} does not answer: ${told(message)}.`);
  }
  const { status, text, redirectsTo } = answer;
  if (status >= 200 && status < 300) return { text };
  if (redirectsTo !== undefined) {
    throw new NoAnswer(`${where} redirects to ${redirectsTo.origin} (${status}), which is not followed.`, status);
  }
  if (status === 401 && access.login !== undefined) {
    throw new NoAnswer(
      `${where} does not accept the password of ${access.login.user} (401): it has been rotated since. Run this again.`,
      status,
    );
  }
  if (status === 400 && /HTTP request to an HTTPS server/i.test(text)) {
    throw new NoAnswer(`${where} uses https: write https:// in its URL.`, status);
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
      `${origin}${path.split("?")[0]} answers with something that is not JSON: is it the right server?`,
    );
  }
}

/** The JSON of an answer that has to match the schema; `api` names the API for the error, such as `Prometheus' API`. */
export async function askFor<T extends z.ZodType>(
  api: string,
  schema: T,
  origin: string,
  path: string,
  options: Ask = {},
): Promise<z.output<T>> {
  const read = schema.safeParse(await askJson(origin, path, options));
  if (!read.success) throw new NoAnswer(`${origin} does not answer as ${api} does.`);
  return read.data;
}
