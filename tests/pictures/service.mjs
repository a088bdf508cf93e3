// Print docs/pictures/service.dot as SVG: `node tests/pictures/service.mjs light|dark`.
//
// @viz-js/viz is Graphviz compiled to WebAssembly (MIT, no dependencies, a release about
// every month): the picture does not depend on the fonts and programs of this machine.

import { readFile } from "node:fs/promises";
import { instance } from "@viz-js/viz";

// The source has the light colours; each has its dark one here.
const DARK = {
  "#1f2328": "#f0f6fc",
  "#59636e": "#9198a1",
  "#8c959f": "#656c76",
  "#f6f8fa": "#151b23",
  "#0969da": "#4493f8",
  "#ddf4ff": "#121d2f",
  "#1a7f37": "#3fb950",
  "#dafbe1": "#12261e",
};

const source = new URL("../../docs/pictures/service.dot", import.meta.url);
const viz = await instance();
const drawn = viz.renderString(await readFile(source, "utf8"), { format: "svg" });
// What stands before the element names the version that drew it, and no pixel.
const light = drawn.slice(drawn.indexOf("<svg"));

/** The dark colour for a light one. Throws if the table above has none. */
function dark(colour) {
  if (!(colour in DARK))
    throw new Error(`tests/pictures: no dark colour for ${colour}`);
  return DARK[colour];
}

const shown = process.argv[2] === "dark";
process.stdout.write(shown ? light.replaceAll(/#[0-9a-f]{6}\b/g, dark) : light);
