import { isMap } from "../../validation/plain-data";

/** A client's request to AWS. */
export interface PolicyRequest {
  /** The ARN of a role; undefined for a client that does not identify itself. */
  readonly principal?: string;
  readonly action: string;
  readonly resource: string;
  /**
   * Condition keys of the request by name, such as `aws:SecureTransport`; undefined for a key that the request does not
   * have.
   */
  readonly context: Readonly<Record<string, string | undefined>>;
}

/** Thrown for a part of a policy that this evaluation does not support, because the result is then unknown. */
export class UnknownPolicyPart extends Error {
  constructor(part: string) {
    super(`${part} is not understood`);
  }
}

type Statement = Readonly<Record<string, unknown>>;
type Compare = (wanted: string, found: string) => boolean;

const list = (value: unknown): string[] => [value].flat().map(String);

/** Whether a string matches a pattern in which `*` stands for any number of characters and `?` for one. */
const isLike: Compare = (pattern, text) => {
  const source = pattern
    .replace(/[\\^$.|+()[\]{}]/g, "\\$&")
    .replaceAll("*", "[^]*")
    .replaceAll("?", "[^]");
  return new RegExp(`^${source}$`).test(text);
};
const isSame: Compare = (wanted, found) => wanted === found;
const isSameBoolean: Compare = (wanted, found) => wanted.toLowerCase() === found.toLowerCase();

/** Comparisons by operator; `not` marks negated operators. */
const comparisons: Readonly<Record<string, { readonly compare: Compare; readonly not?: true }>> = {
  Bool: { compare: isSameBoolean },
  StringEquals: { compare: isSame },
  StringNotEquals: { compare: isSame, not: true },
  StringLike: { compare: isLike },
  StringNotLike: { compare: isLike, not: true },
  ArnEquals: { compare: isLike },
  ArnNotEquals: { compare: isLike, not: true },
  ArnLike: { compare: isLike },
  ArnNotLike: { compare: isLike, not: true },
};

/** Condition keys that only identified clients have. */
const ofPrincipals = /^aws:Principal(Arn|Account|Org|Tag\/)/i;

/** Evaluates one condition on one key. A missing key does not match, except with negated operators. */
function holds(operator: string, key: string, wanted: readonly string[], request: PolicyRequest): boolean {
  const { context, principal } = request;
  const ifExists = operator.endsWith("IfExists");
  const comparison = comparisons[operator.replace(/IfExists$/, "")];
  if (comparison === undefined && operator !== "Null")
    throw new UnknownPolicyPart(`the condition operator "${operator}"`);
  const known = Object.entries(context).find(([name]) => name.toLowerCase() === key.toLowerCase());
  if (known === undefined && (principal !== undefined || !ofPrincipals.test(key)))
    throw new UnknownPolicyPart(`the condition key "${key}"`);
  const found = known?.[1];
  if (comparison === undefined) return wanted.some((one) => (one.toLowerCase() === "true") === (found === undefined));
  const { compare, not = false } = comparison;
  if (found === undefined) return ifExists || not;
  return wanted.some((one) => compare(one, found)) !== not;
}

function isFor({ Principal }: Statement, principal: string | undefined): boolean {
  if (Principal === "*") return true;
  if (!isMap(Principal)) throw new UnknownPolicyPart(`the principal ${JSON.stringify(Principal)}`);
  // Services and federated users never match, because they do not mount file systems.
  return list(Principal.AWS ?? []).some((one) => {
    if (one === "*") return true;
    if (principal === undefined) return false;
    const account = /^(?:arn:[^:]+:iam::)?(\d{12})(?::root)?$/.exec(one)?.[1];
    return account === undefined ? one === principal : principal.split(":")[4] === account;
  });
}

const knownParts = ["Sid", "Effect", "Principal", "Action", "Resource", "Condition"];

function applies(statement: Statement, request: PolicyRequest): boolean {
  const unknown = Object.keys(statement).find((part) => !knownParts.includes(part));
  if (unknown !== undefined) throw new UnknownPolicyPart(`"${unknown}" of a statement`);
  const { Action, Resource = "*", Condition = {} } = statement;
  // Every condition is evaluated, so that an unknown one is always reported.
  const conditions = Object.entries(Condition as Record<string, Record<string, unknown>>).flatMap(([operator, keys]) =>
    Object.entries(keys).map(([key, wanted]) => holds(operator, key, list(wanted), request)),
  );
  return (
    isFor(statement, request.principal) &&
    list(Action).some((one) => isLike(one.toLowerCase(), request.action.toLowerCase())) &&
    list(Resource).some((one) => isLike(one, request.resource)) &&
    conditions.every((one) => one)
  );
}

/**
 * Whether a resource's policy allows a request, evaluated like AWS does within one account. An explicit denial always
 * wins; otherwise the policy or an identity policy of the client (`allowedByIdentity`) has to allow the request. Throws
 * {@link UnknownPolicyPart} if the policy contains something that this evaluation does not support.
 */
export function allows(policy: object, request: PolicyRequest, allowedByIdentity = false): boolean {
  const statements = [(policy as { Statement?: unknown }).Statement ?? []].flat() as Statement[];
  const applying = statements.filter((one) => applies(one, request)).map(({ Effect }) => Effect);
  if (applying.includes("Deny")) return false;
  return applying.includes("Allow") || (allowedByIdentity && request.principal !== undefined);
}
