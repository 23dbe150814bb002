/** Values of the chart by which Prometheus' own file comes out bad, or good, the smallest of each kind: [what it is, values]. */
type Case = readonly [title: string, values: Readonly<Record<string, unknown>>];

const targets = { static_configs: [{ targets: ["x:80"] }] };
const job = (title: string, config: object, name = "a"): Case => [
  title,
  { scrapeConfigs: { [name]: { ...targets, ...config } } },
];
const only = (title: string, config: object, name = "a"): Case => [title, { scrapeConfigs: { [name]: config } }];
const kubernetes = (title: string, discovery: object) => only(title, { kubernetes_sd_configs: [discovery] });
const step = (title: string, ...steps: object[]) => job(title, { relabel_configs: steps });
const write = (title: string, config: object): Case => [
  title,
  { server: { remoteWrite: [{ url: "http://x/", ...config }] } },
];
const read = (title: string, config: object): Case => [
  title,
  { server: { remoteRead: [{ url: "http://x/", ...config }] } },
];
const server = (title: string, values: object): Case => [title, { server: values }];
const client = { client_id: "a", token_url: "http://x/" };
const uuid = "11111111-2222-4333-8444-555555555555";
const scaleway = {
  role: "instance",
  project_id: uuid,
  access_key: "SCWXXXXXXXXXXXXXXXXX",
  secret_key_file: "/a",
};

/** Texts that the chart writes behind `job_name:` without quotes, and that YAML reads as something else. */
export const badNames = [
  ...[
    "a: b",
    "#a",
    "@a",
    "*a",
    "&a",
    "!a",
    "[a]",
    "{a}",
    "%a",
    "`a",
    '"a',
    "a:",
    "- a",
    "? a",
    "null",
    "~",
    "|",
    ">",
    "a #b",
  ],
  ...["'a", " a", "a ", "Null", ","],
];
/** Of these YAML reads another name, which Prometheus takes. */
export const renames = ["a #b", " a", "a "];
export const goodNames = ["yes", "---", "1", "1.5", "a:b", "a#b", "x/y", "a b", "2026-01-01", "a,b", "-a", "a'b"];

