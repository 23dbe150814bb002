import assert from "node:assert/strict";
import { proxiesOf, proxyFor } from "../../../settings/proxies";

const proxy = "http://proxy.example:3128";

describe("the proxy for a server", () => {
  it("comes from the environment variable for the URL's scheme, whose name may be in upper or lower case", () => {
    const through = (url: string, environment: Record<string, string>) => proxyFor(url, proxiesOf(environment));
    assert.equal(through("https://api.example:6443", { HTTPS_PROXY: proxy }), proxy);
    assert.equal(through("https://api.example:6443", { https_proxy: proxy }), proxy);
    assert.equal(through("https://api.example:6443", { HTTP_PROXY: proxy }), undefined);
    assert.equal(through("http://api.example", { HTTP_PROXY: proxy }), proxy);
    assert.equal(through("https://api.example", { HTTPS_PROXY: "proxy.example:3128" }), proxy);
    assert.equal(through("https://api.example", { HTTPS_PROXY: "" }), undefined);
    assert.equal(
      proxyFor("https://a.example", proxiesOf({ HTTPS_PROXY: "http://other" }, { httpsProxy: proxy })),
      proxy,
    );
  });

  it("is not used for this machine", () => {
    for (const url of ["https://localhost:6443", "https://127.0.0.1:6443", "https://[::1]:6443"])
      assert.equal(proxyFor(url, { httpsProxy: proxy }), undefined, url);
  });

  for (const [entry, exempted, others] of [
    ["*", ["https://api.example", "https://10.0.1.10"], []],
    ["example", ["https://example", "https://api.example"], ["https://anexample", "https://example.org"]],
    [".example", ["https://api.example"], ["https://example"]],
    ["*.example", ["https://api.example"], ["https://example"]],
    ["API.example", ["https://api.example:6443"], ["https://web.example"]],
    ["api.example:6443", ["https://api.example:6443"], ["https://api.example"]],
    ["10.0.0.0/8", ["https://10.0.1.10:6443"], ["https://11.0.1.10", "https://api.example"]],
    ["10.0.1.10", ["https://10.0.1.10:6443"], ["https://10.0.1.11"]],
    ["10.0.1.10:6443", ["https://10.0.1.10:6443"], ["https://10.0.1.10"]],
    ["fd00::1", ["https://[fd00::1]:6443"], ["https://[fd00::2]"]],
    ["fd00::/8", ["https://[fd00::2]:6443"], ["https://10.0.1.10"]],
    ["10.0.0.0/99", [], ["https://10.0.1.10"]],
    ["one.example, ,two.example", ["https://one.example", "https://two.example"], ["https://three.example"]],
  ] as const) {
    it(`is not used for hosts that NO_PROXY lists as ${JSON.stringify(entry)}`, () => {
      const through = (url: string) => proxyFor(url, { httpsProxy: proxy, noProxy: entry });
      for (const url of exempted) assert.equal(through(url), undefined, url);
      for (const url of others) assert.equal(through(url), proxy, url);
    });
  }
});
