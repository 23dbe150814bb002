import type * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";
import { stringify } from "yaml";
import { mountedSecret } from "./mounted-secret";
import { webClientFiles, webClientSecret, webFiles, webSecret } from "../values/web-values";
import { clientUser, personUser, webUsers } from "../conventions/web-users";

/** A custom certificate, as the secret `alerting:certificate` holds it. */
export interface WebCertificate {
  /** The certificate and what is between it and the authority, in PEM. */
  readonly chain: pulumi.Input<string>;
  readonly key: pulumi.Input<string>;
  /** What the certificate is checked against: the authorities, or the chain itself. */
  readonly authority: pulumi.Input<string>;
}

export interface WebAccessArgs {
  readonly namespace: pulumi.Input<string>;
  readonly labels: Readonly<Record<string, string>>;
  /** Numbers of the passwords that are accepted; undefined where the pages have no password. */
  readonly passwords?: readonly number[];
  /** Undefined where the servers speak plain HTTP. */
  readonly certificate?: WebCertificate;
  /** Makes the passwords. */
  readonly randomProvider?: pulumi.ProviderResource;
}

type Password = random.RandomPassword;

/**
 * The passwords of the pages, and the two Secrets that hold what Prometheus and Alertmanager need of them: the hashes
 * and the certificate for the servers, one password for Prometheus itself. Both change in place, and need no restart.
 */
export class WebAccess extends pulumi.ComponentResource {
  public readonly secrets: readonly k8s.core.v1.Secret[];

  constructor(name: string, args: WebAccessArgs, opts?: pulumi.ComponentResourceOptions) {
    // No args to super: they would become inputs of the component in the state.
    super("alerting:access:WebAccess", name, {}, opts);
    const { namespace, labels, certificate } = args;
    const users = args.passwords && webUsers(args.passwords);
    const made = (kind: string, numbers: readonly number[] = []) =>
      new Map(numbers.map((number) => [number, this.password(`${kind}-${number}`, args.randomProvider)]));
    const people = made("web-password", users?.people);
    const clients = made("web-client-password", users?.clients);
    const hashes = [
      ...[...people].map(([number, { bcryptHash }]) => ({ user: personUser(number), bcryptHash })),
      ...[...clients].map(([number, { bcryptHash }]) => ({ user: clientUser(number), bcryptHash })),
    ];
    const server = {
      [webFiles.config]: pulumi.all(hashes).apply((known) => webConfig(known, certificate !== undefined)),
      ...(certificate && { [webFiles.certificate]: certificate.chain, [webFiles.key]: certificate.key }),
    };
    const client = {
      ...(users && {
        [webClientFiles.user]: clientUser(users.used),
        [webClientFiles.password]: clients.get(users.used)!.result,
      }),
      ...(certificate && { [webClientFiles.authority]: certificate.authority }),
    };
    const secret = (childName: string, secretName: string, texts: Readonly<Record<string, pulumi.Input<string>>>) =>
      mountedSecret(childName, { secretName, namespace, labels, texts }, this);
    this.secrets = [secret(name, webSecret, server), secret(`${name}-client`, webClientSecret, client)];
    this.registerOutputs({});
  }

  private password(name: string, provider: pulumi.ProviderResource | undefined): Password {
    // Only letters and digits, so that a password can be pasted anywhere.
    return new random.RandomPassword(name, { length: 32, special: false }, { parent: this, provider });
  }
}

/** The file that Prometheus and Alertmanager read again for every request; paths in it are beside it. */
export function webConfig(users: readonly { user: string; bcryptHash: string }[], hasCertificate: boolean): string {
  return stringify({
    ...(hasCertificate && {
      tls_server_config: { cert_file: webFiles.certificate, key_file: webFiles.key, min_version: "TLS12" },
    }),
    ...(users.length > 0 && {
      basic_auth_users: Object.fromEntries(users.map(({ user, bcryptHash }) => [user, bcryptHash])),
    }),
  });
}
