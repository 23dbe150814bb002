/** One statement of a policy of AWS, as far as the file system's uses them. */
interface Statement {
  readonly Effect: "Allow" | "Deny";
  readonly Action: string | readonly string[];
  readonly Resource: string;
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>;
}

/** What a client asks of a file system, and how. */
export interface FileSystemRequest {
  readonly action: string;
  readonly resource: string;
  /** Keys of the request by name, such as `aws:SecureTransport`; one that is not given is not there. */
  readonly context: Readonly<Record<string, string>>;
}

const list = (value: string | readonly string[]) => (typeof value === "string" ? [value] : value);

function applies(statement: Statement, { action, resource, context }: FileSystemRequest): boolean {
  for (const [operator, keys] of Object.entries(statement.Condition ?? {})) {
    if (operator !== "Bool" && operator !== "StringEquals") throw new Error(`the evaluator does not know ${operator}`);
    for (const [key, wanted] of Object.entries(keys)) {
      const value = context[key];
      if (value === undefined || !list(wanted).includes(value)) return false;
    }
  }
  return statement.Resource === resource && list(statement.Action).some((one) => one === "*" || one === action);
}

/**
 * Whether a resource policy allows a request, as AWS decides it: a refusal counts before everything; without one, the
 * policy or one of the client's own (`allowedByIdentity`) has to allow it.
 */
export function allows(policy: object, request: FileSystemRequest, allowedByIdentity = false): boolean {
  const applying = (policy as { Statement: Statement[] }).Statement.filter((one) => applies(one, request));
  if (applying.some(({ Effect }) => Effect === "Deny")) return false;
  return allowedByIdentity || applying.some(({ Effect }) => Effect === "Allow");
}
