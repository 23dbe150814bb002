import { createHash } from "node:crypto";

/** A string that is valid in AWS tags and in the `key=value,…` lists of both NLB controllers. */
function plain(text: string): string {
  return text.replace(/[^A-Za-z0-9_.:/@-]+/g, "-");
}

/** The tags of all AWS resources, with which leftovers can be found; `owner` is `<organization>/<project>/<stack>`. */
export function awsTags(owner: string, cluster: string): Record<string, string> {
  const [project, stack] = owner.split("/").slice(-2);
  return { "pulumi-project": plain(project!), "pulumi-stack": plain(stack!), cluster: plain(cluster) };
}

/**
 * The file system's creation token, which is also the name of its directories. AWS allows 64 characters. The token is
 * the same in every run, so that a repeated create makes no second file system, and differs between stacks and
 * clusters. The hash makes it unique if names are cut, or are equal when joined.
 */
export function creationToken(owner: string, cluster: string): string {
  const hash = createHash("sha256")
    .update(JSON.stringify([owner, cluster]))
    .digest("hex")
    .slice(0, 12);
  const readable = `alerting-${owner.split("/").at(-1)!}-${cluster}`.replace(/[^A-Za-z0-9_.-]+/g, "-");
  return `${readable.slice(0, 51)}-${hash}`;
}
