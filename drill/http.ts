/** What a server did not do: answer, or answer well. The message is a sentence. */
export class NoAnswer extends Error {
  override readonly name = "NoAnswer";

  constructor(
    sentence: string,
    /** The status, where there was an answer. */
    public readonly status?: number,
  ) {
    super(sentence);
  }
}

export interface Ask {
  readonly method?: "GET" | "POST";
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  readonly patienceMs?: number;
  readonly signal?: AbortSignal;
}

/** An answer with a status below 300. */
export interface Answer {
  readonly text: string;
  readonly headers: Headers;
}

/** Asks a server. Throws {@link NoAnswer}, which names the server and the path, never a header. */
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
  const { method = "GET", body, headers = {} } = options;
  let response: Response;
  let text: string;
  try {
    response = await fetch(url, {
      method,
      headers: { ...(body !== undefined && { "Content-Type": "application/json" }), ...headers },
      ...(body !== undefined && { body: JSON.stringify(body) }),
      // A page to sign in answers well, and is not the server.
      redirect: "manual",
      signal,
    });
    text = await response.text();
  } catch (error) {
    const { cause, message } = error as Error;
    const why = (cause instanceof Error && (cause.message || (cause as NodeJS.ErrnoException).code)) || message;
    throw new NoAnswer(`${where} does not answer: ${oneLine(why)}.`);
  }
  const to = response.status >= 300 && response.status < 400 ? response.headers.get("location") : null;
  if (to !== null) {
    const there = URL.canParse(to, url) ? ` to ${new URL(to, url).origin}` : "";
    throw new NoAnswer(`${where} redirects${there} (${response.status}), which is not followed.`, response.status);
  }
  if (response.ok) return { text, headers: response.headers };
  throw new NoAnswer(`${where} answers ${response.status}: ${oneLine(text) || "nothing more"}.`, response.status);
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
  return text.replaceAll(/\s+/g, " ").trim().slice(0, 200).replace(/\.$/, "");
}