/** What Prometheus refuses, whatever part of it can be built into promtool. */
export const bad: readonly Case[] = [
  job("a timeout above the interval of all", { scrape_timeout: "20s" }),
  only("a timeout above the interval of all, in a job of the chart", { scrape_timeout: "30s" }, "kubernetes-nodes"),
  only("an interval below the timeout of the chart's job", { scrape_interval: "20s" }, "kubernetes-pods-slow"),
  only("credentials beside the chart's", { authorization: { credentials_file: "/a" } }, "kubernetes-api-servers"),
  only(
    "a password beside the chart's token",
    { basic_auth: { username: "u", password_file: "/a" } },
    "kubernetes-nodes",
  ),
  job("a name of a job of the chart", { job_name: "prometheus" }),
  only("an empty job", {}),
  only("an empty job that is on", { enabled: true }),
  kubernetes("a token without its server", { role: "pod", bearer_token_file: "/a" }),
  kubernetes("TLS without its server", { role: "pod", tls_config: { ca_file: "/a" } }),
  kubernetes("no redirects without a server", { role: "pod", follow_redirects: false }),
  kubernetes("a client beside a kubeconfig", {
    role: "pod",
    kubeconfig_file: "/a",
    basic_auth: { username: "u", password_file: "/b" },
  }),
  kubernetes("a server beside a kubeconfig", { role: "pod", kubeconfig_file: "/a", api_server: "https://x:1" }),
  kubernetes("one's own namespace of another server", {
    role: "pod",
    api_server: "https://x:1",
    namespaces: { own_namespace: true },
  }),
  kubernetes("one's own namespace of a kubeconfig", {
    role: "pod",
    kubeconfig_file: "/a",
    namespaces: { own_namespace: true },
  }),
  kubernetes("two selectors of a role", {
    role: "endpointslice",
    selectors: [
      { role: "pod", label: "a=b" },
      { role: "pod", label: "c=d" },
    ],
  }),
  kubernetes("a selector of fields without a comparison", {
    role: "pod",
    selectors: [{ role: "pod", field: "metadata.status-Running" }],
  }),
  kubernetes("a selector of labels with two signs", { role: "pod", selectors: [{ role: "pod", label: "a = = b" }] }),
  kubernetes("a selector of another role", { role: "node", selectors: [{ role: "pod" }] }),
  kubernetes("no role", {}),
  job("a protocol twice", { scrape_protocols: ["OpenMetricsText1.0.0", "OpenMetricsText1.0.0"] }),
  job("no protocol", { scrape_protocols: [] }),
  job("a protocol nobody knows", { fallback_scrape_protocol: "OpenMetricsText" }),
  job("names beyond the old ones, and the old ones alone", {
    metric_name_validation_scheme: "legacy",
    metric_name_escaping_scheme: "allow-utf-8",
  }),
  job("a size without a unit", { body_size_limit: 10 }),
  job("a negative limit", { sample_limit: -1 }),
  job("a URL as a target", { static_configs: [{ targets: ["http://x/"] }] }),
  job("a label without a name", { static_configs: [{ targets: ["x:80"], labels: { "": "1" } }] }),
  step("labelmap to nothing", { action: "labelmap", regex: "a_(.+)", replacement: "" }),
  step("replace without a target", { source_labels: ["a"] }),
  step("hashmod without a modulus", { action: "hashmod", source_labels: ["a"], target_label: "b" }),
  step("keepequal with a regex", { action: "keepequal", source_labels: ["a"], target_label: "t", regex: "(.*)" }),
  step("dropequal with another separator", {
    action: "dropequal",
    source_labels: ["a"],
    target_label: "t",
    separator: ",",
  }),
  step("labeldrop with labels", { action: "labeldrop", regex: "a", source_labels: ["a"] }),
  step("labelkeep with a replacement", { action: "labelkeep", regex: "a", replacement: "$2" }),
  step("lowercase with a replacement", {
    action: "lowercase",
    source_labels: ["a"],
    target_label: "t",
    replacement: "$2",
  }),
  step("an action nobody knows", { action: "dropp", source_labels: ["a"] }),
  step("a regex that cannot be read", { action: "drop", source_labels: ["a"], regex: "(" }),
  step("a source without a name", { action: "drop", source_labels: [""], regex: "a" }),
  job("names of today where the old ones hold", {
    metric_name_validation_scheme: "legacy",
    relabel_configs: [{ source_labels: ["a"], target_label: "b.c" }],
  }),
  job("no_proxy without a proxy", { no_proxy: "a" }),
  job("headers of no proxy", { proxy_connect_header: { "X-Tenant": ["a"] } }),
  job("two proxies", { proxy_url: "http://x:1", proxy_from_environment: true }),
  job("no_proxy beside the environment's", { no_proxy: "a", proxy_from_environment: true }),
  job("a header of the client's own", { http_headers: { Host: { values: ["a"] } } }),
  job("a header that says who asks", { http_headers: { Authorization: { files: ["/a"] } } }),
  job("a certificate without its key", { tls_config: { cert_file: "/a" } }),
  job("a certificate of OAuth2 without its key", {
    oauth2: { ...client, client_secret_file: "/a", tls_config: { cert_file: "/a" } },
  }),
  job("no_proxy of OAuth2 without a proxy", { oauth2: { ...client, no_proxy: "a" } }),
  job("OAuth2 without an address", { oauth2: { client_id: "a" } }),
  job("two users", { basic_auth: { username: "a", username_file: "/a" } }),
  job("basic as a type", { authorization: { type: " basic " } }),
  job("a proxy that is no URL", { proxy_url: "http://x/%zz" }),
  job("a TLS version nobody knows", { tls_config: { min_version: "TLS14" } }),
  only("HTTP discovery without an address", { http_sd_configs: [{}] }),
  only("files of another kind", { file_sd_configs: [{ files: ["/a.txt"] }] }),
  write("shards above the greatest number unless set", { queue_config: { min_shards: 300 } }),
  write("shards below the least", { queue_config: { max_shards: 0 } }),
  write("a first wait above the longest unless set", { queue_config: { min_backoff: "10s" } }),
  write("a longest wait below the first unless set", { queue_config: { max_backoff: "10ms" } }),
  write("no_proxy without a proxy", { no_proxy: "a" }),
  write("a header that says who asks", { http_headers: { Authorization: { files: ["/a"] } } }),
  write("a reserved header", { headers: { "X-Amz-Date": "a" } }),
  write("an address with a bad escape", { url: "http://x/%zz" }),
  write("an address with a space", { url: "http://x y/" }),
  write("a port of letters", { url: "http://x:port/" }),
  write("two ways to say who asks", { sigv4: { region: "a" }, bearer_token_file: "/a" }),
  write("an external id without a role", { sigv4: { external_id: "a" } }),
  write("Azure without a way", { azuread: {} }),
  write("Azure with two ways", { azuread: { sdk: {}, managed_identity: { client_id: uuid } } }),
  write("Azure with an id that is none", { azuread: { managed_identity: { client_id: "a" } } }),
  write("Azure without a tenant", { azuread: { workload_identity: { client_id: uuid } } }),
  write("a message nobody knows", { protobuf_message: "v2" }),
  read("a text for a boolean", { read_recent: "yes please" }),
  read("a reserved header", { headers: { host: "a" } }),
  read("a matcher without a name", { required_matchers: { "": "a" } }),
  server("two to read from of one name", {
    remoteRead: [
      { url: "http://x/", name: "a" },
      { url: "http://y/", name: "a" },
    ],
  }),
  server("a window without a unit", { tsdb: { out_of_order_time_window: 5 } }),
  server("a key of the store that nobody knows", { tsdb: { foo: "5m" } }),
  server("an encoding nobody knows", { tsdb: { chunk_encoding: { floats: "gorilla" } } }),
  server("more than everything", { tsdb: { retention: { percentage: 101 } } }),
  server("a text for a number", { exemplars: { max_exemplars: "abc" } }),
  server("a key of OTLP that nobody knows", { otlp: { foo: ["a"] } }),
  server("a strategy nobody knows", { otlp: { translation_strategy: "None" } }),
  server("all attributes, and some", {
    otlp: { promote_all_resource_attributes: true, promote_resource_attributes: ["a"] },
  }),
  server("attributes not to promote, of none", { otlp: { ignore_resource_attributes: ["a"] } }),
  server("an attribute twice", { otlp: { promote_resource_attributes: ["a", " a"] } }),
  server("an empty attribute", { otlp: { promote_resource_attributes: [" "] } }),
  server("a size without a unit for all", { global: { body_size_limit: 10 } }),
  server("a protocol nobody knows for all", { global: { scrape_protocols: ["nonsense"] } }),
  server("a label without a name for all", { global: { external_labels: { "": "x" } } }),
  server("new names, and the old ones alone, for all", {
    global: { metric_name_validation_scheme: "legacy", metric_name_escaping_scheme: "allow-utf-8" },
  }),
  server("a label of today's where the old names hold", {
    global: { metric_name_validation_scheme: "legacy", external_labels: { "a.b": "c" } },
  }),
  server("names of today for OTLP where the old ones hold", {
    global: { metric_name_validation_scheme: "legacy" },
    otlp: { translation_strategy: "NoTranslation" },
  }),
  ["an action nobody knows, on alerts", { alertRelabelConfigs: { alert_relabel_configs: [{ action: "nonsense" }] } }],
  only("a target that relabelling leaves no address", {
    static_configs: [{ targets: ["/a"] }],
    relabel_configs: [{ target_label: "b", replacement: "c" }],
  }),
  step("relabelling that takes the address away", { action: "labeldrop" }),
  step("relabelling that empties the address", { target_label: "__address__" }),
  only("an empty target", {
    static_configs: [{ targets: [""] }],
    relabel_configs: [{ target_label: "b", replacement: "c" }],
  }),
  only("a project of Scaleway's that is none", { scaleway_sd_configs: [{ ...scaleway, project_id: "/a" }] }),
  only("a key of Scaleway's that is none", { scaleway_sd_configs: [{ ...scaleway, access_key: "a" }] }),
  only("a zone of Scaleway's that is none", { scaleway_sd_configs: [{ ...scaleway, zone: "b" }] }),
  only("a port of Docker's that is none", { dockerswarm_sd_configs: [{ host: "tcp://x:1e", role: "tasks" }] }),
  kubernetes("headers for a proxy, and no API server", { role: "pod", proxy_connect_header: {} }),
  only("a key of a job of the chart that there is not, without a value", { nonsense: null }, "kubernetes-nodes"),
  write("a certificate of Azure's with nothing in it", { azuread: { certificate: {} } }),
  ["an Alertmanager that is none", { server: { alertmanagers: [{ static_config: [] }] } }],
];

