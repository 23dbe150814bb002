import type { MigratedSettings } from "../../chart/legacy/migration";
import { defaultSettings, parseSettings } from "../../settings/parse";
import type { Fault } from "../../validation/faults";
import { releaseValues } from "../../values/release-values";

/** What a preview would refuse in these settings; missing settings are not reported. */
export function problemsIn({ settings, secrets }: Pick<MigratedSettings, "settings" | "secrets">): Fault[] {
  const raw = Object.fromEntries(Object.entries(settings).map(([key, value]) => [key, asText(value)]));
  const { faults, settings: parsed } = parseSettings(raw, () => false);
  const credentials = secrets.flatMap(({ command }) => /credentials\.([\w-]+)/.exec(command)?.[1] ?? []);
  const written = Object.fromEntries(Object.entries(parsed).filter(([name]) => name in raw));
  const isMissing = ({ sentence }: Fault) => sentence.startsWith("is not set");
  return [
    ...faults.filter((fault) => !isMissing(fault)),
    ...releaseValues({ ...defaultSettings(), ...written }, credentials).faults,
  ];
}

/** A setting as the engine passes it on. */
const asText = (value: unknown): string => (typeof value === "string" ? value : JSON.stringify(value));

/** Migrated settings as text, followed by the problems that a preview would report. */
export function migratedText(migrated: MigratedSettings): string {
  const problems = problemsIn(migrated);
  if (problems.length === 0) return migrated.text;
  const lines = problems.map(({ key, sentence }) => `#   ${key}: ${sentence}`.replace(/\s*\n\s*/g, " "));
  return `${migrated.text.trimEnd()}\n\n# Copied unchanged, but a preview would refuse these; fix them:\n${lines.join("\n")}\n`;
}
