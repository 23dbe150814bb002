import { compile } from "json-schema-to-typescript";
import type { Contract, Kind, Schema } from "../../chart/contract";
import type { Place } from "../../chart/places";
import { schemaOfContract } from "../../chart/schema";

/** Parts that get a named type; the types of other maps are written inline. */
const named: Readonly<Record<string, string>> = {
  alertmanager: "AlertmanagerValues",
  "kube-state-metrics": "StateMetricsValues",
  "prometheus-node-exporter": "NodeExporterValues",
  "prometheus-pushgateway": "PushgatewayValues",
  server: "ServerValues",
};

const banner = `// Made by \`npm run chart:contract\` out of chart/contract/ and chart/places.ts; not to be changed by hand.
import type { types } from "@pulumi/kubernetes";
import type { AlertmanagerConfig } from "../alertmanager/config";
import type { PrometheusDuration } from "../validation/durations";
import type { ByteSize } from "../validation/sizes";
import type { RemoteWrite, ScrapeConfig } from "../prometheus/config-types";
import type { RuleGroup } from "../prometheus/rule-groups";
import type { Frozen, Kubernetes } from "./plain-types";

/** Files that the chart puts next to Prometheus' configuration, by name. */
interface ServerFiles {
  readonly "alerting_rules.yml"?: { readonly groups?: readonly Frozen<RuleGroup>[] };
  readonly "recording_rules.yml"?: { readonly groups?: readonly Frozen<RuleGroup>[] };
  readonly [file: string]: unknown;
}
`;

/** The contract as interfaces: every key is optional, and unknown keys are not allowed. */
export async function typesOf(contract: Contract, kubernetes: Readonly<Record<string, Schema>>): Promise<string> {
  const schema = schemaOfContract(contract, kubernetes, (place, made) =>
    place.each === undefined ? { tsType: typeOf(place) } : made,
  );
  const properties = Object.fromEntries(
    Object.entries(schema.properties as Record<string, Schema>).map(([key, inner]) => [
      key,
      { ...typed(inner), ...(named[key] === undefined ? {} : { title: named[key] }) },
    ]),
  );
  const root = { ...schema, properties, title: "ChartValues" };
  const text = await compile(root, "ChartValues", {
    bannerComment: banner,
    format: false,
    unknownAny: true,
    additionalProperties: false,
  });
  // The generator has no option for `readonly` properties.
  const [head, body] = [text.slice(0, banner.length), text.slice(banner.length)];
  return (
    head +
    body
      .replaceAll(/^(\s*)((?:"[^"]+"|[A-Za-z_$][\w$]*)\?:)/gm, "$1readonly $2")
      .replace("export interface ChartValues", "/** The values of the pinned chart. */\nexport interface ChartValues")
  );
}

/** A schema with types that the generator would not choose itself, and without keys that nothing reads. */
function typed(schema: Schema): Schema {
  if (schema.tsType !== undefined) return schema;
  if (schema.properties !== undefined) {
    const kept = Object.entries(schema.properties as Record<string, Schema>).filter(([, inner]) => !inner.dead);
    return { ...schema, properties: Object.fromEntries(kept.map(([key, inner]) => [key, typed(inner)])) };
  }
  if (typeof schema.additionalProperties === "object") {
    return { ...schema, additionalProperties: typed(schema.additionalProperties as Schema) };
  }
  if (schema.type === "array") return { tsType: "readonly unknown[]" };
  if (schema.type === "object") return { tsType: "Readonly<Record<string, unknown>>" };
  return schema;
}

const ofKind: Readonly<Record<Kind, string>> = {
  text: "string",
  number: "number",
  boolean: "boolean",
  list: "readonly unknown[]",
  map: "Readonly<Record<string, unknown>>",
  any: "unknown",
};

const ofType: Readonly<Record<NonNullable<Place["type"]>, string>> = {
  AlertmanagerConfig: "Frozen<AlertmanagerConfig> & { readonly enabled?: boolean }",
  ScrapeConfigs: "Readonly<Record<string, Frozen<ScrapeConfig>>>",
  ServerFiles: "ServerFiles",
  RemoteWrite: "readonly Frozen<RemoteWrite>[]",
};

const ofFormat: Readonly<Record<NonNullable<Place["format"]>, string>> = {
  duration: 'PrometheusDuration | ""',
  size: 'ByteSize | ""',
  quantity: "string",
};

function typeOf(place: Place): string {
  const { list, ...item } = place;
  if (list) return `readonly (${typeOf(item)})[]`;
  if (place.type !== undefined) return ofType[place.type];
  if (place.format !== undefined) return ofFormat[place.format];
  if (place.oneOf !== undefined) return place.oneOf.map((one) => JSON.stringify(one)).join(" | ");
  const kinds = [place.kinds, place.free].flat().flatMap((kind) => (kind === undefined ? [] : [ofKind[kind]]));
  const keys =
    place.keys === undefined
      ? []
      : [
          `{ ${Object.entries(place.keys)
            .map(([key, inner]) => `readonly ${key}?: ${typeOf(inner)}`)
            .join("; ")} }`,
        ];
  if (place.kubernetes !== undefined) {
    const whole = [`Kubernetes<types.output.${place.kubernetes}>`, ...keys].join(" & ");
    const either = [whole, ...kinds].join(" | ");
    return place.free === undefined ? either : `Readonly<Record<string, ${either}>>`;
  }
  if (keys.length > 0) return keys[0]!;
  return place.free === undefined ? kinds.join(" | ") : `Readonly<Record<string, ${kinds.join(" | ")}>>`;
}
