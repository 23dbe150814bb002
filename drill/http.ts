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
  const { method = "GET", body, headers = {}, patienceMs = 5_000, signal } = options;
  const where = `${origin}${path.split("?")[0]}`;
  const late = AbortSignal.timeout(patienceMs);
  try {
    const response = await fetch(`${origin}${path}`, {
      method,
      headers: { ...(body !== undefined && { "Content-Type": "application/json" }), ...headers },
      ...(body !== undefined && { body: JSON.stringify(body) }),
      signal: signal === undefined ? late : AbortSignal.any([late, signal]),
    });
    const text = await response.text();
    if (response.ok) return { text, headers: response.headers };
    throw new NoAnswer(`${where} answers ${response.status}: ${oneLine(text) || "nothing more"}.`, response.status);
  } catch (error) {
    if (error instanceof NoAnswer || signal?.aborted) throw error;
    if (late.aborted) throw new NoAnswer(`${where} gives no answer within ${patienceMs / 1000} s.`);
    const { cause, message } = error as Error;
    const why = (cause instanceof Error && (cause.message || (cause as NodeJS.ErrnoException).code)) || message;
    throw new NoAnswer(`${where} does not answer: ${oneLine(why)}.`);
  }
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
