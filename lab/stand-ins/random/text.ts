import { randomInt } from "node:crypto";
import type { Properties } from "../properties";

const classes: Readonly<Record<string, string>> = {
  lower: "abcdefghijklmnopqrstuvwxyz",
  upper: "ABCDEFGHIJKLMNOPQRSTUVWXYZ",
  numeric: "0123456789",
  special: "!@#$%&*()-_=+[]{}<>:?",
};

/** The real provider's default inputs. */
export const textDefaults: Properties = { lower: true, upper: true, numeric: true, special: true };

/** A random string with the length and character classes that the inputs require. */
export function randomText(inputs: Properties): string {
  const asked: Properties = { ...textDefaults, ...inputs };
  const special = (asked.overrideSpecial as string | undefined) || classes.special;
  const characters = Object.entries({ ...classes, special })
    .map(([name, members]) => (asked[name] === true ? members : ""))
    .join("");
  if (characters === "") throw new Error("a random string needs at least one class of characters");
  return Array.from({ length: Number(asked.length) }, () => characters.charAt(randomInt(characters.length))).join("");
}
