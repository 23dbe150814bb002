/** The objects that the test of the runbooks creates, so that their commands may change something. */
import { throwAway } from "../runbook-commands";

const { NAMESPACE: namespace, POD: pod, CONTAINER: container, JOB: job, NAME: name, CLAIM: claim } = throwAway;
/** The StatefulSet whose only pod is POD. */
export const statefulSet = pod!.replace(/-0$/, "");
const image = "registry.example/prometheus/node-exporter:v1";
/**
 * The objects as YAML: a pod that the test restarts, a Job that ends, a CronJob, a Deployment with an autoscaler, and a
 * claim that may grow.
 */
export const runbookObjects = `
{ apiVersion: v1, kind: Namespace, metadata: { name: ${namespace} } }
---
apiVersion: apps/v1
kind: StatefulSet
metadata: { name: ${statefulSet}, namespace: ${namespace} }
spec:
  serviceName: ${statefulSet}
  selector: { matchLabels: { app: ${statefulSet} } }
  template:
    metadata: { labels: { app: ${statefulSet} } }
    spec: { containers: [{ name: ${container}, image: "${image}" }] }
---
apiVersion: batch/v1
kind: CronJob
metadata: { name: ${throwAway.CRONJOB}, namespace: ${namespace} }
spec:
  suspend: true
  schedule: 0 3 * * *
  jobTemplate:
    spec:
      template:
        spec: { restartPolicy: Never, containers: [{ name: ${container}, image: "registry.example/import:v1" }] }
---
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: { name: ${name}, namespace: ${namespace} }
spec: { maxReplicas: 2, scaleTargetRef: { apiVersion: apps/v1, kind: Deployment, name: ${name} } }
---
apiVersion: batch/v1
kind: Job
metadata: { name: ${job}, namespace: ${namespace} }
spec:
  template:
    spec: { restartPolicy: Never, containers: [{ name: ${container}, image: "${image}", args: [--version] }] }
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: ${name}, namespace: ${namespace} }
spec:
  selector: { matchLabels: { app: ${name} } }
  template:
    metadata: { labels: { app: ${name} } }
    spec: { containers: [{ name: ${container}, image: "registry.example/shop:v1" }] }
---
apiVersion: storage.k8s.io/v1
kind: StorageClass
metadata: { name: ${namespace} }
provisioner: kubernetes.io/no-provisioner
allowVolumeExpansion: true
---
apiVersion: v1
kind: PersistentVolume
metadata: { name: ${namespace} }
spec:
  accessModes: [ReadWriteOnce]
  capacity: { storage: 1Gi }
  csi: { driver: csi.example, volumeHandle: ${namespace} }
  storageClassName: ${namespace}
---
apiVersion: v1
kind: PersistentVolumeClaim
metadata: { name: ${claim}, namespace: ${namespace} }
spec:
  accessModes: [ReadWriteOnce]
  resources: { requests: { storage: 1Gi } }
  storageClassName: ${namespace}
`;
