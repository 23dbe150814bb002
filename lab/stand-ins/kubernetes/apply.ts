/** This file has the server-side apply and the messages for its errors. */

import { isObject, Properties } from "../properties";
import { ApiError, Cluster, KubernetesObject } from "./cluster";
import { Kind } from "./kinds";
import { withoutValues } from "./shapes";

const applyPatch = "application/apply-patch+yaml"; // JSON is YAML

/**
 * Applies the inputs as the fields that a manager owns. A conflict is an error, unless the apply is forced or all other
 * managers are `kubectl`: the real provider takes over fields from `kubectl`.
 */
export async function apply(
  cluster: Cluster,
  kind: Kind,
  path: string,
  inputs: Properties,
  o: { manager: string; force: boolean; dryRun?: boolean },
): Promise<KubernetesObject> {
  const send = (force: boolean) => {
    const query = {
      fieldManager: o.manager,
      force: String(force),
      fieldValidation: "Warn",
      ...(o.dryRun === true && { dryRun: "All" }),
    };
    return cluster.request("PATCH", path, {
      query,
      body: inputs,
      contentType: applyPatch,
    }) as Promise<KubernetesObject>;
  };
  try {
    return await send(o.force).catch((error: unknown) => {
      if (isWithKubectlOnly(error)) return send(true);
      throw error;
    });
  } catch (error) {
    throw explain(error, kind, inputs, o.manager);
  }
}

function isWithKubectlOnly(error: unknown): boolean {
  if (!(error instanceof ApiError && error.reason === "Conflict")) return false;
  const owners = [...error.message.matchAll(/conflicts? with "([^"]+)"/g)].map(([, owner]) => owner!);
  return owners.length > 0 && owners.every((owner) => owner.startsWith("kubectl"));
}

/** An error of the API server as a sentence, which names the object and never contains a value of a Secret. */
export function explain(error: unknown, kind: Kind, inputs: Properties, manager: string): unknown {
  if (!(error instanceof ApiError)) return error;
  const encoded = kind.kind === "Secret" && isObject(inputs.data) ? Object.values(inputs.data).map(String) : [];
  const secrets = [...encoded, ...encoded.map((one) => Buffer.from(one, "base64").toString())];
  const message = withoutValues(error.message, secrets, 3);
  const refusal = (sentence: string) => new ApiError(error.status, error.reason, sentence, error.about);
  if (error.reason === "Conflict") {
    return refusal(
      `Server-Side Apply field conflict detected. The resource managed by field manager "${manager}" had an apply ` +
        `conflict: ${message}. Leave the field to its owner, or take it with the annotation pulumi.com/patchForce: "true".`,
    );
  }
  return refusal(`the Kubernetes API server refused ${kind.kind}: ${message}`);
}
