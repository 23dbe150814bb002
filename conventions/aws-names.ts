import { createHash } from "node:crypto";

/** A string as AWS takes it in tags, and both NLB controllers in their lists of `key=value,…`. */
function plain(text: string): string {
  return text.replace(/[^A-Za-z0-9_.:/@-]+/g, "-");
}

/** Tags of everything in AWS, by which what is left over can be found; `owner` is `<organization>/<project>/<stack>`. */
export function awsTags(owner: string, cluster: string): Record<string, string> {
  const [project, stack] = owner.split("/").slice(-2);
  return { "pulumi-project": plain(project!), "pulumi-stack": plain(stack!), cluster: plain(cluster) };
}

/**
 * The file system's creation token, by which its directories are called as well: at most 64 characters for AWS, the
 * same at every run, so that a repeated create makes no second file system, and another one for every other stack and
 * cluster. The hash sees to that where names are cut short, or read alike when put together.
 */
export function creationToken(owner: string, cluster: string): string {
  const hash = createHash("sha256")
    .update(JSON.stringify([owner, cluster]))
    .digest("hex")
    .slice(0, 12);
  const readable = `alerting-${owner.split("/").at(-1)!}-${cluster}`.replace(/[^A-Za-z0-9_.-]+/g, "-");
  return `${readable.slice(0, 51)}-${hash}`;
}