/** What Prometheus takes. */
export const good: readonly Case[] = [
  step("what its own page shows", {
    action: "keep",
    source_labels: ["a"],
    separator: ";",
    regex: "b",
    replacement: "$1",
  }),
  step("labelmap as its own page shows it", { action: "labelmap", separator: ";", regex: "a_(.+)", replacement: "$1" }),
  step("hashmod with a regex", {
    action: "hashmod",
    source_labels: ["a"],
    regex: "(.*)",
    modulus: 4,
    target_label: "t",
  }),
  step("keepequal with a separator", { action: "keepequal", source_labels: ["a"], target_label: "t", separator: ";" }),
  step("lowercase with a regex", { action: "lowercase", source_labels: ["a"], target_label: "t", regex: "(.*)" }),
  step("keep with a target", { action: "keep", source_labels: ["a"], target_label: "b", regex: "c" }),
  step("labeldrop with the defaults", {
    action: "labeldrop",
    regex: "a",
    separator: ";",
    replacement: "$1",
    target_label: "",
  }),
  step(
    "actions in any case",
    { action: "Keep", source_labels: ["a"], regex: "b" },
    { action: "LabelDrop", regex: "a" },
  ),
  step("drop without labels", { action: "drop", regex: "a" }),
  step("a target of today's names", { source_labels: ["a"], target_label: "b.c" }),
  step("a target with a part of the source", { source_labels: ["a"], regex: "(.*)", target_label: "b_$1" }),
  kubernetes("endpoints", { role: "endpoints" }),
  kubernetes("selectors", {
    role: "endpointslice",
    selectors: [
      { role: "pod", label: "a=b,!c, d in (e,f),x notin (y), z", field: "status.phase=Running,metadata.name!=x" },
      { role: "service", label: "" },
    ],
  }),
  kubernetes("a server with a client", {
    role: "pod",
    api_server: "https://x:1",
    bearer_token_file: "/a",
    tls_config: { ca_file: "/b" },
  }),
  kubernetes("what a client is unless set", {
    role: "pod",
    follow_redirects: true,
    enable_http2: true,
    tls_config: {},
  }),
  only(
    "the chart's token taken away",
    { bearer_token_file: null, authorization: { credentials_file: "/a" } },
    "kubernetes-nodes",
  ),
  only("the chart's relabelling taken away", { relabel_configs: null }, "kubernetes-service-endpoints"),
  only("a job of the chart taken away", null as never, "kubernetes-pods-slow"),
  only("a timeout with its interval", { scrape_timeout: "30s", scrape_interval: "1m" }, "kubernetes-nodes"),
  job("the shortest interval", { scrape_timeout: "15s" }),
  job("old names with their escapes", {
    metric_name_validation_scheme: "legacy",
    metric_name_escaping_scheme: "underscores",
  }),
  job("a proxy of another kind, with headers", {
    proxy_url: "socks5://x:1",
    proxy_connect_header: { "X-Tenant": ["a"] },
  }),
  job("OAuth2 by a key", {
    oauth2: {
      ...client,
      grant_type: "urn:ietf:params:oauth:grant-type:jwt-bearer",
      client_certificate_key_file: "/a",
      client_certificate_key_id: "b",
      signature_algorithm: "RS512",
      iss: "c",
      audience: "d",
      claims: { e: 1 },
    },
  }),
  job("headers", { http_headers: { "X-Tenant": { values: ["a"] }, "X-Api-Key": { files: ["/a"] } } }),
  only("HTTP discovery", { http_sd_configs: [{ url: "http://x:1/y?z=1", refresh_interval: "30s" }] }),
  only("discovery by files", { file_sd_configs: [{ files: ["/etc/a/*.json"] }] }),
  write("Azure", { azuread: { cloud: "AzurePublic", workload_identity: { client_id: uuid, tenant_id: uuid } } }),
  write("Google", { google_iam: { credentials_file: "/a" } }),
  write("a queue", { queue_config: { min_shards: 60, max_shards: 80, min_backoff: "10s", max_backoff: "1m" } }),
  write("AWS", { sigv4: { region: "a", role_arn: "b", external_id: "c", use_fips_sts_endpoint: true } }),
  write("an address of a network of version 6", { url: "http://[2001:db8::1]:9090/api/v1/write" }),
  read("all that it knows", {
    name: "a",
    read_recent: true,
    chunked_read_limit: 1000,
    required_matchers: { a: "b" },
    filter_external_labels: false,
    headers: { "X-Tenant": "a" },
  }),
  server("the store", {
    tsdb: { out_of_order_time_window: "30m", stale_series_compaction_threshold: 0.5, retention: { time: "15d" } },
  }),
  server("exemplars", { exemplars: { max_exemplars: 1000 } }),
  server("OTLP", { otlp: { promote_resource_attributes: ["service.name"], translation_strategy: "NoTranslation" } }),
  server("OTLP with all but some", {
    otlp: { promote_all_resource_attributes: true, ignore_resource_attributes: ["a"] },
  }),
  server("what holds for all jobs", {
    global: {
      body_size_limit: "10MB",
      scrape_protocols: ["PrometheusText0.0.4"],
      rule_query_offset: "0s",
      extra_scrape_metrics: true,
      external_labels: { "a.b": "c" },
    },
  }),
  ["relabelling of alerts", { alertRelabelConfigs: { alert_relabel_configs: [{ action: "labeldrop", regex: "a" }] } }],
  job("what is left at its default", { scheme: "", proxy_url: "", scrape_timeout: "0s" }),
  kubernetes("TLS at its defaults, and no API server", { role: "pod", tls_config: { insecure_skip_verify: false } }),
  write("a duration of zero", { remote_timeout: "0s" }),
  only("a probe, whose targets are URLs", {
    static_configs: [{ targets: ["https://x/health"] }],
    relabel_configs: [
      { source_labels: ["__address__"], target_label: "__param_target" },
      { target_label: "__address__", replacement: "prober:9115" },
    ],
  }),
];

