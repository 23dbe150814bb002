import { ApiException } from "@kubernetes/client-node";

/** Why a request to the API server failed: the server's message if it sent one, otherwise the connection error. */
export function reasonOf(error: unknown): string {
  if (error instanceof ApiException) {
    return messageIn(error.body) ?? `the API server refused it (status ${error.code})`;
  }
  if (error instanceof Error) {
    const { code } = error as NodeJS.ErrnoException;
    const message = error.message.split("\n")[0] ?? "";
    return code === undefined || message.includes(code) ? message : `${code}: ${message}`;
  }
  return String(error);
}

function messageIn(body: unknown): string | undefined {
  const parsed: unknown = typeof body === "string" ? safeJson(body) : body;
  const message = (parsed as { message?: unknown } | null | undefined)?.message;
  return typeof message === "string" ? message : undefined;
}

function safeJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // A response that is not JSON contains no message to show.
    return undefined;
  }
}
