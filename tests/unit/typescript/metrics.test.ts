/** Metrics: their namespace and their dimensions. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { metricLine } from "../../../handlers/typescript/shared/metrics.ts";

const MEASURED = { operation: "getUser", status: 503, latency: 1_200, coldStart: true };

// The contract tests check the namespace of a stack: the environment is read only once,
// when the module is loaded.
test("without a stack, metrics are in the namespace of the service", () => {
  const line = JSON.parse(JSON.stringify(metricLine(MEASURED)));
  const [directive] = line._aws.CloudWatchMetrics;
  assert.equal(directive.Namespace, "ParityReferenceService");
  assert.deepEqual(directive.Dimensions, [["operation", "implementation"], []]);
  assert.equal(line.functionVersion, "$LATEST");
});
