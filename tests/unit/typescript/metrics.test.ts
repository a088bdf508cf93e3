/** Metrics: whose namespace they are in, and by which dimensions they are published. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { metricLine } from "../../../handlers/typescript/shared/metrics.ts";

const MEASURED = { operation: "getUser", status: 503, latency: 1_200, coldStart: true };

// That a function takes its stack's namespace is a matter of the contract suite: the
// environment is read once, when the module is loaded.
test("without a stack, metrics are in the service's own namespace", () => {
  const line = JSON.parse(JSON.stringify(metricLine(MEASURED)));
  const [directive] = line._aws.CloudWatchMetrics;
  assert.equal(directive.Namespace, "ParityReferenceService");
  assert.deepEqual(directive.Dimensions, [["operation", "implementation"], []]);
  assert.equal(line.functionVersion, "$LATEST");
});
