import { CoreV1Api } from "@kubernetes/client-node";
import type { KubeConfig, V1Pod } from "@kubernetes/client-node";

/** The share of a token's lifetime after which a kubelet renews the token. */
const renewAtShare = 0.8;

/** Requests tokens of a pod's service account, which are bound to the pod, through the TokenRequest API. */
export class ServiceAccountTokens {
  private readonly core: CoreV1Api;
  private readonly tokens = new Map<string, { token: string; renewAt: number }>();

  constructor(
    config: KubeConfig,
    private readonly pod: V1Pod,
  ) {
    this.core = config.makeApiClient(CoreV1Api);
  }

  public async get(audience: string | undefined, seconds: number): Promise<string> {
    const known = this.tokens.get(audience ?? "");
    if (known !== undefined && Date.now() < known.renewAt) {
      return known.token;
    }
    const { name = "", namespace = "", uid } = this.pod.metadata ?? {};
    const answer = await this.core.createNamespacedServiceAccountToken({
      name: this.pod.spec?.serviceAccountName ?? "default",
      namespace,
      body: {
        spec: {
          audiences: audience === undefined ? [] : [audience],
          expirationSeconds: seconds,
          boundObjectRef: { apiVersion: "v1", kind: "Pod", name, uid },
        },
      },
    });
    const token = answer.status?.token ?? "";
    const life = (answer.status?.expirationTimestamp.getTime() ?? Date.now()) - Date.now();
    this.tokens.set(audience ?? "", { token, renewAt: Date.now() + life * renewAtShare });
    return token;
  }
}
