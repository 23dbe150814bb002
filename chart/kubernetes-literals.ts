/**
 * The only strings that Kubernetes accepts in a field, by the field's name. The compiler and the check read the same
 * list.
 */
export const literals = {
  dnsPolicy: ["ClusterFirst", "ClusterFirstWithHostNet", "Default", "None"],
  effect: ["NoSchedule", "PreferNoSchedule", "NoExecute"],
  imagePullPolicy: ["Always", "IfNotPresent", "Never"],
  mountPropagation: ["None", "HostToContainer", "Bidirectional"],
  fsGroupChangePolicy: ["OnRootMismatch", "Always"],
  nodeAffinityPolicy: ["Honor", "Ignore"],
  nodeTaintsPolicy: ["Honor", "Ignore"],
  protocol: ["TCP", "UDP", "SCTP"],
  restartPolicy: ["Always", "OnFailure", "Never"],
  supplementalGroupsPolicy: ["Merge", "Strict"],
  terminationMessagePolicy: ["File", "FallbackToLogsOnError"],
  unhealthyPodEvictionPolicy: ["IfHealthyBudget", "AlwaysAllow"],
  whenUnsatisfiable: ["DoNotSchedule", "ScheduleAnyway"],
} as const;

/** Fields whose accepted strings depend on the type that contains the field, by the client's name for that type. */
export const literalsByType = {
  V1Toleration: { operator: ["Exists", "Equal"] },
  V1LabelSelectorRequirement: { operator: ["In", "NotIn", "Exists", "DoesNotExist"] },
  V1NodeSelectorRequirement: { operator: ["In", "NotIn", "Exists", "DoesNotExist", "Gt", "Lt"] },
  V1HTTPGetAction: { scheme: ["HTTP", "HTTPS"] },
  V1DeploymentStrategy: { type: ["Recreate", "RollingUpdate"] },
  V1DaemonSetUpdateStrategy: { type: ["RollingUpdate", "OnDelete"] },
  V1StatefulSetUpdateStrategy: { type: ["RollingUpdate", "OnDelete"] },
  V1SeccompProfile: { type: ["Localhost", "RuntimeDefault", "Unconfined"] },
  V1AppArmorProfile: { type: ["Localhost", "RuntimeDefault", "Unconfined"] },
  V1SecurityContext: { procMount: ["Default", "Unmasked"] },
} as const;

/** The strings that a field accepts; undefined if it accepts any. */
export function literalsOf(type: string, field: string): readonly string[] | undefined {
  const byType = (literalsByType as Record<string, Record<string, readonly string[]>>)[type]?.[field];
  return byType ?? (literals as Record<string, readonly string[]>)[field];
}
