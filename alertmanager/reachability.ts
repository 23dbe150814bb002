import { type Finding, warning } from "../validation/finding";
import { fulfills } from "./evaluate";
import { byLabel, type Matcher } from "./matchers";
import type { Placed } from "./route-tree";

const written = ({ name, operator, value }: Matcher) => `${name}${operator}${JSON.stringify(value)}`;

/** Two matchers that no alert can satisfy together. */
function contradiction(matchers: readonly Matcher[]): readonly [Matcher, Matcher] | undefined {
  for (const some of byLabel(matchers).values()) {
    // Any other equality either asks for the same value or contradicts this one.
    const equal = some.find(({ operator }) => operator === "=");
    const other = equal && some.find((matcher) => !fulfills(equal.value, matcher));
    if (equal !== undefined && other !== undefined) return [equal, other];
  }
  return undefined;
}

/** Whether every value that satisfies the known conditions on a label also satisfies a matcher. */
function follows(matcher: Matcher, given: readonly Matcher[] = []): boolean {
  return given.some(
    (one) => written(one) === written(matcher) || (one.operator === "=" && fulfills(one.value, matcher)),
  );
}

/**
 * The maximum number of earlier routes with which a route is compared. Without a limit, thousands of routes would take
 * quadratic time.
 */
const comparedAtMost = 50;

/** The earlier routes that do not pass their alerts on to later routes, indexed by their conditions. */
class Takers {
  private readonly byMatcher = new Map<string, Placed[]>();
  private readonly byName = new Map<string, Placed[]>();
  private readonly unconditional: Placed[] = [];

  add(taker: Placed): void {
    const equals = taker.matchers.filter(({ operator }) => operator === "=");
    if (taker.matchers.length === 0) this.unconditional.push(taker);
    else if (equals.length === 0) this.append(this.byName, taker.matchers[0]!.name, taker);
    else {
      // A route is indexed by its rarest equality, which keeps the lists short.
      const rarest = equals.map(written).sort((a, b) => this.sizeOf(a) - this.sizeOf(b))[0]!;
      this.append(this.byMatcher, rarest, taker);
    }
  }

  /** The first earlier route that takes every alert that would reach this one. */
  before({ matchers, effective }: Placed): Placed | undefined {
    const candidates = [
      ...this.unconditional.slice(0, 1),
      ...effective.flatMap((one) => this.byMatcher.get(written(one))?.slice(0, comparedAtMost) ?? []),
      ...matchers.flatMap(({ name }) => this.byName.get(name)?.slice(0, comparedAtMost) ?? []),
    ];
    if (candidates.length === 0) return undefined;
    const given = byLabel(effective);
    return candidates.find((taker) => taker.matchers.every((matcher) => follows(matcher, given.get(matcher.name))));
  }

  private readonly sizeOf = (key: string) => this.byMatcher.get(key)?.length ?? 0;

  private append(lists: Map<string, Placed[]>, key: string, taker: Placed): void {
    const list = lists.get(key);
    if (list) list.push(taker);
    else lists.set(key, [taker]);
  }
}

/**
 * Names a route by its matchers. Its position would not help: the user may have written the route at another position
 * or in another list.
 */
function calledBy({ matchers }: Placed): string {
  return matchers.length === 0 ? "without matchers" : `that of ${matchers.map(written).join(" and ")}`;
}

/** Routes that no alert reaches: their matchers exclude each other, or an earlier route takes all their alerts. */
export function checkReachability(root: Placed): Finding[] {
  const findings: Finding[] = [];
  const visit = (parent: Placed) => {
    const takers = new Takers();
    for (const child of parent.children) {
      const pair = contradiction(child.effective);
      const taker = pair === undefined ? takers.before(child) : undefined;
      if (pair !== undefined)
        findings.push(
          warning(child.path, `can never match: no alert has both ${written(pair[0])} and ${written(pair[1])}`),
        );
      else if (taker !== undefined)
        findings.push(
          warning(
            child.path,
            `can never match: an earlier route, ${calledBy(taker)}, takes every such alert; put this one before it, or write \`continue: true\` there`,
          ),
        );
      else visit(child);
      if (child.route.continue !== true) takers.add(child);
    }
  };
  visit(root);
  return findings;
}
