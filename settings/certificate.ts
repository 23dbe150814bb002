import { type KeyObject, X509Certificate } from "node:crypto";
import { isIP } from "node:net";
import { type Fault, nearest } from "../validation/faults";
import { readPrivateKey } from "./private-key";
import { inClear, secretMap } from "./secrets";

const key = "alerting:certificate";
const parts = ["chain", "key", "ca"] as const;
type Part = (typeof parts)[number];
/** The command that sets one part of the certificate from a file. */
const setPart = (part: Part) => `pulumi config set --secret --path ${key}.${part} < ${part}.pem`;
const setBoth = `Run \`${setPart("chain")}\` and \`${setPart("key")}\``;

/** Every preview warns about a certificate that expires within this many days. */
export const soonDays = 14;
const day = 24 * 60 * 60 * 1000;

/** A custom certificate, which Prometheus and Alertmanager serve. */
export interface CustomCertificate {
  /** The certificate, followed by the intermediate certificates up to the authority, in PEM. */
  readonly chain: string;
  readonly key: string;
  /** What the certificate is checked against: the configured authorities, or the chain itself if there are none. */
  readonly authority: string;
}

/** A name that the certificate has to cover, and the setting that the name comes from. */
export interface ServedHost {
  readonly setting: string;
  readonly host: string;
}

/** The host of a page's URL, in the form that a certificate uses. */
export function hostOf(url: string): string {
  return new URL(url).hostname.replace(/^\[(.*)\]$/, "$1");
}

export interface CheckedCertificate {
  readonly certificate?: CustomCertificate;
  readonly faults: readonly Fault[];
  readonly warnings: readonly Fault[];
}

/** Checks the optional secret `alerting:certificate`. No error sentence contains the key. */
export function checkCertificate(
  text: string | undefined,
  isSecret: boolean,
  hosts: readonly ServedHost[],
  now: Date = new Date(),
): CheckedCertificate {
  if (text === undefined) return { faults: [], warnings: [] };
  const none = (sentence: string) => ({ faults: [{ key, sentence }], warnings: [] });
  const read = secretMap(text);
  if (read === undefined) return none(`is not a map with the keys chain and key (the value is not shown). ${setBoth}.`);
  if (!isSecret) return none(inClear(setBoth, "have a new certificate made for a new key", "its key"));
  const faults: Fault[] = [];
  const fault = (part: string, sentence: string) => void faults.push({ key: `${key}.${part}`, sentence });
  const given = partsOf(read, fault);
  const chain = given.chain === undefined ? [] : certificatesIn(given.chain, "chain", fault);
  const ca = given.ca === undefined ? undefined : certificatesIn(given.ca, "ca", fault);
  const privateKey = given.key === undefined ? undefined : keyIn(given.key, fault);
  const leaf = chain[0];
  if (leaf !== undefined) {
    if (privateKey !== undefined) ofKey(chain, privateKey, fault);
    inOrder(chain, fault);
    forServers(leaf, fault);
    named(leaf, hosts, faults);
    if (ca !== undefined && ca.length > 0) vouched(chain, ca, now, fault);
  }
  const warnings = inTime(chain, now, fault);
  if (faults.length > 0) return { faults, warnings };
  const { chain: chainText, key: keyText, ca: caText } = given;
  return {
    certificate: { chain: chainText!, key: keyText!, authority: caText ?? chainText! },
    faults,
    warnings,
  };
}

type Tell = (part: string, sentence: string) => void;

/** The parts of the certificate as strings, each ending with a line break. */
function partsOf(read: Readonly<Record<string, unknown>>, fault: Tell): Partial<Record<Part, string>> {
  const given: Partial<Record<Part, string>> = {};
  for (const name of Object.keys(read).filter((one) => !(parts as readonly string[]).includes(one))) {
    const guess = nearest(name, parts);
    fault(
      /^[\w-]{1,40}$/.test(name) ? name : "?",
      `there is no such part. ${guess ? `Is ${key}.${guess} meant?` : `Known here: ${parts.join(", ")}.`}`,
    );
  }
  for (const part of parts) {
    const value = read[part];
    if (typeof value === "string" && value.trim() !== "") given[part] = `${value.trim()}\n`;
    else if (value !== undefined || part !== "ca") {
      const wrong = value === undefined ? "is not set" : "is not a string, or is empty (the value is not shown)";
      fault(part, `${wrong}. Run \`${setPart(part)}\`.`);
    }
  }
  return given;
}

const block = /-----BEGIN ([A-Z0-9 ]+)-----[^-]*-----END \1-----/g;

function certificatesIn(text: string, part: Part, fault: Tell): X509Certificate[] {
  const blocks = [...text.matchAll(block)].map(([pem, kind]) => ({ pem, kind: kind! }));
  // This searches the whole string: the pattern for a block does not match a key with a passphrase, which has extra
  // lines.
  if (/PRIVATE KEY-----/.test(text)) {
    fault(
      part,
      `holds a private key besides certificates, which belongs only in ${key}.key. Run \`${setPart(part)}\`.`,
    );
    return [];
  }
  const pems = blocks.filter(({ kind }) => kind === "CERTIFICATE");
  if (pems.length === 0 || pems.length < blocks.length) {
    fault(
      part,
      `does not contain certificates in PEM, \`-----BEGIN CERTIFICATE-----\` and so on. Run \`${setPart(part)}\`.`,
    );
    return [];
  }
  const certificates = pems.map(({ pem }) => certificateIn(pem));
  const unread = certificates.indexOf(undefined);
  if (unread < 0) return certificates as X509Certificate[];
  fault(
    part,
    `cannot be read: ${nth(unread)} certificate in it is damaged. Run \`${setPart(part)}\` with the whole file.`,
  );
  return [];
}

