import { randomBytes } from "node:crypto";
import { stringify } from "yaml";
import { writePrivate } from "./certificates";

/** The name of the context and of the cluster in every kubeconfig of the lab. */
export const contextName = "lab";

/** A user of the API server, with a token that is new in each run. */
export interface User {
  readonly name: string;
  readonly groups: readonly string[];
  readonly token: string;
}

/**
 * The users of a run. The Pulumi program runs as `admin`. The lab's own parts use another user, so that the audit log
 * shows which changes the program made. The Kubernetes components have the user names that RBAC expects.
 */
export function makeUsers() {
  return {
    admin: newUser("admin", ["system:masters"]),
    lab: newUser("lab", ["system:masters"]),
    controllerManager: newUser("system:kube-controller-manager", []),
    scheduler: newUser("system:kube-scheduler", []),
  };
}

function newUser(name: string, groups: readonly string[]): User {
  return { name, groups, token: randomBytes(24).toString("base64url") };
}

/** The content of the API server's token file: one line for each user, with all groups in one quoted field. */
export function tokenFile(users: readonly User[]): string {
  const lines = users.map((user) => {
    const fields = [user.token, user.name, user.name];
    return (user.groups.length === 0 ? fields : [...fields, `"${user.groups.join(",")}"`]).join(",");
  });
  return lines.join("\n") + "\n";
}

/** A kubeconfig with one context, `lab`, and the user's token. */
export function kubeconfig(server: string, caPem: string, user: User): string {
  return stringify({
    apiVersion: "v1",
    kind: "Config",
    "current-context": contextName,
    clusters: [
      {
        name: contextName,
        cluster: { server, "certificate-authority-data": Buffer.from(caPem).toString("base64") },
      },
    ],
    users: [{ name: user.name, user: { token: user.token } }],
    contexts: [{ name: contextName, context: { cluster: contextName, user: user.name } }],
  });
}

/** Writes a kubeconfig file that only this user can read. */
export function writeKubeconfig(file: string, server: string, caPem: string, user: User): void {
  writePrivate(file, kubeconfig(server, caPem, user));
}
