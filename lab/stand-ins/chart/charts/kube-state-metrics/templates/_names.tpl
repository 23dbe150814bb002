{{- define "ksm.labels" -}}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
app.kubernetes.io/component: metrics
app.kubernetes.io/part-of: {{ include "lab.name" . }}
{{ include "lab.selector" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
{{- with .Values.customLabels }}
{{ toYaml . }}
{{- end }}
{{- end }}

{{- define "ksm.metadata" -}}
name: {{ include "lab.fullname" . }}
namespace: {{ include "lab.namespace" . }}
labels: {{- include "ksm.labels" . | nindent 2 }}
{{- end }}

{{/* The names of the enabled collectors, as one comma-separated string. */}}
{{- define "ksm.collectors" -}}
{{- $wanted := concat .Values.collectors .Values.collectorsExtra | uniq }}
{{- range .Values.collectorsExclude }}{{ $wanted = without $wanted . }}{{ end }}
{{- join "," $wanted }}
{{- end }}

{{- define "ksm.groups" -}}
"": [configmaps, endpoints, limitranges, namespaces, nodes, persistentvolumeclaims, persistentvolumes, pods, replicationcontrollers, resourcequotas, secrets, serviceaccounts, services]
admissionregistration.k8s.io: [mutatingwebhookconfigurations, validatingwebhookconfigurations]
apps: [daemonsets, deployments, replicasets, statefulsets]
autoscaling: [horizontalpodautoscalers]
batch: [cronjobs, jobs]
certificates.k8s.io: [certificatesigningrequests]
coordination.k8s.io: [leases]
discovery.k8s.io: [endpointslices]
networking.k8s.io: [ingressclasses, ingresses, networkpolicies]
policy: [poddisruptionbudgets]
rbac.authorization.k8s.io: [clusterrolebindings, clusterroles, rolebindings, roles]
storage.k8s.io: [storageclasses, volumeattachments]
{{- end }}

{{/* (list root probe path port): a probe, with the keys that the chart reads. */}}
{{- define "ksm.probe" -}}
{{- with index . 0 }}
failureThreshold: {{ .failureThreshold }}
httpGet:
  {{- with .httpGet.httpHeaders }}
  httpHeaders: {{- toYaml . | nindent 4 }}
  {{- end }}
  path: {{ index $ 1 }}
  port: {{ index $ 2 }}
  scheme: {{ upper .httpGet.scheme }}
initialDelaySeconds: {{ .initialDelaySeconds }}
periodSeconds: {{ .periodSeconds }}
successThreshold: {{ .successThreshold }}
timeoutSeconds: {{ .timeoutSeconds }}
{{- end }}
{{- end }}