function certificateIn(pem: string): X509Certificate | undefined {
  try {
    return new X509Certificate(pem);
  } catch {
    return undefined;
  }
}

const nth = (index: number) => `the ${["first", "second", "third"][index] ?? `${index + 1}th`}`;

function keyIn(text: string, fault: Tell): KeyObject | undefined {
  const { key: found, fault: wrong } = readPrivateKey(text, setPart("key"));
  if (wrong !== undefined) fault("key", wrong);
  return found;
}

/** Checks that the key belongs to the certificate. */
function ofKey(chain: readonly X509Certificate[], privateKey: KeyObject, fault: Tell): void {
  if (chain[0]!.checkPrivateKey(privateKey)) return;
  const other = chain.findIndex((one) => one.checkPrivateKey(privateKey));
  fault(
    "key",
    other < 0
      ? `is not the key of the certificate in ${key}.chain, which is for ${subject(chain[0]!)}. Set the two that belong together.`
      : `is the key of ${nth(other)} certificate in ${key}.chain; the server's certificate has to be the first there.`,
  );
}

const subject = (certificate: X509Certificate) =>
  certificate.subjectAltName?.slice(0, 200) ?? (certificate.subject.replace(/\n/g, ", ") || "nobody");

/** Checks that each certificate is followed by the one of its issuer. */
function inOrder(chain: readonly X509Certificate[], fault: Tell): void {
  chain.forEach((one, index) => {
    const issuer = chain[index + 1];
    if (issuer === undefined || issuedBy(one, issuer)) return;
    fault("chain", `is out of order: ${nth(index + 1)} certificate in it has not issued the one before it.`);
  });
}

/** Compares name and signature: an authority that was created again has the name of the old one. */
const issuedBy = (one: X509Certificate, issuer: X509Certificate) =>
  one.checkIssued(issuer) && one.verify(issuer.publicKey);

const serverAuthentication = "1.3.6.1.5.5.7.3.1";
const anyPurpose = "2.5.29.37.0";

function forServers(leaf: X509Certificate, fault: Tell): void {
  // Node calls the extended key usage `keyUsage`; a certificate without it may be used for everything.
  const uses = leaf.keyUsage as readonly string[] | undefined;
  if (uses === undefined || uses.some((use) => use === serverAuthentication || use === anyPurpose)) return;
  fault("chain", "is not for servers: the certificate's extended key usage lacks TLS server authentication.");
}

/** Checks that the certificate covers the pages' hosts. Common names are ignored, as all current clients do. */
function named(leaf: X509Certificate, hosts: readonly ServedHost[], faults: Fault[]): void {
  for (const { setting, host } of hosts) {
    const has = isIP(host) ? leaf.checkIP(host) : leaf.checkHost(host, { subject: "never" });
    if (has !== undefined) continue;
    const sentence = `has the host "${host}", which ${key}.chain does not cover; it covers ${leaf.subjectAltName?.slice(0, 200) ?? "no host at all, as it has no subject alternative names"}.`;
    faults.push({ key: setting, sentence });
  }
}

/** Checks that one of the authorities has issued the chain, and that this authority is still valid. */
function vouched(chain: readonly X509Certificate[], ca: readonly X509Certificate[], now: Date, fault: Tell): void {
  const vouches = (authority: X509Certificate) =>
    new Date(authority.validTo) > now &&
    chain.some((one) => one.fingerprint256 === authority.fingerprint256 || issuedBy(one, authority));
  if (ca.some(vouches)) return;
  fault(
    "ca",
    `holds no authority that has issued ${key}.chain and is valid today, so Prometheus would not send to Alertmanager. Run \`${setPart("ca")}\`, or leave it out to trust the chain itself.`,
  );
}

/** Reports certificates that are not valid now, and warns about those that expire soon. */
function inTime(chain: readonly X509Certificate[], now: Date, fault: Tell): Fault[] {
  const warnings: Fault[] = [];
  chain.forEach(({ validFrom, validTo }, index) => {
    const [from, to] = [new Date(validFrom), new Date(validTo)];
    const which = index === 0 ? "" : `: ${nth(index)} certificate in it`;
    if (to <= now) fault("chain", `has expired${which}, on ${date(to)}. Set a new one: ${setBoth}.`);
    else if (from > now) fault("chain", `is not valid yet${which}, only from ${date(from)} on. Set one that is.`);
    else if (to.getTime() - now.getTime() < soonDays * day) {
      const days = Math.floor((to.getTime() - now.getTime()) / day);
      const sentence = `ends on ${date(to)}${which}, in ${days} days, and from then on no page opens and no alert reaches Alertmanager. Set a new one: ${setBoth}.`;
      warnings.push({ key: `${key}.chain`, sentence });
    }
  });
  return warnings;
}

const date = (when: Date) => when.toISOString().slice(0, 10);
