import { marker } from "./comment";
import { call, ownPost, type Repository } from "./github";

/** Writes the comment of a stack to a pull request: an existing one is updated, so that there is only one. */
export async function postComment(
  repository: Repository,
  { stack, number, body }: { readonly stack: string; readonly number: number; readonly body: string },
): Promise<"created" | "changed" | "as it was"> {
  check(stack, body);
  const found = await ownPost(repository, `issues/${number}/comments`, marker(stack));
  if (found === undefined) {
    await call(repository, "POST", `issues/${number}/comments`, { body });
    return "created";
  }
  if (found.body === body) return "as it was";
  await call(repository, "PATCH", `issues/comments/${found.id}`, { body });
  return "changed";
}

/** The issue about a stack's drift: opened, kept up to date, and closed when there is no drift. */
export async function postIssue(
  repository: Repository,
  { stack, drifted, body }: { readonly stack: string; readonly drifted: boolean; readonly body: string },
): Promise<"opened" | "changed" | "closed" | "none"> {
  check(stack, body);
  const found = await ownPost(repository, `issues?state=open&labels=${LABEL}`, marker(stack));
  if (!drifted) {
    if (found?.number === undefined) return "none";
    await call(repository, "PATCH", `issues/${found.number}`, { state: "closed", state_reason: "completed" });
    return "closed";
  }
  if (found?.number === undefined) {
    await call(repository, "POST", "issues", { title: `Drift of ${stack}`, body, labels: [LABEL] });
    return "opened";
  }
  await call(repository, "PATCH", `issues/${found.number}`, { body });
  return "changed";
}

const LABEL = "drift";

/**
 * Throws an error if the marker is missing: without it the post would not be found again, and every run would create
 * another one.
 */
function check(stack: string, body: string): void {
  if (body.startsWith(marker(stack))) return;
  throw new Error(
    `The file is ${body.trim() === "" ? "empty" : "not a comment"}, although it should hold the comment of ${stack}; the step that creates it shows why.`,
  );
}
