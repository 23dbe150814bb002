import { Provider as AwsProvider } from "@pulumi/aws";
import { Provider as KubernetesProvider } from "@pulumi/kubernetes";
import { Provider as RandomProvider } from "@pulumi/random";
import type { StackSettings } from "../settings/stack-settings";

/**
 * The provider of the cluster. Only the context of the kubeconfig is an input, so that two machines see no diff; the
 * file is found by the provider itself, as the look-up found it. The setting `alerting:kubeconfig` goes in as it is
 * written, which is the same for everyone who uses the stack.
 */
export function kubernetesProvider(settings: Pick<StackSettings, "context" | "kubeconfig">): KubernetesProvider {
  // The SDK would make these of this machine inputs: KUBECONFIG a replacement of everything on the next machine,
  // PULUMI_K8S_ENABLE_PATCH_FORCE permission to take others' labels.
  const ambient = Object.entries(process.env).filter(([name]) => /^(KUBECONFIG|PULUMI_K8S_.*)$/.test(name));
  for (const [name] of ambient) delete process.env[name];
  try {
    return new KubernetesProvider("cluster", {
      context: settings.context,
      kubeconfig: settings.kubeconfig,
      // A new webhook then updates its Secret, instead of replacing it.
      enableSecretMutable: true,
      // New addresses likewise update the ConfigMap of the outputs, which is never gone meanwhile.
      enableConfigMapMutable: true,
      // Explicit, because otherwise the plugin reads this machine's environment, and could take over others' labels and
      // existing objects.
      enablePatchForce: false,
      upsertExistingObjects: false,
      enableServerSideApply: true,
    });
  } finally {
    Object.assign(process.env, Object.fromEntries(ambient));
  }
}

/** The provider of the AWS account and region, with every key of `aws:` that the stack has. */
export function awsProvider(settings: StackSettings["aws"]): AwsProvider {
  return new AwsProvider("aws", { ...settings, region: settings.region as never });
}

/** The provider of the passwords; undefined where none is made, so that its plugin is not needed. */
export function randomProvider({ password }: StackSettings["access"]): RandomProvider | undefined {
  return password ? new RandomProvider("random") : undefined;
}
