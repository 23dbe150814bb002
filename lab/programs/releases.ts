import { createHash } from "node:crypto";
import { createWriteStream } from "node:fs";
import { chmod, copyFile, mkdir, readFile, rename } from "node:fs/promises";
import path from "node:path";
import { text } from "node:stream/consumers";
import { pipeline } from "node:stream/promises";
import type { ReadableStream } from "node:stream/web";
import { run } from "./command";
import type { Release } from "./catalog";

/** The time-out for the first answer of a release host, and for the start or the continuation of a download. */
const probeMs = 3_000;
const stallMs = 20_000;

/** The settings in the environment that decide from where releases are downloaded. */
export interface ReleaseSettings {
  /** `LAB_DOWNLOADS=never`: no download is tried. */
  readonly never: boolean;
  /** `LAB_RELEASES`, the address of a mirror: `https://host/path` is fetched as `<mirror>/host/path`. */
  readonly mirror?: string;
}

/**
 * The error if a file does not have the checksum that its project publishes. It must end the run: no other source of
 * the program may be used instead.
 */
export class ChecksumError extends Error {}

/** Reads the settings from the environment. An invalid value is an error. */
export function releaseSettings(env: NodeJS.ProcessEnv): ReleaseSettings {
  const downloads = env.LAB_DOWNLOADS ?? "auto";
  if (downloads !== "auto" && downloads !== "never") {
    throw new Error(`LAB_DOWNLOADS is "${downloads}"; it can be "auto" (the default) or "never".`);
  }
  const mirror = env.LAB_RELEASES;
  if (mirror !== undefined && !/^https?:\/\/[^/]/.test(mirror)) {
    throw new Error(`LAB_RELEASES is "${mirror}"; it must be the http(s) address of a mirror.`);
  }
  return { never: downloads === "never", mirror: mirror?.replace(/\/+$/, "") };
}

const probes = new Map<string, Promise<string | undefined>>();

/** Why the host of a release cannot be reached; `undefined` if it can be reached. A process tries each host once. */
export function whyUnreachable(release: Release, settings: ReleaseSettings): Promise<string | undefined> {
  if (settings.never) {
    return Promise.resolve("LAB_DOWNLOADS=never");
  }
  const { origin, host } = new URL(addressOf(release.url, settings));
  let probe = probes.get(origin);
  if (probe === undefined) {
    probe = fetch(origin, { method: "HEAD", redirect: "manual", signal: AbortSignal.timeout(probeMs) }).then(
      () => undefined,
      (error: unknown) => `${host} is not reachable (${reasonOf(error)})`,
    );
    probes.set(origin, probe);
  }
  return probe;
}

/**
 * Downloads a release, verifies its checksum and unpacks it into `directory`. Returns the path of the unpacked folder,
 * or of the file if there is nothing to unpack.
 */
export async function fetchRelease(o: {
  release: Release;
  settings: ReleaseSettings;
  directory: string;
  env: NodeJS.ProcessEnv;
  signal?: AbortSignal;
}): Promise<{ pathOf(member: string): string }> {
  const { release, settings, directory, signal } = o;
  const name = path.posix.basename(new URL(release.url).pathname);
  const listAddress = addressOf(release.checksums, settings);
  const expected = checksumFor(name, await text(fetched(listAddress, signal)), listAddress);
  const file = path.join(directory, name);
  const address = addressOf(release.url, settings);
  await pipeline(fetched(address, signal), createWriteStream(file));
  const algorithm = expected.length === 128 ? "sha512" : "sha256";
  const actual = createHash(algorithm)
    .update(await readFile(file))
    .digest("hex");
  if (actual !== expected) {
    throw new ChecksumError(
      `${address} has the checksum ${actual}, but ${listAddress} says ${expected}: it was not installed. ` +
        "Try again; if this happens again, something on the network changes the file (LAB_DOWNLOADS=never builds the program instead).",
    );
  }
  if (release.member === undefined) {
    await chmod(file, 0o755);
    return { pathOf: () => file };
  }
  const unpacked = path.join(directory, "unpacked");
  await mkdir(unpacked);
  await run("tar", ["-xzf", file, "--no-same-owner", "-C", unpacked], { env: o.env, signal });
  return { pathOf: (member) => path.join(unpacked, member) };
}

/** Makes a folder from an unpacked release, with the program and, if it needs them, the files beside it. */
export async function folderFor(o: { name: string; release: Release; source: string; target: string }): Promise<void> {
  if (o.release.keepsNeighbours === true) {
    await rename(path.dirname(o.source), o.target);
    return;
  }
  await mkdir(o.target);
  const file = path.join(o.target, o.name);
  await copyFile(o.source, file);
  await chmod(file, 0o755);
}

function addressOf(url: string, settings: ReleaseSettings): string {
  return settings.mirror === undefined ? url : url.replace(/^https:\/\//, `${settings.mirror}/`);
}

/**
 * The checksum of a file in a list whose lines are `<checksum>  <file>`. A list for a single file may contain only the
 * checksum.
 */
function checksumFor(name: string, list: string, address: string): string {
  const lines = list
    .trim()
    .split("\n")
    .map((line) => line.trim().split(/\s+/));
  const own = lines.find(([, file]) => file !== undefined && path.posix.basename(file.replace(/^\*/, "")) === name);
  const checksum = own?.[0] ?? (lines.length === 1 && lines[0]?.length === 1 ? lines[0][0] : undefined);
  if (checksum === undefined || !/^([0-9a-f]{64}|[0-9a-f]{128})$/.test(checksum)) {
    throw new Error(`${address} has no checksum for ${name}`);
  }
  return checksum;
}

/** Downloads a file. A transfer that stalls is aborted. */
async function* fetched(address: string, signal?: AbortSignal): AsyncGenerator<Uint8Array> {
  const stalled = new AbortController();
  const timer = setTimeout(() => stalled.abort(new Error(`no data came for ${stallMs / 1000} s`)), stallMs);
  const signals = signal === undefined ? [stalled.signal] : [stalled.signal, signal];
  try {
    const response = await fetch(address, { signal: AbortSignal.any(signals) });
    if (!response.ok || response.body === null) {
      throw new Error(`HTTP status ${response.status}`);
    }
    for await (const chunk of response.body as ReadableStream<Uint8Array>) {
      timer.refresh();
      yield chunk;
    }
  } catch (error) {
    throw new Error(`${address} could not be downloaded (${reasonOf(error)})`, { cause: error });
  } finally {
    clearTimeout(timer);
  }
}

/** The reason for a failed request. The message of Node's `fetch` is only "fetch failed", but the error has a cause. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) {
    return String(error);
  }
  const cause = error.cause as NodeJS.ErrnoException | undefined;
  return cause?.code ?? cause?.message ?? error.message;
}
