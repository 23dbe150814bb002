import { randomInt } from "node:crypto";
import type { Properties } from "../properties";

const CLASSES = [
  { flag: "lower", minimum: "minLower", characters: "abcdefghijklmnopqrstuvwxyz" },
  { flag: "upper", minimum: "minUpper", characters: "ABCDEFGHIJKLMNOPQRSTUVWXYZ" },
  { flag: "numeric", minimum: "minNumeric", characters: "0123456789" },
  { flag: "special", minimum: "minSpecial", characters: "!@#$%&*()-_=+[]{}<>:?" },
] as const;

/** What the real provider takes where the program says nothing. */
export const TEXT_DEFAULTS: Properties = Object.fromEntries<unknown>(
  CLASSES.flatMap(({ flag, minimum }) => [
    [flag, true],
    [minimum, 0],
  ]),
);

/** A random text with the length, the classes of characters and the minimum of each that the inputs ask for. */
export function randomText(inputs: Properties): string {
  const asked: Properties = { ...TEXT_DEFAULTS, ...inputs };
  const length = Number(asked.length);
  const classes = CLASSES.filter(({ flag }) => asked[flag] === true).map(({ flag, minimum, characters }) => ({
    minimum: Number(asked[minimum]),
    characters: flag === "special" && asked.overrideSpecial ? (asked.overrideSpecial as string) : characters,
  }));
  const certain = classes.flatMap(({ minimum, characters }) => pick(characters, minimum));
  if (classes.length === 0 || !(length >= Math.max(1, certain.length))) {
    throw new Error(
      `no random text of length ${length} can have ${certain.length} characters of ${classes.length} classes`,
    );
  }
  const all = classes.map(({ characters }) => characters).join("");
  return shuffled([...certain, ...pick(all, length - certain.length)]).join("");
}

function pick(characters: string, count: number): string[] {
  return Array.from({ length: count }, () => characters.charAt(randomInt(characters.length)));
}

function shuffled(items: string[]): string[] {
  const rest = [...items];
  return items.map(() => rest.splice(randomInt(rest.length), 1)[0]!);
}
