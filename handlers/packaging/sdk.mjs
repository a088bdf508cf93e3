// What of the AWS SDK the bundles leave out, as plugins of esbuild.

import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";

const SCHEMAS = /@aws-sdk\/client-[^/]+\/dist-es\/schemas\/schemas_0\.js$/;
const PACKAGE = /@aws-sdk\/client-[^/]+\/package\.json$/;

const beside = (name) => fileURLToPath(new URL(name, import.meta.url));

export const alias = {
  // Lambda puts the role's credentials into the environment. The chain that else looks
  // for them brings four further clients (STS, SSO and such), a third of the bundle.
  "@aws-sdk/credential-provider-node": beside("credentials.mjs"),
  // Nothing that is called here answers with a stream of events.
  "@smithy/core/event-streams": beside("event-streams.mjs"),
};

// A client's schemas of operations that nobody calls could be dropped, but for their keys
// that are named by a constant: a bundler cannot tell that to read it does nothing. With
// the constant's value in its place it can. Of S3's 140 KB then 12 KB stay.
export const shakableSchemas = {
  name: "shakable-schemas",
  setup(build) {
    build.onLoad({ filter: SCHEMAS }, async ({ path }) => {
      const text = await readFile(path, "utf8");
      const constants = new Map(
        [...text.matchAll(/^const (_\w+) = ("[^"]*");$/gm)].map((m) => [m[1], m[2]]),
      );
      const contents = text.replace(/\[(_\w+)\]:/g, (whole, name) =>
        constants.has(name) ? `${constants.get(name)}:` : whole,
      );
      return { contents, loader: "js" };
    });
  },
};

// Only a client's version is read of its package.json.
export const versionsOnly = {
  name: "versions-only",
  setup(build) {
    build.onLoad({ filter: PACKAGE }, async ({ path }) => {
      const { version } = JSON.parse(await readFile(path, "utf8"));
      return { contents: JSON.stringify({ version }), loader: "json" };
    });
  },
};
