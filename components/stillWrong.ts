import type { Today } from "../chart/yesterday/today";
import type { StackSettings } from "../config";
import type { Fault } from "../configuration/faults";
import { parseSettings } from "../configuration/parse";
import type { Readable } from "../configuration/readable";
import { releaseValues } from "./releaseValues";

/**
 * The translation of an old configuration as text, and below it what is wrong with it as it was before: a translation
 * carries over, and mends nothing.
 */
export function translationText(today: Today, settings: Readable<StackSettings> = {}): string {
  const faults = faultsIn(today, settings);
  if (faults.length === 0) return today.text;
  const lines = faults.map(({ key, sentence }) => `#   ${key}: ${sentence}`.replace(/\s*\n\s*/g, " "));
  return `${today.text.trimEnd()}\n\n# Still to be mended in it, carried over as it was:\n${lines.join("\n")}\n`;
}

function faultsIn({ settings: written, secrets }: Today, settings: Readable<StackSettings>): Fault[] {
  const raw = Object.fromEntries(Object.entries(written).map(([key, value]) => [key, asText(value)]));
  const parsed = parseSettings(raw, () => false);
  const isWritten = ({ key }: Fault) => Object.keys(raw).some((name) => new RegExp(`^alerting:${name}\\b`).test(key));
  const credentials = secrets.flatMap(({ command }) => /credentials\.([\w-]+)/.exec(command)?.[1] ?? []);
  const only = Object.fromEntries(Object.entries(parsed.readable).filter(([name]) => name in raw));
  const release = releaseValues({ ...settings, ...only }, credentials);
  return [...parsed.faults, ...release.faults].filter(isWritten);
}

/** A setting as the engine hands it on. */
const asText = (value: unknown): string => (typeof value === "string" ? value : JSON.stringify(value));
