import { randomBytes } from "node:crypto";
import { stringify } from "yaml";
import { writePrivate } from "./certificates";

/** Name of the context, and of the cluster, in every kubeconfig of the lab. */
export const contextName = "lab";

/** Someone who may talk to the API server: with a token that is new in each run. */
export interface User {
  readonly name: string;
  readonly groups: readonly string[];
  readonly token: string;
}

/**
 * The users of a run. `admin` is who runs the program; the lab's own parts are another user, so that the audit log
 * separates what the program did from what the lab did. The components have the users that RBAC knows them by.
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

/** Content of the API server's token file: one line a user, with the groups as one quoted field. */
export function tokenFile(users: readonly User[]): string {
  const lines = users.map((user) => {
    const fields = [user.token, user.name, user.name];
    return (user.groups.length === 0 ? fields : [...fields, `"${user.groups.join(",")}"`]).join(",");
  });
  return lines.join("\n") + "\n";
}

/** A kubeconfig with the one context `lab`, whose token is that of the user. */
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

/** Writes it, readable by us only. */
export function writeKubeconfig(file: string, server: string, caPem: string, user: User): void {
  writePrivate(file, kubeconfig(server, caPem, user));
}
