// The parts of the AWS SDK that the bundles leave out, as plugins of esbuild.

import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";

const SCHEMAS = /@aws-sdk\/client-[^/]+\/dist-es\/schemas\/schemas_0\.js$/;
const PACKAGE = /@aws-sdk\/client-[^/]+\/package\.json$/;

const beside = (name) => fileURLToPath(new URL(name, import.meta.url));

export const alias = {
  // Lambda puts the role's credentials into the environment. The SDK's chain, which
  // looks for them elsewhere too, brings four more clients (STS, SSO and others), a
  // third of the bundle.
  "@aws-sdk/credential-provider-node": beside("credentials.mjs"),
  // No operation that is called here returns a stream of events.
  "@smithy/core/event-streams": beside("event-streams.mjs"),
};

// A bundler could drop the schemas of operations that nobody calls, but some of their
// keys are named by a constant, and it cannot know that reading a constant has no
// effect. So each constant is replaced by its value. Of S3's 140 KB, 12 KB then remain.
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

// A client reads only the version in its package.json.
export const versionsOnly = {
  name: "versions-only",
  setup(build) {
    build.onLoad({ filter: PACKAGE }, async ({ path }) => {
      const { version } = JSON.parse(await readFile(path, "utf8"));
      return { contents: JSON.stringify({ version }), loader: "json" };
    });
  },
};
