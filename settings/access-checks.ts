import type { StackSettings } from "./stack-settings";
import { hostOf, type ServedHost } from "./certificate";
import { type Fault, shown } from "../validation/faults";

const ownCertificate =
  "`pulumi config set --secret --path alerting:certificate.chain < chain.pem` and `… alerting:certificate.key < key.pem`";

type AccessSettings = Pick<StackSettings, "access" | "loadBalancer" | "prometheus" | "alertmanager">;

/** The hosts under which people open the pages; a certificate has to cover them. */
export function servedHosts({ prometheus, alertmanager }: AccessSettings): ServedHost[] {
  const pages = [
    { setting: "alerting:prometheus.externalUrl", url: prometheus.externalUrl },
    { setting: "alerting:alertmanager.externalUrl", url: alertmanager.externalUrl },
  ];
  return pages.flatMap(({ setting, url }) => (url === undefined ? [] : [{ setting, host: hostOf(url) }]));
}

/** Problems of the access settings that no single setting shows. `isRead` says whether a key could be read. */
export function accessFaults(
  settings: AccessSettings & { readonly region?: string },
  hasOwnCertificate: boolean,
  isRead: (key: string) => boolean = () => true,
): Fault[] {
  const { access, loadBalancer } = settings;
  const certificateArn = access.certificateArn;
  const faults: Fault[] = [];
  if (loadBalancer.scheme === "internet-facing") {
    if (access.password === false) {
      const sentence =
        'is false, but alerting:loadBalancer.scheme is "internet-facing", and anyone who reached the pages could read everything and silence alerts. Set it to true, or the scheme to "internal".';
      faults.push({ key: "alerting:access.password", sentence });
    }
    if (certificateArn === undefined && isRead("access.certificateArn") && !hasOwnCertificate) {
      const sentence = `is not set, and neither is alerting:certificate, but alerting:loadBalancer.scheme is "internet-facing", and the password would cross the internet unencrypted. Set the ARN of a certificate in ACM, or your own certificate by ${ownCertificate}.`;
      faults.push({ key: "alerting:access.certificateArn", sentence });
    }
  }
  if (certificateArn !== undefined && hasOwnCertificate) {
    const sentence = `got ${shown(certificateArn)} beside the secret alerting:certificate, and only one of the two can terminate TLS. Run \`pulumi config rm --path alerting:access.certificateArn\`, or \`pulumi config rm alerting:certificate\`.`;
    faults.push({ key: "alerting:access.certificateArn", sentence });
  }
  const inRegion = certificateArn?.split(":")[3];
  if (inRegion !== undefined && settings.region !== undefined && inRegion !== settings.region) {
    const sentence = `is a certificate of region ${inRegion}, but the NLBs are in ${settings.region}, and take only certificates from there.`;
    faults.push({ key: "alerting:access.certificateArn", sentence });
  }
  if (certificateArn !== undefined || hasOwnCertificate) faults.push(...pageFaults(settings, isRead));
  return faults;
}

/**
 * Reports pages without an https URL if there is a certificate: it is for host names, which links and stack outputs
 * use.
 */
function pageFaults({ prometheus, alertmanager }: AccessSettings, isRead: (key: string) => boolean): Fault[] {
  return Object.entries({ prometheus, alertmanager }).flatMap(([server, settings]) => {
    const externalUrl = settings.externalUrl;
    if (!isRead(`${server}.externalUrl`) || externalUrl?.startsWith("https://")) return [];
    const saw = externalUrl === undefined ? "is not set" : `got ${shown(externalUrl)}`;
    const sentence = `${saw}, but there is a certificate, which is for a host name; accepted: "https://<host>", whose DNS record points to the NLB.`;
    return [{ key: `alerting:${server}.externalUrl`, sentence }];
  });
}
