import { send } from "../shared/http";

/** The data for requests to GitHub about a repository. */
export interface Repository {
  /** The URL of GitHub's API, such as `https://api.github.com`. */
  readonly apiUrl: string;
  /** `<owner>/<name>`. */
  readonly name: string;
  readonly token: string;
}

/** An issue's comment, or an issue. */
export interface Post {
  readonly id: number;
  readonly number?: number;
  readonly body?: string | null;
  readonly user?: { readonly login?: string; readonly type?: string } | null;
  readonly pull_request?: unknown;
}

/** The repository for which a workflow runs. Throws an error outside of a workflow. */
export function repositoryOf(environment: NodeJS.ProcessEnv): Repository {
  const { GITHUB_REPOSITORY: name, GITHUB_TOKEN: token, GITHUB_API_URL: apiUrl } = environment;
  const missing = Object.entries({ GITHUB_REPOSITORY: name, GITHUB_TOKEN: token }).filter(([, value]) => !value);
  if (missing.length > 0) {
    throw new Error(`${missing.map(([key]) => key).join(" and ")} is not set; a GitHub workflow sets it.`);
  }
  return { apiUrl: apiUrl ?? "https://api.github.com", name: name!, token: token! };
}

const PER_PAGE = 100;
/**
 * The maximum number of pages, which contain ten thousand comments: no discussion is longer, and a wrong answer must
 * not cause an endless loop.
 */
const MOST_PAGES = 100;

/** Calls GitHub. Throws an error that quotes GitHub's answer if the request fails. */
export async function call(
  { apiUrl, name, token }: Repository,
  method: "GET" | "POST" | "PATCH",
  path: string,
  body?: object,
): Promise<unknown> {
  const { status, text } = await send(`${apiUrl}/repos/${name}/${path}`, {
    method,
    headers: {
      accept: "application/vnd.github+json",
      authorization: `Bearer ${token}`,
      "x-github-api-version": "2022-11-28",
    },
    ...(body && { body: JSON.stringify(body) }),
    timeoutMs: 30_000,
    redirects: 5,
  });
  if (status < 200 || status >= 300)
    throw new Error(`GitHub answers ${method} ${path} with ${status}: ${text.slice(0, 300)}`);
  return text === "" ? undefined : (JSON.parse(text) as unknown);
}

/** The first post in a list that a workflow wrote and that begins with the marker. */
export async function ownPost(repository: Repository, list: string, marker: string): Promise<Post | undefined> {
  const separator = list.includes("?") ? "&" : "?";
  for (let page = 1; page <= MOST_PAGES; page += 1) {
    const path = `${list}${separator}per_page=${PER_PAGE}&page=${page}`;
    const posts = (await call(repository, "GET", path)) as readonly Post[];
    // Anybody can write the marker, but only a workflow's own post may be changed.
    const found = posts.find(
      ({ body, user, pull_request }) =>
        user?.type === "Bot" && pull_request === undefined && (body ?? "").startsWith(marker),
    );
    if (found !== undefined || posts.length < PER_PAGE) return found;
  }
  return undefined;
}
