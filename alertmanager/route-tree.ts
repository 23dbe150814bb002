import { type Matcher, parseMatchers } from "./matchers";
import { isSet, textsOf } from "./reading";
import type { Path } from "../validation/finding";
import { listOf, mapOf, type PlainMap } from "../validation/plain-data";

/** A route with its position in the tree. */
export interface Placed {
  readonly route: Readonly<PlainMap>;
  readonly path: Path;
  readonly parent?: Placed;
  /** The route's own matchers, as far as they can be read. */
  readonly matchers: readonly Matcher[];
  /** The route's own matchers and those of every route above it. */
  readonly effective: readonly Matcher[];
  readonly children: readonly Placed[];
}

/** The conditions of a route, deprecated forms included; undefined if one of them cannot be read. */
export function matchersOf(route: Readonly<PlainMap>): readonly Matcher[] | undefined {
  if (isSet(route.matchers) && !Array.isArray(route.matchers)) return undefined;
  if (["match", "match_re"].some((key) => isSet(route[key]) && typeof route[key] !== "object")) return undefined;
  const written = textsOf(route.matchers).map(({ text }) => parseMatchers(text));
  if (written.includes(undefined) || written.length !== listOf(route.matchers).length) return undefined;
  const legacy = (key: string, operator: Matcher["operator"]) =>
    Object.entries(mapOf(route[key])).map(([name, value]) => ({ name, operator, value: String(value) }));
  return [...written.flatMap((some) => some!), ...legacy("match", "="), ...legacy("match_re", "=~")];
}

/** The tree of routes. A route with an unreadable matcher counts as a route that matches nothing known. */
export function routeTree(config: unknown): Placed {
  const place = (value: unknown, path: Path, parent?: Placed): Placed => {
    const route = mapOf(value);
    const unreadable: Matcher[] = [{ name: "", operator: "=", value: path.join(".") }];
    const matchers = matchersOf(route) ?? unreadable;
    const children: Placed[] = [];
    const placed = { route, path, parent, matchers, effective: [...(parent?.effective ?? []), ...matchers], children };
    listOf(route.routes).forEach((child, at) => children.push(place(child, [...path, "routes", at], placed)));
    return placed;
  };
  return place(mapOf(config).route, ["route"]);
}

/** Every route, from the root down. */
export function everyRoute(root: Placed): Placed[] {
  return [root, ...root.children.flatMap(everyRoute)];
}

/** The value that a route has for a key: its own, or the one of the nearest route above that sets it. */
export function inherited(placed: Placed, key: string): unknown {
  return placed.route[key] ?? (placed.parent && inherited(placed.parent, key));
}
