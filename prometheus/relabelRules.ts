import { shown } from "../configuration/faults";
import { error, type Finding } from "../configuration/finding";
import type { Part } from "./configSchema";
import { isSet } from "./httpRules";
import { regexFault } from "./parsers/parsers";

/** What `target_label` and `replacement` may be where names are held to letters, digits and the low line. */
const classicName = /^[a-zA-Z_][a-zA-Z0-9_]*$/;
const classicTemplate = /^(?:(?:[a-zA-Z_]|\$(?:\{\w+\}|\w+))+\w*)+$/;

const targeted = ["replace", "hashmod", "lowercase", "uppercase", "keepequal", "dropequal"];
const unchanged = ["lowercase", "uppercase", "keepequal", "dropequal"];
/** Actions that read few keys, and the others that they may have at their defaults alone. */
const bare: Readonly<Record<string, readonly string[]>> = {
  keepequal: ["regex", "modulus", "separator", "replacement"],
  dropequal: ["regex", "modulus", "separator", "replacement"],
  labeldrop: ["source_labels", "target_label", "modulus", "separator", "replacement"],
  labelkeep: ["source_labels", "target_label", "modulus", "separator", "replacement"],
};
const defaults: Readonly<Record<string, unknown>> = { separator: ";", replacement: "$1", modulus: 0, target_label: "" };

/** What a step of relabelling lacks, or may not have; `classic` where names are of letters, digits and the low line alone. */
export function checkRelabelling({ value, path }: Part, classic: boolean): Finding[] {
  const action = typeof value["action"] === "string" ? value["action"].toLowerCase() : "replace";
  const { target_label: target, replacement = "$1", regex, modulus } = value;
  const findings: Finding[] = [];
  const say = (key: string, sentence: string) => void findings.push(error([...path, key], sentence));
  if (targeted.includes(action) && !isSet(target))
    say("target_label", `is not set, and the action ${action} writes to it; write a label's name.`);
  if (action === "hashmod" && (modulus === undefined || modulus === 0))
    say("modulus", "is not set, and the action hashmod needs it; write a whole number above 0.");
  for (const key of bare[action] ?? (unchanged.includes(action) ? ["replacement"] : []))
    if (value[key] !== undefined && value[key] !== defaults[key])
      say(key, `cannot stand beside the action ${action}; remove it.`);
  if (action === "labelmap" && replacement === "")
    say("replacement", 'is empty; write the names\' pattern, such as "$1".');
  if (classic) {
    const name = action === "labelmap" ? replacement : target;
    const form = action === "replace" || action === "labelmap" ? classicTemplate : classicName;
    if (
      (targeted.includes(action) || action === "labelmap") &&
      typeof name === "string" &&
      name !== "" &&
      !form.test(name)
    )
      say(
        action === "labelmap" ? "replacement" : "target_label",
        `got ${shown(name)}; with metric_name_validation_scheme legacy a name has letters, digits and "_" alone.`,
      );
  }
  const fault = typeof regex === "string" ? regexFault(regex) : undefined;
  if (fault !== undefined) say("regex", `got ${shown(regex)}, which Prometheus refuses: ${fault}.`);
  return findings;
}
