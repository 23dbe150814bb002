import { Provider as AwsProvider } from "@pulumi/aws";
import { Provider as KubernetesProvider } from "@pulumi/kubernetes";
import { Provider as RandomProvider } from "@pulumi/random";
import type { StackSettings } from "../settings/stack-settings";

/**
 * The provider of the cluster. Only the kubeconfig's context is an input, so that two machines see no diff. The
 * provider finds the file itself, in the same way as the look-up of the cluster. The setting `alerting:kubeconfig` is
 * passed unchanged, because it is the same for everyone who uses the stack.
 */
export function kubernetesProvider(settings: Pick<StackSettings, "context" | "kubeconfig">): KubernetesProvider {
  // The SDK would turn these environment variables into inputs. `KUBECONFIG` would then replace all resources on the
  // next machine, and `PULUMI_K8S_ENABLE_PATCH_FORCE` would allow taking over labels that others have set.
  const ambient = Object.entries(process.env).filter(([name]) => /^(KUBECONFIG|PULUMI_K8S_.*)$/.test(name));
  for (const [name] of ambient) delete process.env[name];
  try {
    return new KubernetesProvider("cluster", {
      context: settings.context,
      kubeconfig: settings.kubeconfig,
      // With this option, a new webhook updates the Secret instead of replacing it.
      enableSecretMutable: true,
      // With this option, new addresses update the ConfigMap of the outputs, which therefore always exists.
      enableConfigMapMutable: true,
      // This option is set explicitly. Otherwise the plugin would read it from the environment, and could take over
      // existing objects and labels that others have set.
      enablePatchForce: false,
      upsertExistingObjects: false,
      enableServerSideApply: true,
    });
  } finally {
    Object.assign(process.env, Object.fromEntries(ambient));
  }
}

/** The provider of the AWS account and region, with every `aws:` key of the stack. */
export function awsProvider(settings: StackSettings["aws"]): AwsProvider {
  return new AwsProvider("aws", { ...settings, region: settings.region as never });
}

/** The provider of the passwords; undefined if no password is created, so that its plugin is not needed. */
export function randomProvider({ password }: StackSettings["access"]): RandomProvider | undefined {
  return password ? new RandomProvider("random") : undefined;
}