const secret = { access_key: "a", secret_key_file: "/a" };
const discovery = (kind: string, config: object): Case => [
  kind,
  { scrapeConfigs: { a: { [`${kind}_sd_configs`]: [config] } } },
];
/** Each discovery with no more than it needs. */
export const discoveries: readonly Case[] = [
  discovery("aws", { role: "rds", region: "a" }),
  discovery("azure", { subscription_id: "a", authentication_method: "SDK" }),
  discovery("consul", { server: "x:8500" }),
  discovery("digitalocean", { authorization: { credentials_file: "/a" } }),
  discovery("dns", { names: ["x"] }),
  discovery("docker", { host: "unix:///var/run/docker.sock" }),
  discovery("dockerswarm", { host: "tcp://x:1", role: "tasks" }),
  discovery("ec2", { region: "a", filters: [{ name: "b", values: ["c"] }] }),
  discovery("ecs", { region: "a", clusters: ["b"] }),
  discovery("elasticache", { region: "a" }),
  discovery("eureka", { server: "http://x/" }),
  discovery("file", { files: ["/a.json"] }),
  discovery("gce", { project: "a", zone: "b" }),
  discovery("hetzner", { role: "hcloud", authorization: { credentials_file: "/a" } }),
  discovery("http", { url: "http://x/" }),
  discovery("ionos", { datacenter_id: "a" }),
  discovery("kubernetes", { role: "pod" }),
  discovery("kuma", { server: "http://x/" }),
  discovery("lightsail", { region: "a" }),
  discovery("linode", { authorization: { credentials_file: "/a" } }),
  discovery("marathon", { servers: ["http://x/"] }),
  discovery("msk", { region: "a" }),
  discovery("nerve", { servers: ["x"], paths: ["/a"] }),
  discovery("nomad", { server: "http://x/" }),
  discovery("oci", { auth: "instance_principal", region: "a", compartments: ["b"] }),
  discovery("openstack", { role: "instance", region: "a" }),
  discovery("outscale", { region: "a", ...secret }),
  discovery("puppetdb", { url: "http://x/", query: "nodes {}" }),
  discovery("rds", { region: "a" }),
  discovery("scaleway", {
    role: "instance",
    project_id: "11111111-2222-4333-8444-555555555555",
    access_key: "SCWXXXXXXXXXXXXXXXXX",
    secret_key_file: "/a",
  }),
  discovery("serverset", { servers: ["x"], paths: ["/a"] }),
  discovery("stackit", { project: "a", region: "b" }),
  discovery("triton", { account: "a", dns_suffix: "b", endpoint: "c" }),
  discovery("vultr", { authorization: { credentials_file: "/a" } }),
];
