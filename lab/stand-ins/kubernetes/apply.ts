/** Server-side apply, and what its refusals say. */

import { Properties } from "../properties";
import { ApiError, Cluster, KubernetesObject } from "./cluster";
import { Kind } from "./kinds";
import { toObject, withoutValues } from "./shapes";

const APPLY_PATCH = "application/apply-patch+yaml"; // JSON is YAML

/** Applies the inputs as the object's fields that a manager owns. A conflict is an error unless forced. */
export async function apply(
  cluster: Cluster,
  kind: Kind,
  path: string,
  inputs: Properties,
  o: { manager: string; force: boolean; dryRun?: boolean },
): Promise<KubernetesObject> {
  const query = {
    fieldManager: o.manager,
    force: String(o.force),
    fieldValidation: "Warn",
    ...(o.dryRun === true ? { dryRun: "All" } : {}),
  };
  try {
    const body = toObject(inputs);
    return (await cluster.request("PATCH", path, { query, body, contentType: APPLY_PATCH })) as KubernetesObject;
  } catch (error) {
    throw explain(error, kind, inputs, o.manager);
  }
}

/** An API server's refusal as a sentence that names the object, and never a value of a Secret. */
export function explain(error: unknown, kind: Kind, inputs: Properties, manager: string): unknown {
  if (!(error instanceof ApiError)) return error;
  const secrets = (kind.secret ?? []).map((key) => inputs[key]);
  const message = withoutValues(error.message, secrets, 3);
  if (error.reason === "Conflict") {
    return new Error(
      `Server-Side Apply field conflict detected. The resource managed by field manager "${manager}" had an apply ` +
        `conflict: ${message}. Leave the field to its owner, or take it with the annotation pulumi.com/patchForce: "true".`,
    );
  }
  return new Error(`the Kubernetes API server refused ${kind.kind}: ${message}`);
}
