import { X509Certificate } from "node:crypto";
import { isIP } from "node:net";
import { hostOf, soonDays } from "../../../settings/certificate";
import type { Configuration } from "../../../config";
import type { CustomCertificate } from "../../stack/configuration";
import { type Check, count, failed, type CheckResult, ok, skipped, warning } from "../../shared/check-result";

const dayMs = 24 * 60 * 60 * 1000;

/** The host names of the pages' certificate, and when it expires. For a certificate in AWS only its name is known. */
export function certificateCheck(
  { settings }: Configuration,
  own: CustomCertificate | undefined,
  now: () => number = Date.now,
): Check {
  return {
    name: "certificate",
    run: () => Promise.resolve([own === undefined ? withoutOwn(settings) : ofOwn(own, settings, now())]),
  };
}

type Settings = Configuration["settings"];

function withoutOwn({ access }: Settings): CheckResult {
  if (access?.certificateArn !== undefined) {
    return ok(`${access.certificateArn} is kept and renewed by AWS; ACM was not asked about it.`);
  }
  return ok(
    "there is none: the pages, and the password, cross the network unencrypted, which is only acceptable on an internal network.",
  );
}

function ofOwn({ chain }: CustomCertificate, settings: Settings, now: number): CheckResult {
  let leaf: X509Certificate;
  try {
    leaf = new X509Certificate(chain);
  } catch {
    return skipped("alerting:certificate could not be read, as the configuration's check says.");
  }
  const hosts = (leaf.subjectAltName ?? "").replaceAll(/(DNS|IP Address):/g, "") || "no host at all";
  const until = new Date(leaf.validTo);
  const left = Math.floor((until.getTime() - now) / dayMs);
  const date = until.toISOString().slice(0, 10);
  const setNew = "Set a new one as docs/access.md says, and `pulumi up`: nothing restarts.";
  if (until.getTime() <= now) return failed(`of ${hosts} has expired on ${date}.`, setNew);
  if (new Date(leaf.validFrom).getTime() > now) {
    return failed(`of ${hosts} is not valid yet, only from ${new Date(leaf.validFrom).toISOString().slice(0, 10)} on.`);
  }
  const missing = [settings.prometheus?.externalUrl, settings.alertmanager?.externalUrl]
    .filter((url) => url !== undefined)
    .map(hostOf)
    .filter((host) => (isIP(host) ? leaf.checkIP(host) : leaf.checkHost(host, { subject: "never" })) === undefined);
  if (missing.length > 0) return failed(`is for ${hosts}, but not for ${missing.join(" and ")}.`, setNew);
  const told = `is for ${hosts}, and expires on ${date}, in ${count(left, "day")}.`;
  return left < soonDays ? warning(told, setNew) : ok(told);
}
