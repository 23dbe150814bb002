import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";

/** The good and bad examples of the tests, by language. */
export const corpus = join(__dirname, "../../test/fixtures/corpus");

/** A file of the corpus. */
export const read = (folder: string, file: string) => parsed<Record<string, unknown>>(join(corpus, folder, file));

/** The good files of a language. */
export const goodFiles = (language: string) =>
  readdirSync(join(corpus, language, "good"))
    .filter((file) => file.endsWith(".yaml"))
    .map((file) => read(join(language, "good"), file));

/** A seed file in this folder. */
export const seeds = <Seeds>(file: string) => parsed<Seeds>(join(__dirname, "seeds", file));

const parsed = <Content>(file: string) => parse(readFileSync(file, "utf8")) as Content;
